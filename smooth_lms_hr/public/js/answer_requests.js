// Granting and refusing requests in the desk. The list and the form of LMS Training Request share it.

frappe.provide("smooth_lms_hr.training");

(function (training) {
	const escape = frappe.utils.escape_html;

	training.REQUEST = "LMS Training Request";
	const REQUEST_COLOURS = { Open: "orange", Granted: "green", Refused: "red", Withdrawn: "gray" };
	training.request_colour = (status) => REQUEST_COLOURS[status] || "gray";

	// Whoever may change assignments answers; whether it is their own is for the server to say.
	training.may_answer = () => frappe.model.can_write(training.ASSIGNMENT);

	// Which of the selected ones wait for an answer.
	training.open_requests = (docs) => docs.filter((doc) => doc.status === "Open");

	training.answer_requests = function (docs, grant, done) {
		const extensions = docs.every((doc) => doc.kind === "Extension");
		const fields = [{ fieldtype: "HTML", fieldname: "whom", options: summary_of(docs) }];
		if (grant && extensions) {
			fields.push({
				fieldname: "due_date",
				fieldtype: "Date",
				label: __("New Due Date"),
				description: __("Empty: the day that is asked for."),
				min_date: frappe.datetime.str_to_obj(frappe.datetime.get_today()),
			});
		}
		fields.push({
			fieldname: "answer",
			fieldtype: "Small Text",
			label: __("Answer"),
			description: __("The learner is told this, and it is kept in the history."),
			reqd: grant ? 0 : 1,
		});
		const dialog = new frappe.ui.Dialog({
			title: grant ? __("Grant") : __("Refuse"),
			fields,
			primary_action_label: grant ? __("Grant") : __("Refuse"),
			primary_action(values) {
				dialog.hide();
				frappe
					.call({
						method: "smooth_lms_hr.api.answer_request",
						type: "POST",
						args: {
							requests: docs.map((doc) => doc.name),
							grant,
							answer: values.answer,
							due_date: values.due_date,
						},
						freeze: true,
					})
					.then(({ message }) => {
						show_result(message, docs);
						done();
					});
			},
		});
		dialog.show();
	};

	function line_of(doc) {
		const day = doc.wanted_date || doc.completed_on;
		const parts = [training.name_of(doc), doc.course_title || doc.course, __(doc.kind)];
		if (day) parts.push(frappe.datetime.str_to_user(day, false, true));
		return escape(parts.join(", "));
	}

	function summary_of(docs) {
		const lines = docs.slice(0, 5).map((doc) => `<li>${line_of(doc)}</li>`);
		if (docs.length > 5) {
			lines.push(`<li>${__("and {0} more", [docs.length - 5])}</li>`);
		}
		return `<ul class="pl-4 text-muted">${lines.join("")}</ul>`;
	}

	function show_result({ done, failed }, docs) {
		if (!failed.length) {
			const said = done.length === 1 ? escape(done[0].message) : __("{0} answered", [done.length]);
			frappe.show_alert({ message: said, indicator: "green" }, 7);
			return;
		}
		const known = Object.fromEntries(docs.map((doc) => [doc.name, doc]));
		const lines = failed.map((row) => `<li>${line_of(known[row.name])}: ${escape(row.message)}</li>`);
		frappe.msgprint({
			title: __("{0} answered, {1} not", [done.length, failed.length]),
			indicator: "orange",
			message: `<ul class="pl-4">${lines.join("")}</ul>`,
		});
	}
})(smooth_lms_hr.training);
