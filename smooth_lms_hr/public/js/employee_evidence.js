// What the form of an Employee offers of their training record: to read it, and to export it.

frappe.ui.form.on("Employee", {
	refresh(frm) {
		const { training } = smooth_lms_hr;
		if (frm.is_new()) {
			return;
		}
		if (frappe.model.can_read(training.ASSIGNMENT)) {
			frm.add_custom_button(__("Training Record"), () => training.open_record({ employee: frm.doc.name }));
		}
		if (training.may_export_evidence()) {
			frm.add_custom_button(__("Export Evidence"), () => training.export_evidence([frm.doc.name]));
		}
	},
});
