// /training-record: its policy allows no script in the page itself. In its head, so that a dark page is never white first.

// Dark where its user has switched Learning to dark, as on our other pages.
try {
	document.documentElement.dataset.theme = localStorage.getItem("theme") === "dark" ? "dark" : "light";
} catch {
	// A browser that keeps nothing: light, as Learning is there.
}

document.addEventListener("click", ({ target }) => {
	if (target.closest("[data-print]")) window.print();
});
