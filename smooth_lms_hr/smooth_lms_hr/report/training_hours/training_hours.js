// {% include "smooth_lms_hr/public/js/training_reports.js" %}
// Frappe puts the file there when it hands out this script. It begins with a comment, so this is JavaScript either way.

frappe.query_reports["Training Hours"] = {
	filters: [
		{
			fieldname: "year",
			label: __("Year"),
			fieldtype: "Int",
			default: Number(frappe.datetime.get_today().slice(0, 4)),
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
		{
			fieldname: "page",
			label: __("Page"),
			fieldtype: "Int",
			default: 1,
		},
		{
			fieldname: "rows",
			label: __("Rows on a Page"),
			fieldtype: "Int",
			default: 2000,
		},
	],
	formatter(value, row, column, data, default_formatter) {
		const shown = default_formatter(value, row, column, data);
		return column.fieldname === "missing" && value ? `<span class="text-danger">${shown}</span>` : shown;
	},
};

smooth_lms_hr.reports.remember("Training Hours");
