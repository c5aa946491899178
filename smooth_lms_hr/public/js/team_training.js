// The "Remind" buttons of /my-team-training. Without this script the page still shows everything; the buttons appear
// only when they work.
(() => {
	"use strict";

	const table = document.querySelector("table[data-reminders]");
	if (!table) return;
	const { remind, sending, failure } = table.dataset;

	async function send(assignment) {
		const response = await fetch("/api/method/smooth_lms_hr.api.send_reminder", {
			method: "POST",
			headers: {
				Accept: "application/json",
				"Content-Type": "application/json",
				"X-Frappe-CSRF-Token": window.frappe.csrf_token || "",
			},
			body: JSON.stringify({ assignments: [assignment] }),
		});
		if (!response.ok) return { message: failure, failed: true };
		const { done, failed } = (await response.json()).message;
		return done.length
			? { message: done[0].message, failed: false }
			: { message: failed[0]?.message || failure, failed: true };
	}

	async function click(button) {
		const result = button.nextElementSibling;
		button.disabled = true;
		button.textContent = sending;
		let outcome;
		try {
			outcome = await send(button.dataset.assignment);
		} catch {
			outcome = { message: failure, failed: true }; // no network, or an answer that is none
		}
		button.textContent = remind;
		button.disabled = !outcome.failed;
		result.classList.toggle("is-failure", outcome.failed);
		result.textContent = outcome.message;
	}

	for (const button of table.querySelectorAll("button[data-assignment]")) {
		button.hidden = false;
		button.addEventListener("click", () => click(button));
	}
})();
