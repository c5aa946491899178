frappe.listview_settings["LMS Training Request"] = {
	add_fields: [
		"status",
		"kind",
		"member",
		"member_name",
		"employee_name",
		"course",
		"course_title",
		"wanted_date",
		"completed_on",
	],
	filters: [["status", "=", "Open"]],
	hide_name_column: true,

	get_indicator(doc) {
		return [__(doc.status), smooth_lms_hr.training.request_colour(doc.status), `status,=,${doc.status}`];
	},

	formatters: {
		// It links to the form, and Frappe takes it for text.
		member_name(value, df, doc) {
			return __("{0}: {1}", [smooth_lms_hr.training.name_of(doc), doc.course_title || doc.course]);
		},
	},

	onload(listview) {
		const { training } = smooth_lms_hr;
		if (!training.may_answer()) {
			return;
		}
		const add = (label, grant) =>
			listview.page.add_actions_menu_item(label, () => {
				const docs = training.open_requests(listview.get_checked_items());
				if (!docs.length) {
					frappe.show_alert({ message: __("None of these waits for an answer."), indicator: "orange" });
					return;
				}
				training.answer_requests(docs, grant, () => {
					listview.clear_checked_items();
					listview.refresh();
				});
			});
		add(__("Grant"), true);
		add(__("Refuse"), false);
	},
};
