// What HR does with training assignments in the desk. The list and the form of LMS Training Assignment share it.

frappe.provide("smooth_lms_hr.training");

(function (training) {
	const escape = frappe.utils.escape_html;
	const { name_of } = training;

	// Where a linked record may not be read, and in the report view for everybody, Frappe shows its title as HTML.
	for (const field of frappe.meta.get_docfields(training.ASSIGNMENT)) {
		if (field.fieldtype === "Link") {
			field.formatter = link_as_text;
		}
		if (field.fieldname === "progress") {
			field.formatter = training.percent;
		}
	}

	function link_as_text(value, { options: doctype }) {
		const title = escape(frappe.utils.get_link_title(doctype, value) || value || "");
		// Without the name in the element, which is how the report view finds what to write the title into.
		return value && frappe.model.can_read(doctype)
			? `<a href="${frappe.utils.get_form_link(doctype, value)}">${title}</a>`
			: title;
	}

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
		ask(__("Waive"), docs, __("Waive"), [
			{
				fieldname: "until",
				fieldtype: "Date",
				label: __("Until"),
				description: __("The last day of the waiver; the day after it is owed again. Empty: for ever."),
				min_date: frappe.datetime.str_to_obj(frappe.datetime.get_today()),
			},
		], (values) => act("waive", __("Waivers"), docs, values, done)); // prettier-ignore
	};

	training.withdraw_waiver = function (docs, done) {
		ask(__("Withdraw Waiver"), docs, __("Withdraw Waiver"), [], (values) =>
			act("withdraw_waiver", __("Waivers"), docs, values, done));
	}; // prettier-ignore

	training.cancel = function (docs, done) {
		ask(__("Cancel Training"), docs, __("Cancel Training"), [], (values) =>
			act("cancel_training", __("Cancelled"), docs, values, done));
	}; // prettier-ignore

	training.revoke = function (docs, done) {
		ask(__("Revoke Completion"), docs, __("Revoke"), [
			{
				fieldtype: "HTML",
				fieldname: "what",
				options: `<p>${__(
					"The evidence is kept, and says that it was revoked. The course is owed again and is learned anew, from the first lesson on; its certificate is not published any more.",
				)}</p>`,
			},
		], (values) => act("revoke_completion", __("Revocations"), docs, values, done)); // prettier-ignore
	};

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
					<td>${training.pill(word, colour)}<br>${escape(row.message)}</td>
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
})(smooth_lms_hr.training);
