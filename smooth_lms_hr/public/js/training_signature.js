// "Read and sign" on the open cards of /my-training: the statement, a name, and the password or a code by mail.
(() => {
	"use strict";

	const { post, attempt } = window.training_pages;
	const { failure } = document.querySelector("[data-training-requests]").dataset;

	// What was changed while somebody read it is to be read before it is signed.
	async function show_statement_as_it_is(form) {
		const response = await fetch("/api/method/smooth_lms_hr.api.get_my_training_assignments", {
			headers: { Accept: "application/json" },
		});
		if (!response.ok) return;
		const { message: rows } = await response.json();
		const row = rows.find(({ name }) => name === form.dataset.assignment);
		// Signed, or not to be signed any more: in another window, or by another decision.
		if (!row?.statement) return location.reload();
		const shown = form.querySelector("[data-statement]");
		if (shown.textContent !== row.statement) shown.textContent = row.statement;
	}

	async function sign(form) {
		const missing = ["signed_as", "password"].find((name) => !form.elements[name].value.trim());
		if (missing) {
			form.elements[missing].reportValidity();
			form.elements[missing].focus();
			return;
		}
		const { failed } = await attempt({
			block: form,
			result: form.querySelector("[role=status]"),
			failure,
			act: async () => {
				await post("smooth_lms_hr.api.sign_statement", {
					assignment: form.dataset.assignment,
					signed_as: form.elements.signed_as.value,
					password: form.elements.password.value,
					statement: form.querySelector("[data-statement]").textContent,
				});
				return { message: "", failed: false };
			},
		});
		if (!failed) return location.assign("?tab=done#done");
		form.elements.password.value = "";
		form.elements.password.focus();
		await show_statement_as_it_is(form).catch(() => {}); // what went wrong is said already
	}

	async function send_code(button, form) {
		const { assignment } = form.dataset;
		const { failed } = await attempt({
			block: form,
			result: form.querySelector("[role=status]"),
			failure,
			act: async () => {
				const { sent_to } = await post("smooth_lms_hr.api.request_signing_code", { assignment });
				return { message: button.dataset.sent.replace("{0}", sent_to), failed: false };
			},
		});
		if (failed) return;
		for (const control of form.elements) control.disabled = false;
		form.elements.password.focus();
	}

	for (const block of document.querySelectorAll("[data-signature]")) {
		const dialog = block.querySelector("dialog");
		const form = dialog.querySelector("form");
		const open = block.querySelector("[data-open]");
		open.hidden = false;
		open.addEventListener("click", () => dialog.showModal());
		dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
		const code = form.querySelector("[data-code]");
		code?.addEventListener("click", () => send_code(code, form));
		form.addEventListener("submit", (event) => {
			event.preventDefault();
			sign(form);
		});
	}
})();
