frappe.ui.form.on("Employee Compliance", {
	refresh(frm) {
		const { training } = smooth_lms_hr;
		if (frm.is_new()) {
			return;
		}
		frm.disable_save();
		frm.page.set_indicator(__(frm.doc.status), training.compliance_colour(frm.doc.status));
		const said = frappe.utils.escape_html(training.compliance_in_words(frm.doc));
		const missing = training.missing_in_html(frm.doc.__onload?.missing);
		frm.set_intro(said + missing, missing ? "orange" : "blue");
		if (!frm.perm[0]?.write || !frm.doc.is_current) {
			return;
		}
		for (const decision of Object.keys(training.COMPLIANCE_DECISIONS)) {
			if (training.decidable(decision, [frm.doc]).length) {
				frm.add_custom_button(training.COMPLIANCE_DECISIONS[decision].label(), () =>
					training.decide_compliance(decision, [frm.doc], () => frm.reload_doc()),
				);
			}
		}
	},
});
