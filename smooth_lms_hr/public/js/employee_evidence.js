// Export Evidence on the form of an Employee.

frappe.ui.form.on("Employee", {
	refresh(frm) {
		const { training } = smooth_lms_hr;
		if (!frm.is_new() && training.may_export_evidence()) {
			frm.add_custom_button(__("Export Evidence"), () => training.export_evidence([frm.doc.name]));
		}
	},
});
