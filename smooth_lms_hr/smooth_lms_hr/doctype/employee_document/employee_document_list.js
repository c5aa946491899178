frappe.listview_settings["Employee Document"] = {
	add_fields: [
		"employee",
		"employee_name",
		"document_type",
		"title",
		"expires_on",
		"verified_on",
		"revoked_on",
	],
	hide_name_column: true,

	get_indicator(doc) {
		const { training } = smooth_lms_hr;
		const state = training.document_state(doc);
		const filters = {
			Revoked: "revoked_on,is,set",
			"To Be Verified": "verified_on,is,not set",
			Expired: `expires_on,<,${frappe.datetime.get_today()}`,
			Valid: "verified_on,is,set",
		};
		return [__(state), training.document_colour(state), filters[state]];
	},

	onload(listview) {
		const { training } = smooth_lms_hr;
		if (!training.may_verify()) {
			return;
		}
		listview.page.add_actions_menu_item(__("Verify"), () => {
			const docs = training.unverified_documents(listview.get_checked_items());
			if (!docs.length) {
				frappe.show_alert({ message: __("None of these waits to be verified."), indicator: "orange" });
				return;
			}
			training.verify_documents(docs, () => {
				listview.clear_checked_items();
				listview.refresh();
			});
		});
	},
};
