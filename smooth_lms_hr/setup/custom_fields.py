"""The fields that the app adds to other apps' DocTypes: read by install, migrate and uninstall alike."""

from smooth_lms_hr.services.onboarding import STATUSES

CUSTOM_FIELDS = {
	"LMS Course": [
		{
			"fieldname": "training_section",
			"fieldtype": "Section Break",
			"label": "Mandatory Training",
			"insert_after": "disable_self_learning",
		},
		{
			"fieldname": "is_mandatory",
			"fieldtype": "Check",
			"label": "Is Mandatory",
			"description": "Every new hire owes this course once it is published.",
			"insert_after": "training_section",
			"in_standard_filter": 1,
		},
		{
			"fieldname": "training_column_break",
			"fieldtype": "Column Break",
			"insert_after": "is_mandatory",
		},
		{
			"fieldname": "training_due_days",
			"fieldtype": "Int",
			"label": "Due Within (Days)",
			"description": "Days from assignment to due date. 0: the default in LMS Training Settings.",
			"insert_after": "training_column_break",
			"depends_on": "is_mandatory",
			"non_negative": 1,
		},
		{
			"fieldname": "validity_days",
			"fieldtype": "Int",
			"label": "Validity Days",
			"description": "Days that a completion counts. 0: it never expires.",
			"insert_after": "training_due_days",
			"depends_on": "is_mandatory",
			"non_negative": 1,
		},
	],
	"Employee Onboarding": [
		{
			"fieldname": "training_section",
			"fieldtype": "Section Break",
			"label": "Mandatory Training",
			"insert_after": "boarding_begins_on",
			"depends_on": "eval:!doc.__islocal",
		},
		{
			"fieldname": "training_status",
			"fieldtype": "Select",
			"label": "Training Status",
			"options": "\n".join(STATUSES),
			"insert_after": "training_section",
			"read_only": 1,
			"allow_on_submit": 1,
			"no_copy": 1,
			"in_standard_filter": 1,
			"in_list_view": 1,
		},
		{
			# The desk draws here what is owed of each course right now.
			"fieldname": "training_overview",
			"fieldtype": "HTML",
			"label": "Training Overview",
			"insert_after": "training_status",
		},
		{
			"fieldname": "training_note",
			"fieldtype": "Small Text",
			"label": "Training Note",
			"insert_after": "training_overview",
			"read_only": 1,
			"allow_on_submit": 1,
			"no_copy": 1,
		},
	],
}
