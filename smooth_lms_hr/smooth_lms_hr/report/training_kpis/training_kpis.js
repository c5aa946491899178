// {% include "smooth_lms_hr/public/js/training_reports.js" %}
// Frappe puts the file there when it hands out this script. It begins with a comment, so this is JavaScript either way.

frappe.query_reports["Training KPIs"] = {
	filters: [
		{
			fieldname: "from_date",
			label: __("Assigned From"),
			fieldtype: "Date",
			default: frappe.datetime.add_months(frappe.datetime.month_start(), -5),
		},
		{
			fieldname: "to_date",
			label: __("Assigned To"),
			fieldtype: "Date",
			default: frappe.datetime.get_today(),
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
	],
};

smooth_lms_hr.reports.remember("Training KPIs");
