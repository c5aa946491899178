frappe.ui.form.on("Employee Document", {
	refresh(frm) {
		const { training } = smooth_lms_hr;
		if (frm.is_new()) {
			return;
		}
		const state = training.document_state(frm.doc);
		frm.page.set_indicator(__(state), training.document_colour(state));
		// A document stays on the file that it is on.
		frm.set_df_property("employee", "read_only", 1);
		frm.set_df_property("file", "read_only", frm.doc.verified_on ? 1 : 0);
		if (frm.doc.evidence) {
			frm.disable_save();
			frm.set_read_only();
			frm.add_custom_button(__("Evidence"), () =>
				frappe.set_route("Form", training.EVIDENCE, frm.doc.evidence),
			);
		}
		if (training.may_verify() && training.unverified_documents([frm.doc]).length) {
			frm.set_intro(__("The employee has handed it in: it counts once it is verified."), "orange");
			frm
				.add_custom_button(__("Verify"), () => training.verify_documents([frm.doc], () => frm.reload_doc()))
				.addClass("btn-primary");
		}
	},
});
