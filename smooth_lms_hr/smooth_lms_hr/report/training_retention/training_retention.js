// {% include "smooth_lms_hr/public/js/training_reports.js" %}
// Frappe puts the file there when it hands out this script. It begins with a comment, so this is JavaScript either way.

frappe.query_reports["Training Retention"] = {
	filters: [
		{
			fieldname: "state",
			label: __("State"),
			fieldtype: "Select",
			options: ["", "Kept No Longer", "On Hold", "Kept", "Erased"],
		},
		{
			fieldname: "on_day",
			label: __("On the Day"),
			fieldtype: "Date",
		},
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
			fieldname: "employee",
			label: __("Employee"),
			fieldtype: "Link",
			options: "Employee",
		},
	],
	formatter(value, row, column, data, default_formatter) {
		if (data && column.fieldname === "state") {
			return default_formatter(__(data.state), row, column, data);
		}
		return default_formatter(value, row, column, data);
	},
};

smooth_lms_hr.reports.remember("Training Retention");
