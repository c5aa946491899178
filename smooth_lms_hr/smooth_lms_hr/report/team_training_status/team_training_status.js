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
			options: ["", "Open", "Overdue", "Pending", "In Progress", "Completed", "Waived"],
			default: "Open",
		},
	],
	formatter(value, row, column, data, default_formatter) {
		const shown = default_formatter(value, row, column, data);
		if (data && column.fieldname === "status") {
			const colours = { Overdue: "red", Pending: "orange", "In Progress": "blue", Completed: "green" };
			return `<span class="indicator-pill ${colours[data.status] || "gray"}">${__(data.status)}</span>`;
		}
		if (column.fieldname === "days_late") {
			return value ? `<span class="text-danger">${shown}</span>` : "";
		}
		return shown;
	},
};
