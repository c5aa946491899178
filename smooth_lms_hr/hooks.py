"""The index of the app: every way into it."""

from smooth_lms_hr import __version__ as app_version  # noqa: F401

app_name = "smooth_lms_hr"
app_title = "Smooth LMS HR"
app_publisher = "Smooth LMS HR contributors"
app_description = "A new hire's mandatory training assigns itself: Frappe HR and Frappe Learning, joined"
app_email = "smooth-lms-hr@example.com"
app_license = "AGPL-3.0"

required_apps = ["frappe/erpnext", "frappe/hrms", "frappe/lms"]

add_to_apps_screen = [
	{
		"name": app_name,
		"logo": "/assets/smooth_lms_hr/icons/desktop_icons/solid/training_compliance.svg",
		"title": "Training Compliance",
		# Frappe 15 leads this on to /app, where it would take the "/app" of a route of two words for another one.
		"route": "/desk/training-compliance",
		"has_permission": "smooth_lms_hr.permissions.may_open_app",
	}
]

before_install = "smooth_lms_hr.setup.install.before_install"
after_install = "smooth_lms_hr.setup.install.after_install"
before_migrate = ["smooth_lms_hr.setup.install.before_migrate"]
after_migrate = ["smooth_lms_hr.setup.install.after_migrate"]
before_uninstall = "smooth_lms_hr.setup.uninstall.before_uninstall"

doc_events = {
	"Employee Onboarding": {
		"before_validate": "smooth_lms_hr.hrms_integration.keep_training_fields",
		"validate": "smooth_lms_hr.hrms_integration.ask_gate_of_onboarding",
		"before_update_after_submit": [
			"smooth_lms_hr.hrms_integration.keep_training_fields",
			"smooth_lms_hr.hrms_integration.ask_gate_of_onboarding",
		],
		"before_cancel": "smooth_lms_hr.hrms_integration.keep_training_fields",
		"after_insert": "smooth_lms_hr.hrms_integration.on_onboarding_created",
		"on_change": "smooth_lms_hr.hrms_integration.on_onboarding_change",
		"on_cancel": "smooth_lms_hr.hrms_integration.on_onboarding_cancel",
		"on_trash": "smooth_lms_hr.hrms_integration.on_onboarding_trash",
	},
	"Employee": {
		"before_validate": "smooth_lms_hr.hrms_integration.note_transfer",
		"validate": "smooth_lms_hr.hrms_integration.ask_gate_of_confirmation",
		"on_update": "smooth_lms_hr.hrms_integration.on_employee_update",
		"on_trash": "smooth_lms_hr.hrms_integration.on_employee_trash",
		"before_rename": "smooth_lms_hr.hrms_integration.before_employee_rename",
		"after_rename": "smooth_lms_hr.hrms_integration.on_employee_renamed",
	},
	"Project": {
		"before_validate": "smooth_lms_hr.hrms_integration.note_onboarding_of_project",
		"before_save": "smooth_lms_hr.hrms_integration.ask_gate_of_noted",
	},
	"Task": {
		"before_validate": "smooth_lms_hr.hrms_integration.note_onboarding_of_task",
		"on_change": "smooth_lms_hr.hrms_integration.ask_gate_of_noted",
	},
	"Leave Application": {
		"on_submit": "smooth_lms_hr.hrms_integration.on_leave_approved",
		"on_cancel": "smooth_lms_hr.hrms_integration.on_leave_cancelled",
	},
	"Training Event": {
		"on_change": "smooth_lms_hr.hrms_integration.on_training_event_change",
	},
	"Training Result": {
		"on_change": "smooth_lms_hr.hrms_integration.on_training_result_change",
	},
	# What events and evidence can name as their cause, beside people, courses and certificates.
	("Employee Onboarding", "Leave Application", "Training Event"): {
		"after_rename": "smooth_lms_hr.hrms_integration.on_cause_renamed",
	},
	# What a rule's audience can name.
	("Company", "Department", "Designation", "Branch", "Employee Grade", "Employment Type"): {
		"after_rename": "smooth_lms_hr.hrms_integration.on_named_in_rules_renamed",
	},
	"User": {
		"on_trash": "smooth_lms_hr.hrms_integration.on_user_trash",
		"before_rename": "smooth_lms_hr.hrms_integration.before_user_rename",
		"after_rename": "smooth_lms_hr.hrms_integration.on_user_renamed",
	},
	"LMS Course": {
		"validate": "smooth_lms_hr.lms_integration.validate_course",
		"on_update": "smooth_lms_hr.lms_integration.on_course_change",
		"on_trash": "smooth_lms_hr.lms_integration.on_course_trash",
		"before_rename": "smooth_lms_hr.lms_integration.before_course_rename",
		"after_rename": "smooth_lms_hr.lms_integration.on_course_renamed",
	},
	("LMS Program", "LMS Batch"): {
		"after_rename": "smooth_lms_hr.lms_integration.on_named_in_rules_renamed",
	},
	"LMS Course Progress": {
		"validate": "smooth_lms_hr.lms_integration.validate_learned",
	},
	"LMS Quiz Submission": {
		"validate": "smooth_lms_hr.lms_integration.validate_learned",
	},
	"LMS Certificate": {
		"before_insert": "smooth_lms_hr.lms_integration.before_certificate",
		"validate": "smooth_lms_hr.lms_integration.validate_certificate",
		"after_insert": "smooth_lms_hr.lms_integration.on_certificate",
		"after_rename": "smooth_lms_hr.lms_integration.on_certificate_renamed",
	},
	"File": {
		# Frappe's own validate moves a file that is to be private no longer.
		"before_validate": "smooth_lms_hr.permissions.keep_file_of_evidence",
		"on_trash": "smooth_lms_hr.permissions.keep_file_of_evidence",
	},
	# The last is the method of its button; Frappe asks this after it.
	"Personal Data Deletion Request": {
		"validate": "smooth_lms_hr.frappe_integration.keep_deletion_request_waiting",
		"on_update": "smooth_lms_hr.frappe_integration.on_deletion_request_update",
		"on_change": "smooth_lms_hr.frappe_integration.on_deletion_request_change",
		"trigger_data_deletion": "smooth_lms_hr.frappe_integration.refuse_deletion_on_hold",
	},
	"LMS Enrollment": {
		"validate": "smooth_lms_hr.lms_integration.validate_enrollment",
		"on_change": "smooth_lms_hr.lms_integration.on_enrollment_change",
		"on_trash": "smooth_lms_hr.lms_integration.on_enrollment_trash",
		"after_rename": "smooth_lms_hr.lms_integration.on_enrollment_renamed",
	},
}

# Frappe puts these into the page of the form or list, in this order, after what the DocType has in its own folder. What
# all of them use comes first; reports include it themselves.
doctype_js = {
	"Employee Document": [
		"public/js/training.js",
		"public/js/training_evidence.js",
		"public/js/employee_documents.js",
	],
	"Employee Compliance": ["public/js/training.js", "public/js/compliance.js"],
	"LMS Training Assignment": [
		"public/js/training.js",
		"public/js/training_actions.js",
		"public/js/training_evidence.js",
		"public/js/explain_training.js",
	],
	"LMS Training Evidence": ["public/js/training.js", "public/js/training_evidence.js"],
	"LMS Training Rule": ["public/js/training.js"],
	"LMS Training Request": ["public/js/training.js", "public/js/answer_requests.js"],
	"Employee": [
		"public/js/training.js",
		"public/js/explain_training.js",
		"public/js/training_runs.js",
		"public/js/export_evidence.js",
		"public/js/employee_evidence.js",
		"public/js/training_holds.js",
	],
	"LMS Training Seal": ["public/js/training.js", "public/js/training_seals.js"],
	"LMS Training Settings": ["public/js/training.js", "public/js/training_settings.js"],
	"Employee Onboarding": ["public/js/training.js", "public/js/employee_onboarding.js"],
	"LMS Course": [
		"public/js/training.js",
		"public/js/training_runs.js",
		"public/js/assign_training.js",
		"public/js/lms_course.js",
	],
}
doctype_list_js = {
	"Employee Document": ["public/js/training.js", "public/js/employee_documents.js"],
	"Employee Compliance": ["public/js/training.js", "public/js/compliance.js"],
	"LMS Training Evidence": [
		"public/js/training.js",
		"public/js/training_evidence.js",
		"public/js/training_runs.js",
		"public/js/export_evidence.js",
	],
	"LMS Training Seal": [
		"public/js/training.js",
		"public/js/training_seals.js",
		"public/js/training_runs.js",
		"public/js/export_evidence.js",
	],
	"LMS Training Request": ["public/js/training.js", "public/js/answer_requests.js"],
	"LMS Training Assignment": [
		"public/js/training.js",
		"public/js/training_actions.js",
		"public/js/training_runs.js",
		"public/js/assign_training.js",
	],
	"Employee": [
		"public/js/training.js",
		"public/js/training_runs.js",
		"public/js/assign_training.js",
		"public/js/export_evidence.js",
		"public/js/employee_list.js",
	],
}
override_doctype_dashboards = {
	"Employee": ["smooth_lms_hr.dashboards.employee"],
	"LMS Course": ["smooth_lms_hr.dashboards.course"],
	"Training Event": ["smooth_lms_hr.dashboards.training_event"],
}
# The timeline of an assignment is its history.
additional_timeline_content = {
	"LMS Training Assignment": ["smooth_lms_hr.showing.history.timeline"],
}
notification_config = "smooth_lms_hr.dashboards.notification_config"

scheduler_events = {
	"daily": ["smooth_lms_hr.tasks.clear_old_runs"],
	"daily_long": ["smooth_lms_hr.tasks.daily"],
}

# Learning's home has no place for other apps' content; this puts a card there.
page_renderer = ["smooth_lms_hr.learning_page.LearningPage"]

permission_query_conditions = {
	"Employee Document": "smooth_lms_hr.permissions.conditions_of_document",
	"File": "smooth_lms_hr.permissions.conditions_of_file",
	"Employee Compliance": "smooth_lms_hr.permissions.conditions_of_person",
	"LMS Training Assignment": "smooth_lms_hr.permissions.permission_query_conditions",
	"LMS Training Event": "smooth_lms_hr.permissions.conditions_of_assignment",
	"LMS Training Evidence": "smooth_lms_hr.permissions.conditions_of_assignment",
	"LMS Training Notification": "smooth_lms_hr.permissions.conditions_of_assignment",
	"LMS Training Request": "smooth_lms_hr.permissions.conditions_of_assignment",
}
has_permission = {
	"Employee Document": "smooth_lms_hr.permissions.has_permission_of_document",
	"Employee Compliance": "smooth_lms_hr.permissions.has_permission_of_person",
	"File": "smooth_lms_hr.permissions.has_permission_of_file",
	"LMS Training Assignment": "smooth_lms_hr.permissions.has_permission",
	"LMS Training Event": "smooth_lms_hr.permissions.has_permission_of_assignment",
	"LMS Training Evidence": "smooth_lms_hr.permissions.has_permission_of_assignment",
	"LMS Training Notification": "smooth_lms_hr.permissions.has_permission_of_assignment",
	"LMS Training Request": "smooth_lms_hr.permissions.has_permission_of_assignment",
	"LMS Training Rule": "smooth_lms_hr.permissions.has_permission_of_rule",
}

# Proof of training is no transaction of a company, to be deleted with the others.
company_data_to_be_ignored = ["Employee Compliance", "Employee Document", "LMS Training Assignment"]

# Proof of training must not keep anybody from deleting a course, an enrolment, an employee or an onboarding; the
# handlers above say in the assignment what became of it.
ignore_links_on_delete = [
	"Employee Document",
	"Employee Compliance",
	"Employee Compliance Proof",
	"LMS Training Assignment",
	"LMS Training Cause",
	"LMS Training Content",
	"LMS Training Equivalent",
	"LMS Training Event",
	"LMS Training Evidence",
	"LMS Training Exception",
	"LMS Training Notification",
	"LMS Training Request",
]
