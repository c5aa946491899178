frappe.query_reports["Assignment Audit"] = {
	filters: [
		{
			fieldname: "from_date",
			label: __("From"),
			fieldtype: "Date",
			default: frappe.datetime.add_months(frappe.datetime.get_today(), -3),
		},
		{
			fieldname: "to_date",
			label: __("To"),
			fieldtype: "Date",
			default: frappe.datetime.get_today(),
		},
		{
			fieldname: "user",
			label: __("Who"),
			fieldtype: "Link",
			options: "User",
		},
		{
			fieldname: "change",
			label: __("What"),
			fieldtype: "Select",
			options: [
				"",
				"Assigned",
				"Begun",
				"Completed",
				"Overdue",
				"Due Date Moved",
				"Waived",
				"Cancelled",
				"Merged",
			],
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
			fieldname: "course",
			label: __("Course"),
			fieldtype: "Link",
			options: "LMS Course",
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
};
