// /training-admin: what is selected in the list, the decisions about it, and what the page's dialogs share. Without
// this script the page still shows everything; what can be clicked appears only when it works.
(() => {
	"use strict";

	const { post, attempt, show_anew } = window.training_pages;
	const page = document.querySelector("[data-failure]");
	const { failure, working } = page.dataset;
	const SHOWN = 5;

	const fill = (template, ...values) => template.replace(/{(\d)}/g, (_, place) => values[place]);
	const count_in_words = ({ one, many }, number) => (number === 1 ? one : fill(many, number));

	function list(element, lines) {
		element.replaceChildren(
			...lines.map((line) => {
				const item = document.createElement("li");
				item.textContent = line;
				return item;
			}),
		);
	}

	// A dialog that is opened anew each time, and whose page is another one once something was done in it.
	function dialog_of(dialog) {
		const form = dialog.querySelector("form");
		const result = form.querySelector(":scope > .result");
		let changed = false;
		const own = {
			dialog,
			form,
			result,
			say(message, failed = false) {
				result.classList.toggle("is-failure", failed);
				result.textContent = message;
			},
			open() {
				form.reset();
				for (const control of form.elements) control.disabled = control.dataset.never === "";
				own.say("");
				dialog.showModal();
			},
			// While it is under way nobody clicks twice; what was done is not done again.
			async act(send) {
				own.say(working);
				const outcome = await attempt({
					block: form,
					result,
					failure,
					act: async () => ({ failed: false, ...(await send()) }),
				});
				for (const button of form.querySelectorAll("[data-close]")) button.disabled = false;
				changed = changed || !!outcome.changed;
				if (!outcome.failed) form.querySelector(".actions:not([hidden]) button:enabled")?.focus();
				return outcome;
			},
		};
		for (const control of form.elements) if (control.disabled) control.dataset.never = "";
		for (const button of form.querySelectorAll("[data-close]")) {
			button.addEventListener("click", () => dialog.close());
		}
		dialog.addEventListener("close", () => changed && show_anew("list"));
		return own;
	}

	// The first field that lacks what it has to have is said, and gets the keyboard.
	function is_complete({ form, say }) {
		const missing = [...form.elements].find((control) => control.required && !control.value.trim());
		if (!missing) return true;
		say(missing.dataset.missing, true);
		missing.focus();
		return false;
	}

	window.training_admin = { fill, count_in_words, list, dialog_of, working, failure };

	for (const button of page.querySelectorAll("[data-open]")) button.hidden = false;

	// ---- the selection, and the decisions

	const selection = page.querySelector("[data-selection]");
	if (!selection) return;
	const boxes = [...page.querySelectorAll("tbody .pick input")];
	const all = page.querySelector("[data-select-all]");
	const said = selection.querySelector("[data-count]");
	const nothing = said.textContent;
	const FITS = {
		open: (status) => !["Completed", "Waived", "Cancelled"].includes(status),
		waived: (status) => status === "Waived",
		completed: (status) => status === "Completed",
	};
	const selected = () => boxes.filter((box) => box.checked);

	function show_selection() {
		const chosen = selected();
		said.textContent = chosen.length ? fill(selection.dataset.selected, chosen.length) : nothing;
		all.checked = chosen.length === boxes.length;
		all.indeterminate = chosen.length > 0 && !all.checked;
		for (const button of selection.querySelectorAll("[data-decide]")) {
			const fits = FITS[document.getElementById(button.dataset.decide).dataset.fits];
			button.disabled = !chosen.some((box) => fits(box.dataset.status));
		}
	}

	function preview(form, fitting, others) {
		const [affected, lines, left_out] = ["affected", "lines", "left-out"].map((name) =>
			form.querySelector(`[data-${name}]`),
		);
		affected.textContent = count_in_words(affected.dataset, fitting.length);
		const shown = fitting.slice(0, SHOWN).map((box) => `${box.dataset.words} (${box.dataset.state})`);
		if (fitting.length > SHOWN) shown.push(fill(lines.dataset.more, fitting.length - SHOWN));
		list(lines, shown);
		left_out.hidden = !others;
		left_out.textContent = others ? count_in_words(left_out.dataset, others) : "";
	}

	async function decide(own, fitting) {
		const { form, result, dialog } = own;
		const values = { assignments: fitting.map((box) => box.value) };
		for (const { name, value } of form.elements) if (name && value) values[name] = value;
		await own.act(async () => {
			const { done, failed } = await post(`smooth_lms_hr.api.${dialog.dataset.method}`, values);
			const words = Object.fromEntries(fitting.map((box) => [box.value, box.dataset.words]));
			list(
				form.querySelector("[data-failed]"),
				failed.map((row) => `${words[row.name]}: ${row.message}`),
			);
			const message = failed.length
				? fill(result.dataset.mixed, done.length, failed.length)
				: done.length === 1
					? done[0].message
					: fill(result.dataset.done, done.length);
			return { message, failed: !done.length, changed: done.length > 0 };
		});
	}

	for (const button of selection.querySelectorAll("[data-decide]")) {
		const own = dialog_of(document.getElementById(button.dataset.decide));
		const fits = FITS[own.dialog.dataset.fits];
		let fitting = [];
		button.addEventListener("click", () => {
			const chosen = selected();
			fitting = chosen.filter((box) => fits(box.dataset.status));
			own.open();
			preview(own.form, fitting, chosen.length - fitting.length);
			list(own.form.querySelector("[data-failed]"), []);
		});
		own.form.addEventListener("submit", (event) => {
			event.preventDefault();
			if (is_complete(own)) decide(own, fitting);
		});
	}

	for (const box of [all, ...boxes]) box.hidden = false;
	all.addEventListener("change", () => {
		for (const box of boxes) box.checked = all.checked;
		show_selection();
	});
	for (const box of boxes) box.addEventListener("change", show_selection);
	selection.hidden = false;
	// A browser that comes back to the page ticks again what was ticked.
	show_selection();
})();
