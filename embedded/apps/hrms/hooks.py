app_name = "hrms"
app_title = "Frappe HR (stand-in)"
required_apps = ["frappe/erpnext"]

after_install = "hrms.setup.after_install"

override_doctype_class = {"Employee": "hrms.overrides.employee_master.EmployeeMaster"}

doc_events = {
	"User": {
		"validate": "erpnext.setup.doctype.employee.employee.validate_employee_role",
		"on_update": "erpnext.setup.doctype.employee.employee.update_user_permissions",
	},
	"Employee": {
		"validate": "hrms.overrides.employee_master.validate_onboarding_process",
		"on_update": "hrms.overrides.employee_master.update_approver_role",
		"after_insert": "hrms.overrides.employee_master.update_job_applicant_and_offer",
	},
	"Project": {"validate": "hrms.controllers.employee_boarding_controller.update_employee_boarding_status"},
	"Task": {"on_update": "hrms.controllers.employee_boarding_controller.update_task"},
}
