// "Grant" and "Refuse" on /my-team-training. Without this script the page still shows what was asked.
(() => {
	"use strict";

	const section = document.querySelector("[data-answers]");
	if (!section) return;
	const { post, attempt } = window.training_pages;
	const { failure, working } = section.dataset;

	function answer(form, grant) {
		const { answer, due_date } = form.elements;
		const result = form.querySelector("[role=status]");
		const values = { requests: [form.dataset.request], grant, answer: answer.value };
		if (grant && due_date?.value) values.due_date = due_date.value;
		result.classList.remove("is-failure");
		result.textContent = working;
		attempt({
			block: form,
			result,
			failure,
			act: async () => {
				const { done, failed } = await post("smooth_lms_hr.api.answer_request", values);
				return done.length
					? { message: done[0].message, failed: false }
					: { message: failed[0]?.message || failure, failed: true };
			},
		});
	}

	for (const form of section.querySelectorAll("form[data-request]")) {
		form.hidden = false;
		form.addEventListener("submit", (event) => {
			event.preventDefault();
			answer(form, event.submitter?.value !== "0");
		});
	}
})();
