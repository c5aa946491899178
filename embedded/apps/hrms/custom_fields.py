"""What Frappe HR adds to ERPNext's masters, as far as anything here touches it. Data only: a test reads it on a bench."""

CUSTOM_FIELDS = {
	"Department": [
		{
			"fieldname": "leave_approvers",
			"fieldtype": "Table",
			"label": "Leave Approver",
			"options": "Department Approver",
		},
		{
			"fieldname": "expense_approvers",
			"fieldtype": "Table",
			"label": "Expense Approver",
			"options": "Department Approver",
		},
	],
	"Employee": [
		{
			"fieldname": "job_applicant",
			"fieldtype": "Link",
			"label": "Job Applicant",
			"options": "Job Applicant",
		},
		{
			"fieldname": "employment_type",
			"fieldtype": "Link",
			"ignore_user_permissions": 1,
			"label": "Employment Type",
			"options": "Employment Type",
		},
		{"fieldname": "grade", "fieldtype": "Link", "label": "Grade", "options": "Employee Grade"},
		{
			"fieldname": "expense_approver",
			"fieldtype": "Link",
			"label": "Expense Approver",
			"options": "User",
		},
		{"fieldname": "leave_approver", "fieldtype": "Link", "label": "Leave Approver", "options": "User"},
	],
}
