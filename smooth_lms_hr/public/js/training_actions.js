// What HR does with training assignments in the desk. The list and the form of LMS Training Assignment share it.

frappe.provide("smooth_lms_hr.training");

(function (training) {
	const OPEN = ["Pending", "In Progress", "Overdue"];
	const COLOURS = {
		Pending: "orange",
		"In Progress": "blue",
		Completed: "green",
		Overdue: "red",
		Waived: "purple",
		Cancelled: "gray",
	};
	const escape = frappe.utils.escape_html;

	training.ASSIGNMENT = "LMS Training Assignment";
	training.OPEN = OPEN;
	training.is_open = (status) => OPEN.includes(status);
	training.colour = (status) => COLOURS[status] || "gray";

	// Where a linked record may not be read, and in the report view for everybody, Frappe shows its title as HTML.
	for (const field of frappe.meta.get_docfields(training.ASSIGNMENT)) {
		if (field.fieldtype === "Link") {
			field.formatter = link_as_text;
		}
		// Its decimals are for the figures; who reads one wants to know about how far it is.
		if (field.fieldname === "progress") {
			field.formatter = (value) => `${Math.floor(value || 0)}%`;
		}
	}

	function link_as_text(value, { options: doctype }) {
		const title = escape(frappe.utils.get_link_title(doctype, value) || value || "");
		// Without the name in the element, which is how the report view finds what to write the title into.
		return value && frappe.model.can_read(doctype)
			? `<a href="${frappe.utils.get_form_link(doctype, value)}">${title}</a>`
			: title;
	}

	// Days until a due date; negative when it is past.
	training.days_left = (due_date) => frappe.datetime.get_day_diff(due_date, frappe.datetime.get_today());

	training.due_in_words = function (due_date) {
		const days = training.days_left(due_date);
		if (days === 0) return __("due today");
		if (days === 1) return __("due tomorrow");
		if (days > 1) return __("due in {0} days", [days]);
		return days === -1 ? __("1 day late") : __("{0} days late", [-days]);
	};

	// How it stands with an assignment, in a sentence of escaped HTML, and the colour that goes with it.
	training.situation = function (doc) {
		const who = `<b>${escape(name_of(doc))}</b>`;
		const day = (value) => escape(frappe.datetime.str_to_user(value, false, true));
		const colour = training.colour(doc.status);
		if (doc.status === "Completed") {
			const late = frappe.datetime.get_day_diff(doc.completed_on, doc.due_date);
			const when = late > 0 ? __("{0} days after the due date", [late]) : __("on time");
			return {
				html: __("{0} completed this on {1}, {2}.", [who, day(doc.completed_on), when]),
				colour,
			};
		}
		if (doc.status === "Waived") {
			const said = [who, escape(doc.waived_by || ""), day(doc.waived_on), escape(doc.waiver_reason || "")];
			return { html: __("{0} need not do this: waived by {1} on {2}. {3}", said), colour };
		}
		if (doc.status === "Cancelled") {
			return {
				html: __("Cancelled, {0} need not do this. The timeline below says why.", [who]),
				colour,
			};
		}
		const late = training.days_left(doc.due_date) < 0;
		const said = [who, training.due_in_words(doc.due_date), day(doc.due_date), Math.floor(doc.progress || 0)];
		const parts = [
			late ? __("{0} is {1}: it was due on {2}. {3}% done.", said) : __("{0}: {1}, on {2}. {3}% done.", said),
		];
		if (doc.original_due_date && doc.original_due_date !== doc.due_date) {
			parts.push(__("At first it was due on {0}.", [day(doc.original_due_date)]));
		}
		if (doc.reminders_sent) {
			const reminded = [doc.reminders_sent, day(doc.last_reminded_on)];
			parts.push(
				doc.reminders_sent === 1
					? __("Reminded once, on {0}.", [reminded[1]])
					: __("Reminded {0} times, last on {1}.", reminded),
			);
		} else if (late) {
			parts.push(__("Nobody has reminded them yet."));
		}
		return { html: parts.join(" "), colour: late ? "red" : colour };
	};

	training.remind = function (docs, done) {
		const question =
			docs.length === 1
				? __("Send {0} a reminder now?", [escape(name_of(docs[0]))])
				: __("Send reminders for {0} assignments now?", [docs.length]);
		frappe.confirm(question, () => act("send_reminder", __("Reminders"), docs, {}, done));
	};

	training.extend = function (docs, done) {
		ask(__("Extend the Due Date"), docs, __("Extend"), [
			{
				fieldname: "due_date",
				fieldtype: "Date",
				label: __("New Due Date"),
				reqd: 1,
				min_date: frappe.datetime.str_to_obj(frappe.datetime.get_today()),
			},
		], (values) => act("extend_due_date", __("Due Dates"), docs, values, done)); // prettier-ignore
	};

	training.waive = function (docs, done) {
		ask(__("Waive"), docs, __("Waive"), [], (values) => act("waive", __("Waivers"), docs, values, done));
	};

	training.cancel = function (docs, done) {
		ask(__("Cancel Training"), docs, __("Cancel Training"), [], (values) =>
			act("cancel_training", __("Cancelled"), docs, values, done));
	}; // prettier-ignore

	function ask(title, docs, action, fields, then) {
		const dialog = new frappe.ui.Dialog({
			title: docs.length === 1 ? title : __("{0}: {1} assignments", [title, docs.length]),
			fields: [
				{ fieldtype: "HTML", fieldname: "whom", options: summary_of(docs) },
				...fields,
				{
					fieldname: "reason",
					fieldtype: "Small Text",
					label: __("Reason"),
					description: __("It is kept with each assignment, for whoever asks later."),
					reqd: 1,
				},
			],
			primary_action_label: action,
			primary_action(values) {
				dialog.hide();
				then(values);
			},
		});
		dialog.show();
	}

	function summary_of(docs) {
		const lines = docs.slice(0, 5).map((doc) => {
			const due = training.is_open(doc.status) ? training.due_in_words(doc.due_date) : __(doc.status);
			return `<li>${escape(name_of(doc))}: ${escape(doc.course_title || doc.course)}, ${escape(due)}</li>`;
		});
		if (docs.length > 5) {
			lines.push(`<li>${__("and {0} more", [docs.length - 5])}</li>`);
		}
		return `<ul class="pl-4 text-muted">${lines.join("")}</ul>`;
	}

	function act(method, title, docs, values, done) {
		return frappe
			.call({
				method: `smooth_lms_hr.api.${method}`,
				type: "POST",
				args: { assignments: docs.map((doc) => doc.name), ...values },
				freeze: true,
			})
			.then(({ message }) => {
				show_result(title, message, docs);
				done && done();
			});
	}

	// Says of every row what happened: a toast for the one that went well, a table otherwise.
	function show_result(title, { done, failed }, docs) {
		if (docs.length === 1 && done.length === 1) {
			frappe.show_alert({ message: escape(done[0].message), indicator: "green" }, 7);
			return;
		}
		const known = Object.fromEntries(docs.map((doc) => [doc.name, doc]));
		const rows = (list, colour, word) =>
			list.map((row) => {
				const doc = known[row.name] || { name: row.name };
				return `<tr>
					<td><a href="${frappe.utils.get_form_link(training.ASSIGNMENT, row.name)}">${escape(row.name)}</a></td>
					<td>${escape(name_of(doc))}<br>
						<span class="text-muted">${escape(doc.course_title || "")}</span></td>
					<td><span class="indicator-pill ${colour}">${word}</span><br>${escape(row.message)}</td>
				</tr>`;
			});
		frappe.msgprint({
			title: failed.length
				? __("{0}: {1} done, {2} not done", [title, done.length, failed.length])
				: __("{0}: {1} done", [title, done.length]),
			indicator: failed.length ? "orange" : "green",
			wide: true,
			message: `<div class="table-responsive"><table class="table table-sm training-result">
				<thead><tr><th>${__("Assignment")}</th><th>${__("Who and What")}</th><th>${__("Result")}</th></tr></thead>
				<tbody>${rows(failed, "red", __("Not done")).join("")}${rows(done, "green", __("Done")).join("")}</tbody>
			</table></div>`,
		});
	}

	function name_of(doc) {
		return doc.employee_name || doc.member_name || doc.member || doc.name;
	}
})(smooth_lms_hr.training);
