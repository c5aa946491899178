import frappe

no_cache = 1


def get_context(context):
	user = frappe.session.user
	context.full_name = frappe.utils.get_fullname(user)
	context.csrf_token = frappe.sessions.get_csrf_token()
	# of a course's own address, that course alone
	path = (frappe.form_dict.get("app_path") or "").split("/")
	wanted = path[1] if path[0] == "courses" and len(path) > 1 else None
	progress = dict(
		frappe.get_all(
			"LMS Enrollment", {"member": user}, ["course", "progress"], order_by="creation", as_list=True
		)
	)
	titles = dict(
		frappe.get_all("LMS Course", {"name": ("in", list(progress))}, ["name", "title"], as_list=True)
	)
	done = set(frappe.get_all("LMS Course Progress", {"member": user, "status": "Complete"}, pluck="lesson"))
	lessons = {}
	for lesson in frappe.get_all(
		"Course Lesson",
		{"course": ("in", list(progress))},
		["name", "title", "course"],
		order_by="creation",
	):
		lessons.setdefault(lesson.course, []).append({**lesson, "done": lesson.name in done})
	context.one_course = bool(wanted)
	context.courses = [
		{
			"name": course,
			"title": titles[course],
			"progress": round(percent or 0),
			"lessons": lessons.get(course, []),
		}
		for course, percent in progress.items()
		if wanted in (None, course)
	]
