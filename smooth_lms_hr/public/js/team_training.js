// "Remind" and "Remind all overdue" on /my-team-training. Without this script the page still shows everything; the buttons
// appear only when they work.
(() => {
	"use strict";

	const { post, attempt, words_of } = window.training_pages;
	const SEND = "smooth_lms_hr.api.send_reminder";
	const fill = (template, ...values) => template.replace(/{(\d)}/g, (_, place) => values[place]);

	const table = document.querySelector("table[data-reminders]");
	const buttons = table ? [...table.querySelectorAll("button[data-assignment]")] : [];

	// Off, yet not disabled: the keyboard stays where it was.
	const switch_off = (button, off) => button.setAttribute("aria-disabled", String(off));
	const is_off = (button) => button.getAttribute("aria-disabled") === "true";

	function say(button, message, failed) {
		const result = button.nextElementSibling;
		result.classList.toggle("is-failure", failed);
		result.textContent = message;
		switch_off(button, !failed);
	}

	async function remind(button) {
		if (is_off(button)) return;
		const { remind, sending, failure } = table.dataset;
		switch_off(button, true);
		button.textContent = sending;
		try {
			const { done, failed } = await post(SEND, { assignments: [button.dataset.assignment] });
			const [said] = done.length ? done : failed;
			say(button, said?.message || failure, !done.length);
		} catch (error) {
			say(button, words_of(error, failure), true);
		}
		button.textContent = remind;
	}

	for (const button of buttons) {
		button.hidden = false;
		button.addEventListener("click", () => remind(button));
	}

	// ---- all that is overdue, after a look at whom that means

	const opener = document.querySelector("[data-remind-all]");
	if (!opener) return;
	const dialog = document.getElementById("remind-all");
	const form = dialog.querySelector("form");
	const [summary, people, left_out, more] = ["summary", "people", "left-out", "more"].map((name) =>
		form.querySelector(`[data-${name}]`),
	);
	const [result, send, close] = ["[role=status]", "[type=submit]", "[data-close]"].map((selector) =>
		form.querySelector(selector),
	);
	const said = dialog.dataset;
	let whom = [];

	function list(element, lines) {
		element.replaceChildren(
			...lines.map((line) => {
				const item = document.createElement("li");
				item.textContent = line;
				return item;
			}),
		);
	}

	function show({ people: found, left_out: others, more: are_more }) {
		whom = found;
		summary.textContent = whom.length
			? whom.length === 1
				? said.one
				: fill(said.many, whom.length)
			: said.nobody;
		people.hidden = !whom.length;
		list(
			people,
			whom.map(({ name, courses }) => fill(said.line, name, courses.join(", "))),
		);
		// The same words of several courses are said once.
		const why_not = new Set(others.map(({ message }) => message));
		left_out.hidden = !why_not.size;
		list(left_out.querySelector("ul"), [...why_not]);
		more.hidden = !are_more;
		send.hidden = !whom.length;
	}

	async function open() {
		show({ people: [], left_out: [] });
		summary.textContent = said.working;
		for (const control of [send, close]) control.disabled = false;
		result.textContent = "";
		dialog.showModal();
		try {
			const narrowed = Object.entries(JSON.parse(said.chosen)).filter(([, value]) => value);
			const found = await post("smooth_lms_hr.desk.preview_reminders", Object.fromEntries(narrowed));
			show(found);
		} catch (error) {
			summary.textContent = words_of(error, said.failure);
		}
	}

	async function send_all() {
		result.textContent = said.working;
		await attempt({
			block: form,
			result,
			failure: said.failure,
			act: async () => {
				const assignments = whom.flatMap((person) => person.assignments);
				const { done } = await post(SEND, { assignments });
				const names = new Set(done.map(({ name }) => name));
				for (const { name, message } of done) {
					const button = buttons.find(({ dataset }) => dataset.assignment === name);
					if (button) say(button, message, false);
				}
				const reminded = whom.filter((person) => person.assignments.some((name) => names.has(name)));
				const others = whom.length - reminded.length;
				const message = others ? fill(said.mixed, reminded.length, others) : fill(said.done, reminded.length);
				return { message, failed: !reminded.length };
			},
		});
		close.disabled = false;
	}

	opener.hidden = false;
	opener.addEventListener("click", open);
	close.addEventListener("click", () => dialog.close());
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		send_all();
	});
})();
