import frappe

ROLES = ("Course Creator", "Moderator", "Batch Evaluator", "LMS Student")


def after_sync():
	for role in ROLES:
		if not frappe.db.exists("Role", role):
			frappe.get_doc({"doctype": "Role", "role_name": role}).insert()
		frappe.db.set_value("Role", role, "desk_access", 0)
	frappe.get_doc("User", "Administrator").add_roles("Course Creator", "Moderator", "Batch Evaluator")

	# a certificate cannot be without a template
	frappe.get_doc(
		{
			"doctype": "Print Format",
			"name": "Certificate",
			"doc_type": "LMS Certificate",
			"custom_format": 1,
			"standard": "No",
			"print_format_type": "Jinja",
			"html": "<h1>{{ doc.course_title }}</h1><p>{{ doc.member_name }}, {{ doc.issue_date }}</p>",
		}
	).insert()
