"""Acts a story out on a site, through the doors that people use, and reads what came of it."""

from datetime import date

import frappe

from smooth_lms_hr import api, tasks
from tests.site import factory, signatures
from tests.site.conftest import harness
from tests.site.lives.records import OPEN
from tests.site.lives.world import COURSES, DEPARTMENTS, RULES, Course, Rule

ASSIGNMENT, EVENT, CAUSE = "LMS Training Assignment", "LMS Training Event", "LMS Training Cause"
KINDS = {"department": "Department", "designation": "Designation", "branch": "Branch"}


class Player:
	"""
	:param clock: the fixture, which sets the day
	"""

	def __init__(self, clock):
		self.clock = clock
		# Who writes to users as well: ERPNext 16 disables the user of an employee who is not active.
		self.hr = factory.hr_manager("System Manager")
		frappe.set_user("Administrator")
		self.places = {"department": {name: _department(name) for name in DEPARTMENTS}}
		self.days_off = _days_off()
		self.courses: dict[str, str] = {}
		for course in sorted(COURSES.values(), key=lambda course: bool(course.counts_like)):
			self.courses[course.name] = self._make_course(course)
		self.employees: dict[str, str] = {}
		self.users: dict[str, str] = {}
		self.rules: dict[str, str] = {}
		self.onboardings: dict[str, str] = {}
		self.leaves: dict[str, str] = {}
		self.requests: dict[str, str] = {}
		self._events: dict[str, list[tuple]] = {}
		self._last_event = ""
		frappe.set_user(self.hr)

	def live(self, told) -> None:
		"""Do a day's deeds, after the run of the day."""
		self.clock(told.number)
		if told.runs:
			frappe.set_user("Administrator")
			summary = tasks.daily()
			assert not summary["not_done"], summary["not_done"]
		for name, *arguments in told.deeds:
			frappe.set_user(self.hr)
			getattr(self, name)(*arguments)
			harness.run_jobs()
		# What the day has said is not what this is about.
		frappe.local.message_log = []

	# Deeds, by the names and with the arguments of Oracle

	def rule(self, title: str, enabled: bool) -> None:
		if title in self.rules:
			doc = frappe.get_doc("LMS Training Rule", self.rules[title])
			doc.enabled = int(enabled)
			doc.save()
		else:
			self.rules[title] = self._make_rule(RULES[title])

	def hire(self, who: str, joined: date, place: dict[str, str], onboarded: bool) -> None:
		frappe.set_user("Administrator")
		self.users[who] = factory.user(name=f"{factory.unique(who)}@example.com".lower())
		signatures.with_password(self.users[who])
		frappe.set_user(self.hr)
		employee = factory.employee(
			self.users[who],
			first_name=who,
			date_of_joining=joined,
			holiday_list=self.days_off,
			**self._place(place),
		)
		self.employees[who] = employee.name
		if onboarded:
			self.onboardings[who] = factory.onboarding(employee=employee.name, date_of_joining=joined).name

	def transfer(self, who: str, place: dict[str, str]) -> None:
		self._change(who, **self._place(place))

	def exit(self, who: str) -> None:
		self._change(who, status="Left", relieving_date=frappe.utils.getdate())

	def back(self, who: str) -> None:
		self._change(who, status="Active", relieving_date=None)

	def onboarding_deleted(self, who: str) -> None:
		frappe.set_user("Administrator")
		frappe.delete_doc("Employee Onboarding", self.onboardings[who])

	def learn(self, who: str, course: str, lessons: int) -> None:
		from lms.lms.doctype.course_lesson.course_lesson import save_progress

		frappe.set_user(self.users[who])
		for lesson in factory.lessons_of(self.courses[course])[:lessons]:
			# To open a lesson that is done says nothing new, but has Learning save all the same.
			done = {"member": self.users[who], "lesson": lesson, "status": "Complete"}
			if not frappe.db.exists("LMS Course Progress", done):
				save_progress(lesson, self.courses[course])

	def sign(self, who: str, course: str) -> None:
		signatures.sign(self._open(who, course))

	def waive(self, who: str, course: str, until: date | None) -> None:
		self._decide(api.waive, self._open(who, course), "A waiver", str(until) if until else None)

	def withdraw(self, who: str, course: str) -> None:
		self._decide(api.withdraw_waiver, self._last(who, course, status="Waived"), "A waiver less")

	def revoke(self, who: str, course: str) -> None:
		self._decide(api.revoke_completion, self._last(who, course, status="Completed"), "It does not hold")

	def extend(self, who: str, course: str, due: date) -> None:
		self._decide(api.extend_due_date, self._open(who, course), str(due), "Another date")

	def cancel(self, who: str, course: str) -> None:
		self._decide(api.cancel_training, self._open(who, course), "Not to be learned")

	def by_hand(self, who: str, course: str, due: date | None) -> None:
		answer = api.assign_mandatory_training(
			employees=[self.employees[who]],
			courses=[self.courses[course]],
			due_date=str(due) if due else None,
		)
		assert not answer["failed"], answer

	def leave(self, name: str, who: str, first: date, last: date, **fields) -> None:
		leave = frappe.get_doc(
			{
				"doctype": "Leave Application",
				"naming_series": "HR-LAP-.YYYY.-",
				"employee": self.employees[who],
				"leave_type": _leave_type(),
				"from_date": first,
				"to_date": last,
				"status": "Approved",
				"posting_date": frappe.utils.getdate(),
				"company": factory.company(),
				**fields,
			}
		).insert()
		leave.submit()
		self.leaves[name] = leave.name

	def leave_cancelled(self, name: str, who: str) -> None:
		frappe.get_doc("Leave Application", self.leaves[name]).cancel()

	def leave_amended(self, name: str, who: str, instead: str, first: date, last: date) -> None:
		self.leave_cancelled(name, who)
		self.leave(instead, who, first, last, amended_from=self.leaves[name])

	def request(
		self, name: str, who: str, course: str, kind: str, wanted: date | None, completed_on: date | None
	) -> None:
		frappe.set_user(self.users[who])
		answer = api.request_training(
			self._open(who, course),
			kind,
			"Because",
			wanted_date=str(wanted) if wanted else None,
			completed_on=str(completed_on) if completed_on else None,
		)
		self.requests[name] = answer["request"]

	def answer(self, name: str, who: str, grant: bool, due: date | None) -> None:
		answer = api.answer_request([self.requests[name]], grant, "An answer", str(due) if due else None)
		assert not answer["failed"], answer

	def request_withdrawn(self, name: str, who: str) -> None:
		frappe.set_user(self.users[who])
		api.withdraw_request(self.requests[name])

	# What came of it

	def rows(self) -> dict[tuple[str, str, int], tuple]:
		"""Return how all that was ever owed stands.

		:return: by person, course and cycle: status, due date, source, completed_on, valid_until, causes (kind, name, ended)
		        and events (day, kind, before, after)
		"""
		people = {user: who for who, user in self.users.items()}
		courses = {name: title for title, name in self.courses.items()}
		rules = {name: title for title, name in self.rules.items()}
		rows = frappe.get_all(
			ASSIGNMENT,
			{"member": ("in", list(people) or [""])},
			[
				"name",
				"member",
				"course",
				"cycle",
				"status",
				"due_date",
				"source",
				"completed_on",
				"valid_until",
			],
			order_by="name",
		)
		keys = {row.name: (people[row.member], courses[row.course], row.cycle) for row in rows}
		causes: dict[str, list] = {}
		for cause in frappe.get_all(
			CAUSE, {}, ["parent", "cause_doctype", "cause", "ended_on"], order_by="creation, name"
		):
			name = rules[cause.cause] if cause.cause_doctype == "LMS Training Rule" else ""
			causes.setdefault(cause.parent, []).append((cause.cause_doctype, name, bool(cause.ended_on)))
		# Of what is settled nobody asks whether it is asked for still.
		for row in rows:
			if row.status not in OPEN:
				causes[row.name] = [(kind, name, False) for kind, name, _ended in causes.get(row.name, ())]
		self._read_events(keys)
		return {
			keys[row.name]: (
				row.status, row.due_date, row.source, row.completed_on, row.valid_until,
				tuple(sorted(causes.get(row.name, ()))), tuple(self._events.get(row.name, ())),
			)
			for row in rows
		}  # fmt: skip

	def _read_events(self, keys: dict) -> None:
		for event in frappe.get_all(
			EVENT,
			{"name": (">", self._last_event)},
			["name", "assignment", "event", "before", "after", "happened_on"],
			order_by="name",
		):
			self._last_event = event.name
			before, after = event.before, event.after
			if event.event == "Renewed":
				after = str(keys[after][2])
			elif event.event == "Handed Over" and after is None:
				# The onboarding is gone, which was named here; what comes of that is said by other events.
				continue
			elif event.event == "Handed Over":
				before, after = map(self._in_our_words, (before, after))
			self._events.setdefault(event.assignment, []).append(
				(event.happened_on.date(), event.event, before, after)
			)

	def _in_our_words(self, places: str) -> str:
		for ours, theirs in self.places["department"].items():
			places = places.replace(theirs, ours)
		return places

	# Making

	def _make_course(self, course: Course) -> str:
		like = self.courses.get(course.counts_like)
		return factory.course(
			factory.unique(course.name),
			course.lessons,
			is_mandatory=int(course.mandatory),
			validity_days=course.validity,
			training_due_days=course.due_days,
			renew_from=course.renew_from,
			equivalents=[{"course": like}] if like else [],
			attestation=signatures.STATEMENT if course.statement else None,
		)

	def _make_rule(self, rule: Rule) -> str:
		lines = [
			(KINDS[kind], self._value(kind, value))
			for kind, values in rule.audience.items()
			for value in values
		]
		if rule.excluded:
			kind, value = rule.excluded
			lines.append((KINDS[kind], self._value(kind, value), 1))
		return factory.rule(
			factory.unique(rule.title),
			[self.courses[name] for name in rule.courses],
			lines,
			applies="New Hires" if rule.new_hires else "Everybody It Fits",
			due_days=rule.due_days,
			due_from=rule.due_from,
			counts_if_completed_within=rule.counts_within,
			when_it_no_longer_fits=rule.when_it_no_longer_fits,
		).name

	def _place(self, place: dict[str, str]) -> dict[str, str]:
		return {kind: self._value(kind, value) for kind, value in place.items()}

	def _value(self, kind: str, value: str) -> str:
		if kind == "department":
			return self.places[kind][value]
		return factory.named(KINDS[kind], kind if kind == "branch" else "designation_name", value)

	def _change(self, who: str, **values) -> None:
		doc = frappe.get_doc("Employee", self.employees[who])
		doc.update(values)
		doc.save()

	# Finding

	def _last(self, who: str, course: str, **filters) -> str:
		(name,) = frappe.get_all(
			ASSIGNMENT,
			{"member": self.users[who], "course": self.courses[course], **filters},
			pluck="name",
			order_by="cycle desc",
			limit=1,
		)
		return name

	def _open(self, who: str, course: str) -> str:
		return self._last(who, course, status=("in", OPEN))

	def _decide(self, method, assignment: str, *arguments) -> None:
		answer = method([assignment], *arguments)
		assert not answer["failed"], answer


def _department(name: str) -> str:
	parent = DEPARTMENTS[name]
	above = _department(parent) if parent else "All Departments"
	if not frappe.db.exists("Department", above):
		frappe.get_doc(
			{"doctype": "Department", "department_name": above, "is_group": 1, "company": factory.company()}
		).insert()
	return factory.named(
		"Department",
		"department_name",
		f"Lives {name}",
		company=factory.company(),
		parent_department=above,
		is_group=int(name in DEPARTMENTS.values()),
	)


def _leave_type() -> str | None:
	"""Return a Leave Type that nobody is to have days of, where Frappe HR itself counts them."""
	if not frappe.db.exists("DocType", "Leave Type"):
		return None
	return factory.named("Leave Type", "leave_type_name", "Leave of Lives", is_lwp=1, include_holiday=1)


def _days_off() -> str:
	"""Return a Holiday List of all the years, without holidays."""
	years = {"from_date": "2026-01-01", "to_date": "2031-12-31"}
	return factory.named("Holiday List", "holiday_list_name", "Days Off of Lives", **years)
