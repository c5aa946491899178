// {% include "smooth_lms_hr/public/js/training.js" %}
// {% include "smooth_lms_hr/public/js/compliance.js" %}
// {% include "smooth_lms_hr/public/js/training_reports.js" %}
// Frappe puts the files there when it hands out this script. It begins with a comment, so this is JavaScript either way.

frappe.query_reports["Compliance Status"] = {
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
			fieldname: "employee",
			label: __("Employee"),
			fieldtype: "Link",
			options: "Employee",
		},
		{
			fieldname: "compliance_type",
			label: __("Compliance Type"),
			fieldtype: "Link",
			options: "Compliance Type",
		},
		{
			fieldname: "status",
			label: __("Status"),
			fieldtype: "Select",
			options: ["", ...smooth_lms_hr.training.COMPLIANCE_STATUSES],
		},
		{
			fieldname: "ends_by",
			label: __("Ends By"),
			fieldtype: "Date",
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
			default: 500,
		},
	],
	formatter(value, row, column, data, default_formatter) {
		const status = data?.[`${column.fieldname}_status`];
		if (!status) {
			return default_formatter(value, row, column, data);
		}
		const { pill, compliance_colour } = smooth_lms_hr.training;
		const name = encodeURIComponent(data[`${column.fieldname}_name`]);
		// What the cell says is plain text: the server has made it so.
		return `<a href="/app/employee-compliance/${name}">${pill(value, compliance_colour(status))}</a>`;
	},
};

smooth_lms_hr.reports.remember("Compliance Status");
