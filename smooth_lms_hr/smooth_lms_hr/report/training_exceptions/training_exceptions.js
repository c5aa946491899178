// {% include "smooth_lms_hr/public/js/training.js" %}
// {% include "smooth_lms_hr/public/js/training_reports.js" %}
// Frappe puts the files there when it hands out this script. It begins with a comment, so this is JavaScript either way.

frappe.query_reports["Training Exceptions"] = {
	filters: [
		{
			fieldname: "company",
			label: __("Company"),
			fieldtype: "Link",
			options: "Company",
		},
		{
			fieldname: "department",
			label: __("Department"),
			fieldtype: "Link",
			options: "Department",
		},
		{
			fieldname: "rule",
			label: __("Rule"),
			fieldtype: "Link",
			options: "LMS Training Rule",
		},
		{
			fieldname: "course",
			label: __("Course"),
			fieldtype: "Link",
			options: "LMS Course",
		},
		{
			fieldname: "kind",
			label: __("Kind"),
			fieldtype: "Select",
			options: [
				"",
				"No User",
				"User Disabled",
				"No Date of Joining",
				"Due Date Past",
				"No Due Date",
				"Refused",
				"Waiting for Employee",
				"Waiting for User",
				"Not Assigned Yet",
				"Partly Assigned",
				"Completed Past the Gate",
				"Confirmed Past the Gate",
			],
		},
	],
	formatter(value, row, column, data, default_formatter) {
		if (data && column.fieldname === "solution") {
			return smooth_lms_hr.training.solve_button(data);
		}
		if (data && column.fieldname === "kind") {
			return default_formatter(__(data.kind), row, column, data);
		}
		return default_formatter(value, row, column, data);
	},
	onload(report) {
		report.page.main.on("click", "[data-apply-rule]", (event) => {
			const rule = event.currentTarget.dataset.applyRule;
			frappe
				.call({
					method: "smooth_lms_hr.api.apply_rule",
					type: "POST",
					args: { rule },
				})
				.then(() => frappe.show_alert(__("Asking {0} again", [frappe.utils.escape_html(rule)])));
		});
		const again = (state) => state.finished && report.page.main.is(":visible") && report.refresh();
		frappe.realtime.on("smooth_lms_hr:rule", again);
	},
};

smooth_lms_hr.reports.remember("Training Exceptions");
