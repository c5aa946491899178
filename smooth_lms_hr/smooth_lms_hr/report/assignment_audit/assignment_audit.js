// {% include "smooth_lms_hr/public/js/training_reports.js" %}
// Frappe puts the file there when it hands out this script. It begins with a comment, so this is JavaScript either way.

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
				"Waiver Withdrawn",
				"Cancelled",
				"Reopened",
				"Renewed",
				"Validity Changed",
				"Requested",
				"Answered",
				"Certified",
				"Handed Over",
				"Merged",
				"Renamed",
				"Learned",
				"Signed",
				"Revoked",
				"Held",
				"Released",
				"Erased",
			],
		},
		{
			// What the days and the learners bring is most of it, and folded away.
			fieldname: "decisions_only",
			label: __("Only What People Decided"),
			fieldtype: "Check",
			default: 1,
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

smooth_lms_hr.reports.remember("Assignment Audit");
