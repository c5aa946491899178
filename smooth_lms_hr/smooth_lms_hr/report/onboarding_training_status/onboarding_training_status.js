// {% include "smooth_lms_hr/public/js/training.js" %}
// {% include "smooth_lms_hr/public/js/training_reports.js" %}
// Frappe puts the files there when it hands out this script. It begins with a comment, so this is JavaScript either way.

frappe.query_reports["Onboarding Training Status"] = {
	filters: [
		{
			fieldname: "from_date",
			label: __("Joining From"),
			fieldtype: "Date",
			default: frappe.datetime.add_months(frappe.datetime.get_today(), -3),
		},
		{
			fieldname: "to_date",
			label: __("Joining To"),
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
			fieldname: "training_status",
			label: __("Training Status"),
			fieldtype: "Select",
			options: [
				"",
				"Waiting for Employee",
				"Waiting for User",
				"Assigned",
				"Partly Assigned",
				"Nothing to Assign",
				"Not Assigned (disabled)",
				"Not Assigned Yet",
			],
		},
		{
			fieldname: "ready",
			label: __("Ready to Start"),
			fieldtype: "Select",
			options: [
				{ value: "", label: "" },
				{ value: "Ready", label: __("Ready") },
				{ value: "Not yet", label: __("Not yet") },
			],
		},
	],
	formatter(value, row, column, data, default_formatter) {
		const shown = default_formatter(value, row, column, data);
		if (data && column.fieldname === "ready") {
			const { pill, colour_of_hire } = smooth_lms_hr.training;
			return pill(__(data.ready), colour_of_hire(data));
		}
		if (data?.overdue && (column.fieldname === "overdue" || column.fieldname === "next_due")) {
			return `<span class="text-danger">${shown}</span>`;
		}
		return shown;
	},
};

smooth_lms_hr.reports.remember("Onboarding Training Status");
