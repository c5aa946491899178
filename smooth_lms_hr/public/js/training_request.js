// "Ask" and "Withdraw" on the open cards of /my-training. Without this script the page still shows what was asked; what
// can be clicked appears only when it works.
(() => {
	"use strict";

	const { post, upload, attempt, show_anew } = window.training_pages;
	const section = document.querySelector("[data-training-requests]");
	const { failure, missing } = section.dataset;
	const template = section.querySelector("[data-ask-form]");

	function show_fields_of(form) {
		for (const label of form.querySelectorAll("[data-for]")) {
			const wanted = label.dataset.for === form.elements.kind.value;
			label.hidden = !wanted;
			label.querySelector("input").disabled = !wanted;
		}
	}

	function values_of(form) {
		const values = { assignment: form.dataset.assignment };
		for (const control of form.elements) {
			if (control.name && !control.disabled && control.type !== "file" && control.value) {
				values[control.name] = control.value;
			}
		}
		return values;
	}

	async function send(form, block) {
		const result = form.querySelector("[role=status]");
		const values = values_of(form);
		if (!values.reason) {
			result.classList.add("is-failure");
			result.textContent = missing;
			form.elements.reason.focus();
			return;
		}
		const [file] = form.elements.file.files;
		const act = async () => {
			if (file) values.file = await upload(file);
			await post("smooth_lms_hr.api.request_training", values);
			return { message: "", failed: false };
		};
		const { failed } = await attempt({ block: form, result, failure, act });
		if (failed) show_fields_of(form);
		else show_anew(block.id);
	}

	async function withdraw(button, block) {
		const request = button.parentElement;
		const { failed } = await attempt({
			block: request,
			result: request.querySelector("[role=status]"),
			failure,
			act: async () => {
				await post("smooth_lms_hr.api.withdraw_request", { request: button.dataset.withdraw });
				return { message: "", failed: false };
			},
		});
		if (!failed) show_anew(block.id);
	}

	// The page has one form, and each card gets its own of it, with what can be asked there.
	function put_form_into(ask) {
		const form = template.content.querySelector("form").cloneNode(true);
		const { assignment, kinds, firstDay } = ask.dataset;
		form.dataset.assignment = assignment;
		form.querySelector("[data-for=Extension] input").min = firstDay;
		for (const option of form.querySelectorAll("option")) {
			if (!kinds.split(",").includes(option.value)) option.remove();
		}
		ask.append(form);
		ask.hidden = false;
		show_fields_of(form);
		return form;
	}

	for (const block of section.querySelectorAll("[data-request-block]")) {
		for (const button of block.querySelectorAll("[data-withdraw]")) {
			button.hidden = false;
			button.addEventListener("click", () => withdraw(button, block));
		}
		const ask = block.querySelector("[data-ask]");
		if (!ask) continue;
		const form = put_form_into(ask);
		form.elements.kind.addEventListener("change", () => show_fields_of(form));
		form.addEventListener("submit", (event) => {
			event.preventDefault();
			send(form, block);
		});
	}
})();
