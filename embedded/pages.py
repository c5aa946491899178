"""A web server for the throw-away site: the app's own pages as they are on a bench, and what stands in for the rest.

There is no desk here, and no front end of Frappe's or Learning's. Whatever would be one of their pages says so, with a
way back; the first page leads everybody to theirs.
"""

import contextvars
import logging
import threading
from pathlib import Path
from urllib.parse import quote

from embedded import alias, people

ROOT = Path(__file__).resolve().parent.parent
SCREENS = Path(__file__).resolve().parent / "screens"
# What is served as the files that they are: address, folder.
STATIC = {
	"/assets/smooth_lms_hr": ROOT / "smooth_lms_hr" / "public",
	"/demo/pictures": ROOT / "docs" / "images",
	"/demo/files": SCREENS,
}
DESK = ("/app", "/apps", "/desk")
# In every page that Frappe's own frame is around, whose styles and scripts nobody has built here.
OF_FRAPPE = "<!-- Built on "
LOGGED_USER = "/api/method/frappe.auth.get_logged_user"
VERIFY = "/api/method/smooth_lms_hr.api.verify_audit_trail"
REPORT = "/api/method/frappe.desk.query_report.run"
EVIDENCE = "/api/resource/LMS Training Evidence"


def serve(port: int):
	"""Serve the site from a thread; the returned server's `port` is the one it got."""
	from werkzeug.serving import make_server

	logging.getLogger("werkzeug").setLevel(logging.ERROR)
	server = make_server("127.0.0.1", port, application(), threaded=True)
	# a context of its own: the main thread's frappe.local is not the server's
	thread = threading.Thread(target=contextvars.Context().run, args=(server.serve_forever,), daemon=True)
	thread.start()
	return server


def application():
	from werkzeug.middleware.shared_data import SharedDataMiddleware

	folders = {address: str(folder) for address, folder in STATIC.items()}
	# not cached: who works on a style sheet is to see it
	return SharedDataMiddleware(Pages(), folders, cache=False)


class Pages:
	"""The site's web application, with the demo's pages in front."""

	def __init__(self):
		from jinja2 import Environment, FileSystemLoader, StrictUndefined

		self.site = alias.wsgi_application()
		self.screens = Environment(
			loader=FileSystemLoader(SCREENS), autoescape=True, undefined=StrictUndefined, trim_blocks=True
		)

	def __call__(self, environ, start_response):
		from werkzeug.wrappers import Request

		request = Request(environ)
		return self.answer(request)(environ, start_response)

	def answer(self, request):
		"""Return what answers a request: a page of the demo's, or the site."""
		method, path = request.method, request.path.rstrip("/") or "/"
		if (method, path) == ("POST", "/demo/login"):
			return self.login(request)
		if (method, path) == ("POST", "/api/method/web_logout"):
			return self.logout(request)
		if method != "GET":
			return self.site
		if path == "/":
			return self.landing(request)
		if path == "/login":
			return self.redirect(f"/?to={quote(request.args.get('redirect-to') or '', safe='')}")
		if path == "/demo/audit":
			return self.audit(request)
		if path in DESK or path.startswith(tuple(f"{desk}/" for desk in DESK)):
			return self.screen("desk.html", pictures=PICTURES)
		return self.of_the_site(request)

	def of_the_site(self, request):
		"""Return the site's answer, or what says that this is a page which only Frappe's front end can show."""
		from werkzeug.wrappers import Response

		answer = Response.from_app(self.site, request.environ)
		if answer.mimetype == "text/html" and OF_FRAPPE in answer.get_data(as_text=True)[:500]:
			return self.screen("elsewhere.html", status=answer.status_code, path=request.path)
		return answer

	def screen(self, name: str, status: int = 200, **context):
		from werkzeug.wrappers import Response

		page = self.screens.get_template(name).render(context, status=status)
		return Response(page, status, mimetype="text/html", headers={"Cache-Control": "no-store"})

	def redirect(self, path: str, answer=None):
		"""Lead on to a page, with the cookies that the site's answer sets."""
		from werkzeug.utils import redirect

		response = redirect(path, 303)
		for cookie in answer.headers.getlist("Set-Cookie") if answer else ():
			response.headers.add("Set-Cookie", cookie)
		return response

	def ask(self, request, method: str, path: str, **options):
		"""Ask the site on behalf of whoever sent the request."""
		from werkzeug.test import Client

		headers = {"Cookie": request.headers.get("Cookie", ""), **options.pop("headers", {})}
		client = Client(self.site, use_cookies=False)
		return contextvars.Context().run(client.open, path, method=method, headers=headers, **options)

	def user(self, request) -> str | None:
		answer = self.ask(request, "GET", LOGGED_USER)
		return answer.json.get("message") if answer.status_code == 200 else None

	# ---- the demo's own pages

	def landing(self, request):
		return self.screen(
			"landing.html",
			company=people.COMPANY,
			entrances=people.ENTRANCES,
			user=self.user(request),
			to=local_path(request.args.get("to")),
		)

	def login(self, request):
		"""Log somebody of the demo in, and lead them to the page that was asked for."""
		user = request.form.get("user", "")
		password = people.password_of(user)
		if password is None:
			return self.redirect("/")
		answer = self.ask(request, "POST", "/api/method/login", data={"usr": user, "pwd": password})
		return self.redirect(local_path(request.form.get("to")) or "/", answer)

	def logout(self, request):
		from werkzeug.wrappers import Response

		answer = Response.from_app(self.site, request.environ)
		return self.redirect("/", answer) if answer.status_code == 200 else answer

	def audit(self, request):
		"""Show an auditor what the app's API and reports answer; their pages are in the desk."""
		verified = self.ask(request, "GET", VERIFY)
		if verified.status_code != 200:
			return self.screen("elsewhere.html", status=403, path=request.path)
		report = self.ask(request, "GET", REPORT, query_string={"report_name": "Assignment Audit"})
		fields = '["name","kind","member","course_title","completed_on","status","row_hash"]'
		evidence = self.ask(
			request,
			"GET",
			EVIDENCE,
			query_string={"fields": fields, "order_by": "creation", "limit_page_length": 0},
		)
		return self.screen(
			"audit.html",
			user=self.user(request),
			verified=verified.json["message"],
			evidence=evidence.json["data"],
			events=[row for row in report.json["message"]["result"] if isinstance(row, dict)],
		)


def local_path(path: str | None) -> str | None:
	"""Return a path of this site, None for what would lead anywhere else."""
	return path if path and path.startswith("/") and not path.startswith(("//", "/\\")) else None


# What the desk looks like, from docs/: file, what it shows.
PICTURES = [
	("workspace.png", "Training Compliance: where everybody stands, at one glance"),
	("onboarding.png", "HR saves an Employee Onboarding, and what the new hire owes is assigned with it"),
	("assignment-list.png", "All assignments, with their filters and actions"),
	("assignment-form.png", "One assignment: why, by when, and everything that happened to it"),
	("assign-training.png", "Training is assigned by hand, after a look at what that would do"),
	("training-rule.png", "A training rule says who owes what by when, and whom it fits before it is switched on"),
	("explain-training.png", "Why somebody owes a course, or does not"),
	("training-exceptions.png", "Whom nothing could be assigned to, and what solves it"),
	("team-training-status.png", "Who is late with what, as a report"),
	("course-form.png", "What makes a course of Learning's mandatory"),
	("settings.png", "The settings, with the ladder of reminders"),
]  # fmt: skip
