// The dialog Assign training on /training-admin: first what it would do, then doing it, as the desk's dialog does.
(() => {
	"use strict";

	const element = document.getElementById("assign");
	if (!element) return;
	const { post, words_of } = window.training_pages;
	const { fill, list, dialog_of, failure } = window.training_admin;
	const own = dialog_of(element);
	const { form, dialog, result } = own;
	const words = dialog.dataset;
	const part = (name) => form.querySelector(`[data-${name}]`);
	const [find, found, find_said, chosen_list, act] = [
		"find",
		"found-people",
		"find-said",
		"chosen",
		"act",
	].map(part);
	const TYPING_MS = 300;
	const ASK_EVERY_MS = 3000;
	// Who is chosen, by user; what was checked last and still holds; the search that is on its way.
	const chosen = new Map();
	let [checked, searching, run] = [null, 0, null];

	// ---- who

	function button(label, said, click) {
		const item = document.createElement("li");
		const own = document.createElement("button");
		own.type = "button";
		own.className = "button";
		own.textContent = label;
		own.setAttribute("aria-label", said);
		own.addEventListener("click", click);
		item.append(own);
		return item;
	}

	function show_chosen() {
		chosen_list.replaceChildren(
			...[...chosen].map(([member, name]) =>
				button(`${name} ×`, fill(chosen_list.dataset.remove, name), () => {
					chosen.delete(member);
					show_chosen();
					reset();
					(chosen_list.querySelector("button") || find).focus();
				}),
			),
		);
	}

	function show_found({ people, more }) {
		const left = people.filter(({ member }) => !chosen.has(member));
		found.replaceChildren(
			...left.map(({ member, name, department }) =>
				button(
					[name, department || member].join(", "),
					fill(find.dataset.add, `${name}, ${department || member}`),
					() => {
						chosen.set(member, name);
						show_chosen();
						reset();
						find.value = "";
						show_nobody();
						find.focus();
					},
				),
			),
		);
		find_said.textContent = more
			? find.dataset.more
			: left.length
				? fill(find.dataset.found, left.length)
				: find.dataset.none;
	}

	function show_nobody() {
		found.replaceChildren();
		find_said.textContent = "";
	}

	async function search(number) {
		const text = find.value.trim();
		if (text.length < 2) return show_nobody();
		try {
			const answer = await post("smooth_lms_hr.desk.find_people", { text });
			// What is typed meanwhile is another question.
			if (number === searching) show_found(answer);
		} catch (error) {
			find_said.textContent = words_of(error, failure);
		}
	}

	find.addEventListener("input", (event) => {
		event.stopPropagation();
		const number = ++searching;
		setTimeout(() => number === searching && search(number), TYPING_MS);
	});
	find.addEventListener("keydown", (event) => {
		// Enter is for the first of those found, and sends nothing.
		if (event.key !== "Enter") return;
		event.preventDefault();
		found.querySelector("button")?.click();
	});

	// ---- what is asked for

	const value = (name) => form.elements[name]?.value || "";

	function people_of() {
		if (value("who") !== "part") return { members: [...chosen.keys()] };
		const parts = ["company", "department", "designation", "branch"];
		return Object.fromEntries(parts.map((name) => [name, value(name)]).filter(([, given]) => given));
	}

	// {args} of the API, or {missing}, a word of what is not said yet.
	function arguments_of() {
		const people = people_of();
		const mandatory = form.elements.all_mandatory.checked;
		const courses = [...form.querySelectorAll("[name=course]:checked")].map((box) => box.value);
		if (!Object.values(people).some((given) => given.length)) return { missing: words.nobody };
		if (!mandatory && !courses.length) return { missing: words.noCourse };
		if (value("due") === "day" && !value("due_date")) return { missing: words.noDate };
		if (value("due") === "days" && !(value("due_days") > 0)) return { missing: words.noDays };
		const args = { people };
		if (!mandatory) args.courses = courses;
		if (value("due") === "day") args.due_date = value("due_date");
		if (value("due") === "days") args.due_days = value("due_days");
		return { args };
	}

	// ---- what it would do, and doing it

	// What was checked no longer holds once something is changed.
	function reset() {
		checked = null;
		own.say("");
		part("preview").hidden = true;
		list(part("problems"), []);
		act.textContent = words.check;
	}

	function show_what_depends() {
		for (const block of form.querySelectorAll("[data-who]")) {
			block.hidden = block.dataset.who !== (value("who") || "people");
		}
		for (const label of form.querySelectorAll("[data-due]")) {
			label.hidden = label.dataset.due !== value("due");
		}
		part("courses").hidden = form.elements.all_mandatory.checked;
	}

	function show_counts(block, counts, always) {
		block.hidden = false;
		for (const item of block.querySelectorAll("[data-key]")) {
			const number = counts[item.dataset.key];
			item.hidden = !number && item.dataset.key !== always;
			item.querySelector("strong").textContent = number;
		}
	}

	async function check(args) {
		const outcome = await own.act(async () => ({
			message: "",
			preview: await post("smooth_lms_hr.api.preview_campaign", args),
		}));
		enable();
		if (outcome.failed) return;
		const { preview } = outcome;
		const sum = part("sum");
		sum.textContent = fill(sum.dataset.sum, preview.people, preview.courses, preview.assignments);
		show_counts(part("preview"), preview, "new");
		list(
			part("problems"),
			preview.problems.map(({ who, message }) => (message.includes(who) ? message : `${who}: ${message}`)),
		);
		if (preview.assignments) {
			checked = args;
			act.textContent = fill(words.assign, preview.assignments);
		} else {
			own.say(result.dataset.nothing);
		}
		act.focus();
		act.scrollIntoView({ block: "nearest" });
	}

	function enable() {
		for (const control of form.elements) control.disabled = control.dataset.never === "";
	}

	async function carry_out() {
		const { failed, state } = await own.act(async () => {
			const state = await post("smooth_lms_hr.api.start_campaign", checked);
			return { message: "", state, changed: true };
		});
		if (failed) return enable();
		part("preview").hidden = true;
		if (state.finished) show_outcome(state);
		else follow(state);
	}

	// A run in the background is asked how far it is, until it is over or the dialog is closed.
	async function follow(state) {
		run = state.run;
		const number = run;
		while (run === number && dialog.open) {
			own.say(fill(result.dataset.progress, state.done, state.total));
			await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
			try {
				state = await post("smooth_lms_hr.api.get_campaign", { run });
			} catch {
				continue; // It may answer when it is asked again.
			}
			if (state.finished) return show_outcome(state);
			if (state.stopped) return own.say(fill(result.dataset.stopped, state.done, state.total), true);
		}
	}

	function show_outcome({ counts, rows, file_url, csv }) {
		own.say("");
		part("fields").hidden = true;
		act.hidden = true;
		show_counts(part("outcome"), counts, "created");
		const failed = (rows || []).filter((row) => row.result === "failed");
		list(
			part("problems"),
			failed.map((row) => [row.member || row.employee, row.course, row.message].filter(Boolean).join(": ")),
		);
		const file = part("file");
		// The mark tells spreadsheets which encoding it is.
		const made = () => URL.createObjectURL(new Blob(["\ufeff", csv], { type: "text/csv;charset=UTF-8" }));
		file.href = file_url || made();
		file.download = "training-assigned.csv";
		file.hidden = false;
		part("close").focus();
	}

	for (const opener of document.querySelectorAll("[data-open=assign]")) {
		opener.addEventListener("click", () => {
			chosen.clear();
			own.open();
			show_chosen();
			show_nobody();
			reset();
			part("fields").hidden = false;
			part("outcome").hidden = true;
			act.hidden = false;
			run = null;
			show_what_depends();
		});
	}
	form.addEventListener("input", () => {
		reset();
		show_what_depends();
	});
	form.addEventListener("submit", (event) => {
		event.preventDefault();
		const { args, missing } = arguments_of();
		if (missing) own.say(missing, true);
		else if (checked) carry_out();
		else check(args);
	});
})();
