frappe.listview_settings["LMS Training Seal"] = {
	onload(listview) {
		listview.page.add_inner_button(__("Verify Audit Trail"), () => smooth_lms_hr.training.verify_record());
	},
};
