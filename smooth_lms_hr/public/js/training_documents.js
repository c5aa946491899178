// "My Documents" on /my-training. Without this script the page still lists them; what can be clicked appears only when
// it works.
(() => {
	"use strict";

	const { post, upload, attempt, show_anew } = window.training_pages;
	const section = document.querySelector("[data-documents]");
	const { failure } = section.dataset;
	const result_of = (block) => block.querySelector("[role=status]");

	async function add(form) {
		const missing = ["document_type", "file"].find((name) => !form.elements[name].value.trim());
		if (missing) {
			form.elements[missing].reportValidity();
			form.elements[missing].focus();
			return;
		}
		const values = {};
		for (const { name, type, value } of form.elements) {
			if (name && type !== "file" && value) values[name] = value;
		}
		const [file] = form.elements.file.files;
		const { failed } = await attempt({
			block: form,
			result: result_of(form),
			failure,
			act: async () => {
				values.file = await upload(file);
				await post("smooth_lms_hr.api.add_my_document", values);
				return { message: "", failed: false };
			},
		});
		if (!failed) show_anew("documents");
	}

	async function withdraw(button) {
		const item = button.closest("li");
		const { failed } = await attempt({
			block: item,
			result: result_of(item),
			failure,
			act: async () => {
				await post("smooth_lms_hr.api.withdraw_my_document", { document: button.dataset.withdraw });
				return { message: "", failed: false };
			},
		});
		if (!failed) show_anew("documents");
	}

	for (const button of section.querySelectorAll("[data-withdraw]")) {
		button.hidden = false;
		button.addEventListener("click", () => withdraw(button));
	}
	const open = section.querySelector("[data-open]");
	if (!open) return;
	const dialog = section.querySelector("dialog");
	open.hidden = false;
	open.addEventListener("click", () => dialog.showModal());
	dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
	dialog.querySelector("form").addEventListener("submit", (event) => {
		event.preventDefault();
		add(event.target);
	});
})();
