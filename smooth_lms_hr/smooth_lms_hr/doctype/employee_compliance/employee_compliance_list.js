frappe.listview_settings["Employee Compliance"] = {
	add_fields: ["status", "employee_name", "compliance_type", "next_renewal_date", "is_current"],
	filters: [["is_current", "=", 1]],
	hide_name_column: true,

	get_indicator(doc) {
		const colour = smooth_lms_hr.training.compliance_colour(doc.status);
		return [__(doc.status), colour, `status,=,${doc.status}`];
	},

	onload(listview) {
		const { training } = smooth_lms_hr;
		if (!frappe.model.can_write(training.COMPLIANCE)) {
			return;
		}
		for (const decision of Object.keys(training.COMPLIANCE_DECISIONS)) {
			listview.page.add_actions_menu_item(training.COMPLIANCE_DECISIONS[decision].label(), () => {
				const docs = training.decidable(decision, listview.get_checked_items());
				if (!docs.length) {
					frappe.show_alert({ message: __("There is nothing to decide here."), indicator: "orange" });
					return;
				}
				training.decide_compliance(decision, docs, () => {
					listview.clear_checked_items();
					listview.refresh();
				});
			});
		}
	},
};
