frappe.listview_settings["LMS Training Seal"] = {
	onload(listview) {
		const { training } = smooth_lms_hr;
		listview.page.add_inner_button(__("Verify Audit Trail"), () => training.verify_record());
		if (training.may_export_evidence()) {
			listview.page.add_inner_button(__("Export Evidence"), () => training.export_evidence());
		}
	},
};
