app_name = "frappe_lms"
app_title = "Learning (stand-in)"

after_sync = "lms.install.after_sync"

doc_events = {"User": {"before_insert": "lms.lms.user.add_lms_student_role"}}

has_permission = {"LMS Certificate": "lms.lms.doctype.lms_certificate.lms_certificate.has_permission"}
permission_query_conditions = {
	"LMS Certificate": "lms.lms.doctype.lms_certificate.lms_certificate.get_permission_query_conditions"
}

website_route_rules = [
	{"from_route": "/lms/<path:app_path>", "to_route": "_lms"},
	{"from_route": "/lms", "to_route": "_lms"},
]
