frappe.listview_settings["LMS Training Evidence"] = {
	add_fields: ["status"],
	hide_name_column: true,

	get_indicator(doc) {
		const colour = smooth_lms_hr.training.evidence_colour(doc.status);
		return [__(doc.status), colour, `status,=,${doc.status}`];
	},
};
