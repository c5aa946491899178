// The button of /training-record. Its policy allows no script in the page itself.

document.querySelector("[data-print]").addEventListener("click", () => window.print());
