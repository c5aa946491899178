"""A web server for the demo, with one page of its own: who you are, what you owe, what you may see.

There is no desk here, and no front end of Learning's. The page shows what the app answers, through its API.
"""

import contextvars
import html
import logging
import re
import threading

from embedded import alias

MY_TRAINING = "/api/method/smooth_lms_hr.api.get_my_training_assignments"
SAVE_PROGRESS = "/api/method/lms.lms.doctype.course_lesson.course_lesson.save_progress"
EVERYTHING = (
	'/api/resource/LMS Training Assignment?fields=["name","member_name","course_title","status","progress",'
	'"due_date","reason"]&order_by=due_date&limit_page_length=0'
)
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Smooth LMS HR: demo</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }}
table {{ border-collapse: collapse; width: 100%; }} td, th {{ text-align: left; padding: .3rem .8rem .3rem 0; }}
form {{ display: inline; }} button {{ font: inherit; padding: .1rem .6rem; }}
</style>
</head>
<body>
<h1>Smooth LMS HR</h1>
<p>A throw-away site: no desk, and no front end of Frappe Learning. What is below comes from the app's API.</p>
<p>{who} {logins}</p>
<h2>My training</h2>{mine}
<h2>Every assignment that {user} may see</h2>{everything}
</body>
</html>"""


def serve(port: int):
	"""Serve the site from a thread; the returned server's `port` is the one it got."""
	from werkzeug.serving import make_server

	logging.getLogger("werkzeug").setLevel(logging.ERROR)
	server = make_server("127.0.0.1", port, Pages(), threaded=True)
	# a context of its own: the main thread's frappe.local is not the server's
	thread = threading.Thread(target=contextvars.Context().run, args=(server.serve_forever,), daemon=True)
	thread.start()
	return server


class Pages:
	"""The site's web application, with the demo's page in front."""

	def __init__(self):
		self.site = alias.wsgi_application()

	def __call__(self, environ, start_response):
		from werkzeug.wrappers import Request

		request = Request(environ)
		page = {
			("GET", "/"): self.index,
			("POST", "/demo/login"): self.login,
			("POST", "/demo/lesson"): self.lesson,
		}
		answer = page.get((request.method, request.path))
		return (answer(request) if answer else self.site)(environ, start_response)

	def ask(self, request, method: str, path: str, **options):
		"""Ask the site on behalf of whoever sent the request."""
		from werkzeug.test import Client

		headers = {"Cookie": request.headers.get("Cookie", ""), **options.pop("headers", {})}
		client = Client(self.site, use_cookies=False)
		return contextvars.Context().run(client.open, path, method=method, headers=headers, **options)

	def index(self, request):
		from werkzeug.wrappers import Response

		user = self.ask(request, "GET", "/api/method/frappe.auth.get_logged_user")
		user = user.json.get("message") if user.status_code == 200 else None
		mine = (
			self.ask(request, "GET", f"{MY_TRAINING}?include_completed=1").json.get("message") if user else []
		)
		seen = self.ask(request, "GET", EVERYTHING).json.get("data") if user else []
		page = PAGE.format(
			who=f"You are <b>{html.escape(user)}</b>." if user else "Nobody is logged in.",
			logins="Log in as "
			+ " ".join(self.button("/demo/login", name, user=name) for name in self.users()),
			mine=self.table(mine, ("course_title", "status", "progress", "due_date"), lesson="course"),
			user=html.escape(user or "nobody"),
			everything=self.table(
				seen, ("name", "member_name", "course_title", "status", "due_date", "reason")
			),
		)
		return Response(page, mimetype="text/html")

	def users(self):
		from embedded.demo import logins

		return [user for user, _who in logins()]

	def button(self, action: str, text: str, **fields) -> str:
		hidden = "".join(
			f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
			for name, value in fields.items()
		)
		return f'<form method="post" action="{action}">{hidden}<button>{html.escape(text)}</button></form>'

	def table(self, rows: list | None, columns: tuple, lesson: str | None = None) -> str:
		if not rows:
			return "<p>Nothing.</p>"
		head = "".join(f"<th>{name.replace('_', ' ').capitalize()}</th>" for name in columns)
		body = ""
		for row in rows:
			cells = "".join(f"<td>{html.escape(str(row[name]))}</td>" for name in columns)
			if lesson and row["status"] != "Completed":
				cells += f"<td>{self.button('/demo/lesson', 'Finish a lesson', course=row[lesson])}</td>"
			body += f"<tr>{cells}</tr>"
		return f"<table><tr>{head}</tr>{body}</table>"

	def login(self, request):
		from werkzeug.utils import redirect

		from embedded.browser import PASSWORD

		user = request.form["user"]
		fields = {"usr": user, "pwd": "admin" if user == "Administrator" else PASSWORD}
		answer = self.ask(request, "POST", "/api/method/login", data=fields)
		response = redirect("/", 303)
		for cookie in answer.headers.getlist("Set-Cookie"):
			response.headers.add("Set-Cookie", cookie)
		return response

	def lesson(self, request):
		"""Finish the next lesson of a course, as Learning's front end would at its end."""
		from werkzeug.utils import redirect

		course = request.form["course"]
		token = re.search(r'csrf_token = "(\w+)"', self.ask(request, "GET", "/lms").text)
		headers = {"X-Frappe-CSRF-Token": token[1] if token else ""}
		if lesson := contextvars.Context().run(self.next_lesson, request, course):
			self.ask(
				request, "POST", SAVE_PROGRESS, json={"course": course, "lesson": lesson}, headers=headers
			)
		return redirect("/", 303)

	def next_lesson(self, request, course: str) -> str | None:
		import frappe

		from embedded import site

		user = self.ask(request, "GET", "/api/method/frappe.auth.get_logged_user").json["message"]
		site.new_local()
		try:
			done = frappe.get_all("LMS Course Progress", {"course": course, "member": user}, pluck="lesson")
			left = {"course": course, "name": ("not in", done or [""])}
			return frappe.db.get_value("Course Lesson", left, order_by="creation")
		finally:
			frappe.destroy()
