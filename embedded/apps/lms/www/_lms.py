import frappe

no_cache = 1


def get_context(context):
	user = frappe.session.user
	context.full_name = frappe.utils.get_fullname(user)
	context.csrf_token = frappe.sessions.get_csrf_token()
	progress = dict(
		frappe.get_all(
			"LMS Enrollment", {"member": user}, ["course", "progress"], order_by="creation", as_list=True
		)
	)
	titles = dict(
		frappe.get_all("LMS Course", {"name": ("in", list(progress))}, ["name", "title"], as_list=True)
	)
	context.courses = [
		{"title": titles[course], "progress": round(done or 0)} for course, done in progress.items()
	]
