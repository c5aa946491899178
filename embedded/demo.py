"""The app's main job, played through HTTP by the people whose job it is. Then a site to look around in."""

import contextlib
import os
import socket
import sys
import threading
import time
from datetime import date, timedelta

from embedded import pages, queue, site
from embedded.browser import PASSWORD, Browser, Problem
from embedded.people import ANA, BEN, COMPANY, HELEN, IVAN, MIRA, RUTH, STAFF, logins

APPS = ("erpnext", "hrms", "lms", "smooth_lms_hr")
# Title, mandatory, days until it is due (0: the default in the settings), days that a completion counts (0: for ever).
COURSES = [
	("Information Security", 1, 0, 0),
	("Code of Conduct", 1, 7, 365),
	("Fire Safety", 1, 14, 0),
	("Touch Typing", 0, 0, 0),
]
ASSIGNMENT = "LMS Training Assignment"


def say(text: str = ""):
	print(text, flush=True)


def table(rows: list[dict]):
	if rows:
		columns = {name: max(len(name), *(len(str(row[name])) for row in rows)) for name in rows[0]}
		say("      " + "  ".join(name.ljust(width) for name, width in columns.items()).rstrip())
		for row in rows:
			say("      " + "  ".join(str(row[name]).ljust(width) for name, width in columns.items()).rstrip())


@contextlib.contextmanager
def busy(text: str):
	"""Count the seconds of what takes long, where somebody is looking."""
	out, done, started = sys.stdout, threading.Event(), time.monotonic()

	def tick():
		while not done.wait(1):
			out.write(f"\r{text} {time.monotonic() - started:.0f} s")
			out.flush()

	ticker = threading.Thread(target=tick, daemon=True) if out.isatty() else None
	if ticker:
		ticker.start()
	try:
		yield
	finally:
		done.set()
		if ticker:
			ticker.join()
			out.write("\r\033[K")


def free_port(looked_at: bool) -> int:
	if not looked_at:
		return 0  # any: nobody is going to type it
	for port in range(8000, 8020):
		with socket.socket() as probe:
			probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
			with contextlib.suppress(OSError):
				probe.bind(("127.0.0.1", port))
				if port != 8000:
					say(f"Port 8000 is taken; the site is on {port}.")
				return port
	raise Problem("the ports 8000 to 8019 are all taken; free one of them and try again")


def main() -> int:
	looked_at, told = sys.stdout.isatty() and not os.environ.get("CI"), False
	try:
		port = free_port(looked_at)
		started = time.monotonic()
		if not site.is_built(APPS):
			say("Building the site, this once: about 15 seconds ...")
		with busy("  "):
			site.start(APPS)
		say(f"A throw-away site is up after {time.monotonic() - started:.1f} s: SQLite, no bench.")
		server = pages.serve(port)
		address = f"http://localhost:{server.port}"
		summary = Story(f"http://127.0.0.1:{server.port}").play()
		if looked_at:
			say(f"\nNow look around: {address}")
			for user, password, who in logins():
				say(f"   {user:<24} {password:<6} {who}")
			say("Ctrl-C ends it, and leaves nothing behind.\n")
		say(summary)
		told = True
		while looked_at:
			time.sleep(1)
			queue.run_jobs()  # a worker's work goes on
	except KeyboardInterrupt:
		say("\nStopped.")
		return 0 if told else 130
	except Problem as problem:
		print(f"demo: {problem}", file=sys.stderr)
		return 1
	except OSError as error:
		print(f"demo: the site cannot be set up: {error}", file=sys.stderr)
		return 1
	return 0


class Story:
	def __init__(self, address: str):
		from frappe.utils import getdate

		self.address = address
		self.today = getdate()  # the site's, which need not be the machine's

	def login(self, user: str) -> Browser:
		return Browser(self.address, user)

	def play(self) -> str:
		self.prepare()
		self.hire_ana()
		self.hire_ben()
		self.learn()
		self.transfer_ana()
		self.ask_for_time()
		self.wait_a_month()
		self.wait_for_the_renewal()
		return self.summary()

	def prepare(self):
		say(f"\n1. {COMPANY} gets ready")
		admin = Browser(self.address, "Administrator", "admin")
		for user, (name, _role, roles) in STAFF.items():
			first_name, last_name = name.split()
			roles = [{"role": role} for role in roles]
			fields = {"first_name": first_name, "last_name": last_name, "new_password": PASSWORD}
			admin.create("User", email=user, send_welcome_email=0, roles=roles, **fields)
		admin.create("Company", company_name=COMPANY, abbr="LL", default_currency="EUR", country="Germany")
		self.hr, self.it, mira = (self.login(user) for user in (HELEN, IVAN, MIRA))
		say(f"   {', '.join(f'{name} ({role})' for name, role, _roles in STAFF.values())}")

		self.hr.create("Designation", designation_name="Researcher")
		self.manager = self.make_employee("Ruth", "Adeyemi", user_id=RUTH)
		dates = {"from_date": f"{self.today.year}-01-01", "to_date": f"{self.today.year + 1}-12-31"}
		self.hr.create("Holiday List", holiday_list_name="Public Holidays", **dates)
		for title, mandatory, due_days, validity_days in COURSES:
			self.make_course(
				mira, title, is_mandatory=mandatory, training_due_days=due_days, validity_days=validity_days
			)
		mandatory = [title for title, mandatory, *_days in COURSES if mandatory]
		say(
			f"   Mira publishes {len(COURSES)} courses, {len(mandatory)} of them mandatory: {', '.join(mandatory)}"
		)

	def make_course(self, moderator: Browser, title: str, **fields):
		course = moderator.create(
			"LMS Course",
			title=title,
			short_introduction=f"{title} in two lessons",
			description=f"{title} in two lessons",
			instructors=[{"instructor": MIRA}],
			published=1,
			**fields,
		)["name"]
		chapter = moderator.create("Course Chapter", title=f"All about {title}", course=course)["name"]
		lessons = [
			moderator.create("Course Lesson", title=f"{title}, {part}", chapter=chapter)["name"]
			for part in ("part one", "part two")
		]
		moderator.change("Course Chapter", chapter, lessons=[{"lesson": lesson} for lesson in lessons])
		moderator.change("LMS Course", course, chapters=[{"chapter": chapter}])

	def hire_ana(self):
		say("\n2. Ana has a user and an employee record on the day Helen starts her onboarding")
		applicant, offer = self.recruit("Ana Lind", ANA)
		self.make_user("Ana", "Lind", ANA)
		self.make_employee("Ana", "Lind", job_applicant=applicant, user_id=ANA, reports_to=self.manager)
		onboarding = self.start_onboarding("Ana Lind", applicant, offer)
		say(f"   Helen saves {onboarding['name']}: {onboarding['training_status']}")
		self.show_assignments(ANA)

	def hire_ben(self):
		say(
			"\n3. Ben is onboarded as Frappe HR has it: first the onboarding, then the employee, then the user"
		)
		applicant, offer = self.recruit("Ben Okoro", BEN)
		onboarding = self.start_onboarding("Ben Okoro", applicant, offer)["name"]
		self.say_status("Helen saves", onboarding)
		self.hr.change("Employee Onboarding", onboarding, docstatus=1)
		employee = self.make_employee("Ben", "Okoro", job_applicant=applicant, reports_to=self.manager)
		self.say_status(f"Helen makes {employee}", onboarding)
		self.make_user("Ben", "Okoro", BEN)
		self.hr.change("Employee", employee, user_id=BEN)
		self.say_status("Ivan makes the user, Helen enters it", onboarding)
		self.show_assignments(BEN)

	def recruit(self, name: str, email: str) -> tuple[str, str]:
		applicant = self.hr.create(
			"Job Applicant", applicant_name=name, email_id=email, status="Accepted", designation="Researcher"
		)["name"]
		offer = self.hr.create(
			"Job Offer",
			job_applicant=applicant,
			applicant_name=name,
			offer_date=str(self.today),
			designation="Researcher",
			company=COMPANY,
		)["name"]
		return applicant, offer

	def make_user(self, first_name: str, last_name: str, email: str):
		fields = {"first_name": first_name, "last_name": last_name, "new_password": PASSWORD}
		self.it.create("User", email=email, send_welcome_email=0, **fields)

	def make_employee(self, first_name: str, last_name: str, **fields) -> str:
		return self.hr.create(
			"Employee",
			naming_series="HR-EMP-",
			first_name=first_name,
			last_name=last_name,
			gender="Other",
			date_of_birth="1994-04-01",
			date_of_joining=str(self.today),
			company=COMPANY,
			designation="Researcher",
			**fields,
		)["name"]

	def start_onboarding(self, name: str, applicant: str, offer: str) -> dict:
		onboarding = self.hr.create(
			"Employee Onboarding",
			job_applicant=applicant,
			job_offer=offer,
			employee_name=name,
			company=COMPANY,
			designation="Researcher",
			date_of_joining=str(self.today),
			boarding_begins_on=str(self.today),
			holiday_list="Public Holidays",
			activities=[{"activity_name": "Lunch with the team", "begin_on": 0, "duration": 1}],
		)["name"]
		return self.hr.read("Employee Onboarding", onboarding)

	def say_status(self, what: str, onboarding: str):
		doc = self.hr.read("Employee Onboarding", onboarding)
		say(f"   {what + ':':<38} {doc['training_status']}")

	def show_assignments(self, member: str):
		enrolled = set(self.titles_enrolled(member))
		rows = self.hr.list(
			ASSIGNMENT,
			["name", "course_title", "status", "due_date", "assigned_by"],
			{"member": member},
			order_by="due_date",
		)
		table(
			[
				{
					"Course": row["course_title"],
					"Enrolled": "yes" if row["course_title"] in enrolled else "no",
					"Assignment": row["name"],
					"Status": row["status"],
					"Due": row["due_date"],
					"Assigned by": row["assigned_by"],
				}
				for row in rows
			]
		)

	def titles_enrolled(self, member: str) -> list[str]:
		rows = self.it.list("LMS Enrollment", ["course"], {"member": member})
		titles = {row["name"]: row["title"] for row in self.it.list("LMS Course", ["name", "title"])}
		return [titles[row["course"]] for row in rows]

	def learn(self):
		say("\n4. Ana logs in and learns")
		ana = self.login(ANA)
		owed = self.owed(ana)
		say(f"   Her training: {'; '.join(self.line(row) for row in owed)}")
		course = owed[0]["course"]
		for lesson in self.it.list("Course Lesson", ["name", "title"], {"course": course}):
			ana.call(
				"lms.lms.doctype.course_lesson.course_lesson.save_progress",
				lesson=lesson["name"],
				course=course,
			)
			(row,) = (row for row in self.owed(ana, include_completed=True) if row["course"] == course)
			say(f"   She finishes “{lesson['title']}”: {row['status']}, {row['progress']:.0f} %")

	def transfer_ana(self):
		say("\n5. Helen makes a rule: editors learn Touch Typing within ten days of their transfer")
		self.hr.create("Designation", designation_name="Editor")
		(course,) = self.it.list("LMS Course", ["name"], {"title": "Touch Typing"})
		self.hr.create(
			"LMS Training Rule",
			title="Editors type",
			applies="Everybody It Fits",
			audience=[{"applies_to": "Designation", "value": "Editor"}],
			contents=[{"content_type": "LMS Course", "content": course["name"]}],
			due_days=10,
			due_from="Transfer",
		)
		(ana,) = self.hr.list("Employee", ["name"], {"user_id": ANA})
		self.say_why("Ana is a Researcher", ana["name"])
		self.hr.change("Employee", ana["name"], designation="Editor")
		self.say_why("Helen makes her an Editor", ana["name"])

	def say_why(self, what: str, employee: str):
		courses = self.hr.get("/api/method/smooth_lms_hr.api.explain_training", employee=employee)["courses"]
		(row,) = (row for row in courses if row["course_title"] == "Touch Typing")
		state = f"owed, due {row['due_date']}" if row["owed"] else "not owed"
		say(f"   {what + ':':<38} {state} ({row['why'][0]['words']})")

	def owed(self, learner: Browser, **options) -> list[dict]:
		return learner.get("/api/method/smooth_lms_hr.api.get_my_training_assignments", **options)

	def line(self, row: dict) -> str:
		return f"{row['course_title']}, {row['days_left']} days left"

	def ask_for_time(self):
		say("\n6. Ben needs more time, and asks for it")
		ben = self.login(BEN)
		(row,) = (row for row in self.owed(ben) if row["course_title"] == "Fire Safety")
		wanted = self.today + timedelta(days=40)
		request = ben.call(
			"smooth_lms_hr.api.request_training",
			assignment=row["name"],
			kind="Extension",
			reason="I am at a customer's site for three weeks.",
			wanted_date=str(wanted),
		)["request"]
		say(f"   {request}: Fire Safety, due {row['due_date']}; he would like {wanted}")
		answered = self.hr.call(
			"smooth_lms_hr.api.answer_request", requests=[request], grant=1, answer="Take care out there."
		)
		say(f"   Helen grants it: {answered['done'][0]['message']}")
		ana = self.login(ANA)
		(row,) = (row for row in self.owed(ana) if row["course_title"] == "Touch Typing")
		ana.call(
			"smooth_lms_hr.api.request_training",
			assignment=row["name"],
			kind="Exemption",
			reason="I have typed for a living for six years.",
		)
		say("   Ana asks to be excused from Touch Typing; that waits for Helen's answer.")

	def wait_a_month(self):
		later = self.today + timedelta(days=31)
		say(f"\n7. 31 days later, {later}: the daily job runs")
		self.run_daily(later)
		for row in self.hr.list(
			ASSIGNMENT, ["member_name", "course_title", "status", "due_date"], order_by="due_date"
		):
			say(
				f"   {row['member_name']:<10} {row['course_title']:<22} due {row['due_date']}  {row['status']}"
			)

	def wait_for_the_renewal(self):
		later = self.today + timedelta(days=335)
		say(f"\n8. A month before a year is over, {later}: the daily job runs")
		self.run_daily(later)
		for row in self.hr.list(
			ASSIGNMENT,
			["name", "status", "valid_until", "due_date", "due_date_basis"],
			{"course_title": "Code of Conduct", "member": ANA},
			order_by="cycle",
		):
			until = (
				f"valid until {row['valid_until']}" if row["valid_until"] else row["due_date_basis"].lower()
			)
			say(f"   Ana's Code of Conduct: {row['name']}, {row['status']}, due {row['due_date']} ({until})")
		# those who look around do so today
		self.run_daily(self.today)
		say(f"   (And back to {self.today}.)")

	def run_daily(self, today: date):
		import frappe

		from smooth_lms_hr import daily

		frappe.db.rollback()  # see what the requests have committed
		daily.run(today=today)
		frappe.db.commit()

	def summary(self) -> str:
		enrolments = self.it.list("LMS Enrollment", ["name"])
		assignments = self.hr.list(ASSIGNMENT, ["due_date"], order_by="due_date desc")
		return f"demo: {len(enrolments)} enrolments, {len(assignments)} assignments, due {assignments[0]['due_date']}"


if __name__ == "__main__":
	sys.exit(main())
