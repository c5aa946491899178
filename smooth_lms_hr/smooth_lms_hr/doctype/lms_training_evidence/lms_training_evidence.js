frappe.ui.form.on("LMS Training Evidence", {
	refresh(frm) {
		const { training } = smooth_lms_hr;
		frm.disable_save();
		frm.page.set_indicator(__(frm.doc.status), training.evidence_colour(frm.doc.status));
		if (frm.doc.assignment) {
			frm.add_custom_button(__("Assignment"), () =>
				frappe.set_route("Form", training.ASSIGNMENT, frm.doc.assignment),
			);
		}
		if (frm.doc.__onload?.file_missing) {
			frm.set_intro(
				__("The file that belongs to it is not on record yet: the daily run tries again."),
				"orange",
			);
		}
	},
});
