// {% include "smooth_lms_hr/public/js/training.js" %}
// {% include "smooth_lms_hr/public/js/training_reports.js" %}
// Frappe puts the files there when it hands out this script. It begins with a comment, so this is JavaScript either way.

frappe.query_reports["Team Training Status"] = {
	filters: [
		{
			fieldname: "manager",
			label: __("Manager"),
			fieldtype: "Link",
			options: "Employee",
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
			fieldname: "course",
			label: __("Course"),
			fieldtype: "Link",
			options: "LMS Course",
		},
		{
			fieldname: "status",
			label: __("Status"),
			fieldtype: "Select",
			// What is cancelled is owed by nobody.
			options: ["", "Open", ...smooth_lms_hr.training.STATUSES.filter((status) => status !== "Cancelled")],
			default: "Open",
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
		if (data && column.fieldname === "status") {
			const { pill, colour_of } = smooth_lms_hr.training;
			return pill(__(data.status), colour_of(data));
		}
		if (data && column.fieldname === "person") {
			const url = frappe.utils.escape_html(smooth_lms_hr.training.record_url(data));
			return `<a href="${url}">${frappe.utils.escape_html(value)}</a>`;
		}
		if (column.fieldname === "days_late") {
			return value ? `<span class="text-danger">${shown}</span>` : "";
		}
		return shown;
	},
};

smooth_lms_hr.reports.remember("Team Training Status");
