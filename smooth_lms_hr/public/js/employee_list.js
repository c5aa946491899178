// What the list of employees offers of those who are selected: to assign training, to read their record, to export it.
// Frappe HR and ERPNext have settings of their own here.

frappe.provide("frappe.listview_settings.Employee");

(function (settings) {
	const before = settings.onload;
	settings.onload = function (listview) {
		before && before.call(this, listview);
		if (frappe.model.can_create("LMS Training Assignment")) {
			listview.page.add_actions_menu_item(__("Assign Training"), () =>
				smooth_lms_hr.training.assign({ employees: listview.get_checked_items(true) }, () =>
					listview.clear_checked_items(),
				),
			);
		}
		if (frappe.model.can_read("LMS Training Assignment")) {
			listview.page.add_actions_menu_item(__("Training Record"), () =>
				smooth_lms_hr.training.open_record({ employee: listview.get_checked_items(true)[0] }),
			);
		}
		if (smooth_lms_hr.training.may_export_evidence()) {
			listview.page.add_actions_menu_item(__("Export Evidence"), () =>
				smooth_lms_hr.training.export_evidence(listview.get_checked_items(true)),
			);
		}
	};
})(frappe.listview_settings.Employee);
