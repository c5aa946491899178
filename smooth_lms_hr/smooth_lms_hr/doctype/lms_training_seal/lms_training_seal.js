frappe.ui.form.on("LMS Training Seal", {
	refresh(frm) {
		// By the day of the seal: the one before is taken for true.
		frm.add_custom_button(__("Verify from Here"), () =>
			smooth_lms_hr.training.verify_record(frm.doc.sealed_on.slice(0, 10)),
		);
	},
});
