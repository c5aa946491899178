frappe.listview_settings["LMS Training Evidence"] = {
	add_fields: ["status"],
	hide_name_column: true,

	onload(listview) {
		const { training } = smooth_lms_hr;
		if (training.may_export_evidence()) {
			listview.page.add_inner_button(__("Export Evidence"), () => training.export_evidence());
		}
	},

	get_indicator(doc) {
		const colour = smooth_lms_hr.training.evidence_colour(doc.status);
		return [__(doc.status), colour, `status,=,${doc.status}`];
	},
};
