// The dialog on /training-admin that says what a course asks for.
(() => {
	"use strict";

	const element = document.getElementById("course");
	if (!element) return;
	const { post, words_of } = window.training_pages;
	const { count_in_words, dialog_of, working, failure } = window.training_admin;
	const own = dialog_of(element);
	const { form, dialog } = own;
	const part = (name) => form.querySelector(`[data-${name}]`);
	let course;

	function show_what_depends() {
		const { is_mandatory, validity_days } = form.elements;
		const open = Number(course.openAssignments);
		const taken_back = Number(course.isMandatory) && !is_mandatory.checked && open;
		part("taken-back").textContent = taken_back ? count_in_words(dialog.dataset, open) : "";
		part("renew-from").hidden = !(Number(validity_days.value) > 0);
	}

	function open(button) {
		course = button.dataset;
		own.open();
		part("course-title").textContent = course.title;
		form.elements.is_mandatory.checked = Number(course.isMandatory) === 1;
		form.elements.training_due_days.value = course.trainingDueDays;
		form.elements.validity_days.value = course.validityDays;
		form.elements.renew_from.value = course.renewFrom;
		part("ask").hidden = true;
		part("buttons").hidden = false;
		show_what_depends();
	}

	// Until when a completion counts was fixed with it. Whether other days of the course hold for it too is asked.
	function ask_about(completed) {
		part("question").textContent = count_in_words(part("ask").dataset, completed);
		part("ask").hidden = false;
		part("buttons").hidden = true;
		for (const button of part("ask").querySelectorAll("button")) button.disabled = false;
		part("question").focus();
	}

	async function save() {
		const { is_mandatory, training_due_days, validity_days, renew_from } = form.elements;
		const values = {
			course: course.course,
			is_mandatory: is_mandatory.checked,
			training_due_days: training_due_days.value || "0",
			validity_days: validity_days.value || "0",
			renew_from: renew_from.value,
		};
		const { completed } = await own.act(async () => {
			const { message, changed, completed } = await post("smooth_lms_hr.api.set_course_training", values);
			return { message, completed, changed: changed.length > 0 };
		});
		if (completed) ask_about(completed);
	}

	async function apply() {
		const buttons = [...part("ask").querySelectorAll("button")];
		for (const button of buttons) button.disabled = true;
		own.say(working);
		try {
			await post("smooth_lms_hr.desk.apply_validity", { course: course.course });
			own.say(part("ask").dataset.done);
			part("ask").hidden = true;
			part("buttons").hidden = false;
			part("buttons").querySelector("[data-close]").focus();
		} catch (error) {
			own.say(words_of(error, failure), true);
			for (const button of buttons) button.disabled = false;
		}
	}

	form.addEventListener("input", show_what_depends);
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		save();
	});
	form.querySelector("[data-yes]").addEventListener("click", apply);
	form.querySelector("[data-no]").addEventListener("click", () => dialog.close());
	for (const button of document.querySelectorAll("[data-course]")) {
		button.hidden = false;
		button.addEventListener("click", () => open(button));
	}
})();
