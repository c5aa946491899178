frappe.ui.form.on("LMS Training Request", {
	refresh(frm) {
		const { training } = smooth_lms_hr;
		frm.disable_save();
		frm.page.set_indicator(__(frm.doc.status), training.request_colour(frm.doc.status));
		frm.add_custom_button(__("Assignment"), () =>
			frappe.set_route("Form", training.ASSIGNMENT, frm.doc.assignment),
		);
		if (frm.doc.status !== "Open" || !training.may_answer()) {
			return;
		}
		const answer = (grant) => training.answer_requests([frm.doc], grant, () => frm.reload_doc());
		frm.add_custom_button(__("Grant"), () => answer(true));
		frm.add_custom_button(__("Refuse"), () => answer(false));
	},
});
