// The dialog Assign Training: who, which courses, by when; first what it would do, then doing it.

frappe.provide("smooth_lms_hr.training");

(function (training) {
	const escape = frappe.utils.escape_html;
	const { PICKED, PART, USERS } = training.WHO;
	const { BY_COURSE, ON_DAY, IN_DAYS } = training.DUE;

	// chosen: {employees: [...], courses: [...]}, what is decided already; done: called after anything was assigned.
	training.assign = function (chosen, done) {
		const dialog = new frappe.ui.Dialog({
			title: __("Assign Training"),
			size: "large",
			fields: fields_for(chosen),
			primary_action_label: __("Check", null, "Training"),
			primary_action: () =>
				dialog.checked ? carry_out(dialog, dialog.checked, done) : check(dialog, chosen),
		});
		// What was checked no longer holds once something is changed.
		for (const field of dialog.fields) {
			field.onchange = () => reset(dialog);
		}
		dialog.$wrapper.on("change input", () => reset(dialog));
		dialog.show();
		return dialog;
	};

	function fields_for({ employees = [], courses = [] }) {
		const when = (field, value) => `eval:doc.${field} === ${JSON.stringify(value)}`;
		const link = (fieldname, options, label) => ({
			fieldname,
			fieldtype: "Link",
			options,
			label,
			depends_on: when("who", PART),
		});
		const who = employees.length
			? [{ fieldtype: "HTML", fieldname: "selected", options: selected_html(employees) }]
			: [
					{
						fieldname: "who",
						fieldtype: "Select",
						label: __("Who"),
						options: options_of([PICKED, PART, USERS]),
						default: PICKED,
					},
					{
						...pills("employees", __("Employees"), "Employee", { status: ["!=", "Left"] }),
						depends_on: when("who", PICKED),
					},
					{
						...pills("members", __("Users"), "User", { enabled: 1 }),
						depends_on: when("who", USERS),
					},
					link("company", "Company", __("Company")),
					{
						...link("department", "Department", __("Department")),
						description: __("With the departments below it"),
					},
					link("designation", "Designation", __("Designation")),
					link("branch", "Branch", __("Branch")),
				];
		return [
			...who,
			{ fieldtype: "Section Break" },
			{
				fieldname: "all_mandatory",
				fieldtype: "Check",
				label: __("All mandatory courses"),
				default: courses.length ? 0 : 1,
			},
			{
				...pills("courses", __("Courses"), "LMS Course", { published: 1 }),
				default: courses,
				depends_on: "eval:!doc.all_mandatory",
			},
			{ fieldtype: "Column Break" },
			{
				fieldname: "due",
				fieldtype: "Select",
				label: __("Due"),
				options: options_of([BY_COURSE, ON_DAY, IN_DAYS]),
				default: BY_COURSE,
			},
			{
				fieldname: "due_date",
				fieldtype: "Date",
				label: __("Due Date"),
				depends_on: when("due", ON_DAY),
				min_date: frappe.datetime.str_to_obj(frappe.datetime.get_today()),
			},
			{ fieldname: "due_days", fieldtype: "Int", label: __("Days"), depends_on: when("due", IN_DAYS) },
			{ fieldtype: "Section Break" },
			{ fieldtype: "HTML", fieldname: "outcome" },
		];
	}

	function options_of(values) {
		return values.map((value) => ({ value, label: __(value) }));
	}

	function pills(fieldname, label, doctype, filters) {
		return {
			fieldname,
			fieldtype: "MultiSelectPills",
			label,
			get_data: async (txt) =>
				((await frappe.db.get_link_options(doctype, txt, filters)) || []).map(harmless),
		};
	}

	// Frappe shows names and titles as HTML here. A look-alike, since what is typed is compared with them as text.
	function harmless({ value, label, description }) {
		const text = (words) => words && String(words).replace(/</g, "‹");
		return { value, label: text(label || value), description: text(description) };
	}

	function selected_html(employees) {
		const said =
			employees.length === 1
				? __("For the employee {0}.", [escape(employees[0])])
				: __("For the {0} employees that are selected in the list.", [employees.length]);
		return `<p><b>${said}</b></p>`;
	}

	// Not set_primary_action: that takes the focus away from whoever is typing.
	function reset(dialog) {
		dialog.checked = null;
		dialog.fields_dict.outcome.$wrapper.empty();
		dialog.get_primary_btn().text(__("Check", null, "Training"));
	}

	function check(dialog, chosen) {
		const { args, missing } = training.campaign_arguments(dialog.get_values(true) || {}, chosen);
		if (missing) {
			frappe.show_alert({ message: missing, indicator: "orange" }, 7);
			return;
		}
		return call("preview_campaign", args).then((preview) => {
			dialog.fields_dict.outcome.$wrapper.html(preview_html(preview));
			if (preview.assignments) {
				dialog.checked = args;
				dialog.get_primary_btn().text(__("Assign {0}", [preview.assignments]));
			}
		});
	}

	function preview_html(preview) {
		const rows = [
			["new", __("New"), "green"],
			["renewal", __("Renewed: no longer valid"), "green"],
			["put_on_file", __("Completed in Learning before, put on file"), "green"],
			["open", __("Already open"), "gray"],
			["valid", __("Already completed and valid"), "gray"],
			["waived", __("Waived"), "gray"],
			["no_due_date", __("No due date: see the days of the course"), "red"],
			["no_user", __("People without an active user"), "orange"],
			["refused", __("People you may not assign to"), "red"],
		];
		const body = rows
			.filter(([key]) => preview[key] || key === "new")
			.map(
				([key, label, colour]) =>
					`<tr><td><span class="indicator ${colour}">${label}</span></td>
					<td class="text-right">${preview[key]}</td></tr>`,
			);
		const problems = preview.problems.map(
			({ who, message }) => `<li>${escape(message.includes(who) ? message : `${who}: ${message}`)}</li>`,
		);
		const unknown = preview.unknown_courses.map(
			(course) => `<li>${__("There is no published course {0}.", [escape(course)])}</li>`,
		);
		return `<div role="status">
			<p>${__("People: {0}. Courses: {1}. New assignments: {2}. Nothing is written yet.", [
				preview.people,
				preview.courses,
				`<b>${preview.assignments}</b>`,
			])}</p>
			<table class="table table-sm training-preview"><tbody>${body.join("")}</tbody></table>
			${problems.length + unknown.length ? `<ul class="pl-4 text-muted">${unknown.join("")}${problems.join("")}</ul>` : ""}
		</div>`; // prettier-ignore
	}

	function carry_out(dialog, args, done) {
		return call("start_campaign", args).then((state) => {
			dialog.hide();
			if (state.finished) {
				show_outcome(state);
				done && done();
			} else {
				training.follow(state, done);
			}
		});
	}

	function call(method, args) {
		return frappe
			.call({ method: `smooth_lms_hr.api.${method}`, type: "POST", args, freeze: true })
			.then(({ message }) => message);
	}

	training.follow = (state, done) =>
		training.follow_run(state, {
			event: "smooth_lms_hr:campaign",
			method: "smooth_lms_hr.api.get_campaign",
			title: __("Assigning Training"),
			ended: (found) => {
				found.stopped ? show_stopped(found) : show_outcome(found);
				done && done();
			},
		});

	function show_stopped({ done, total, error }) {
		frappe.msgprint({
			title: __("Assigning Training"),
			indicator: "red",
			message: [
				__(
					"The run broke off after {0} of {1} people. Start it again: it goes on with the others, and nobody is assigned twice.",
					[done, total],
				),
				escape(error || ""),
			].join(" "),
		});
	}

	function show_outcome({ counts, rows, csv, file_url }) {
		const dialog = new frappe.ui.Dialog({
			title: __("Training Assigned"),
			size: "large",
			fields: [{ fieldtype: "HTML", fieldname: "outcome", options: outcome_html(counts, rows || []) }],
			primary_action_label: __("Download the Result"),
			primary_action: () => (file_url ? window.open(file_url, "_blank", "noopener") : download(csv)),
		});
		dialog.show();
	}

	function outcome_html(counts, rows) {
		const failed = rows.filter((row) => row.result === "failed").slice(0, 50);
		const lines = failed.map(
			(row) => `<li>${escape([row.member || row.employee, row.course, row.message].filter(Boolean).join(": "))}</li>`
		); // prettier-ignore
		return `<div role="status">
			<p><span class="indicator green">${__("{0} assigned", [counts.created])}</span></p>
			<p><span class="indicator gray">${__("{0} were there already", [counts.existing])}</span></p>
			<p><span class="indicator ${counts.failed ? "red" : "gray"}">${__("{0} failed", [counts.failed])}</span></p>
			${lines.length ? `<ul class="pl-4 text-muted">${lines.join("")}</ul>` : ""}
		</div>`;
	}

	function download(csv) {
		// The mark tells spreadsheets which encoding it is.
		const url = URL.createObjectURL(new Blob(["\ufeff", csv], { type: "text/csv;charset=UTF-8" }));
		$("<a>").attr({ href: url, download: "training-assigned.csv" })[0].click();
		URL.revokeObjectURL(url);
	}
})(smooth_lms_hr.training);
