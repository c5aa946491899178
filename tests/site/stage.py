"""The stage on which a scratch site acts out a simulation, with real commits, in the processes of worker.py.

Its clock stands at a moment that nobody's clock shows. Every record that comes into being here bears that moment as its
creation, which is how it is found again to be deleted, whatever made it.
"""

import sys
from collections.abc import Sequence
from datetime import date

import frappe
import frappe.email.email_body
import frappe.email.queue
import frappe.utils.data

from smooth_lms_hr import api, daily
from smooth_lms_hr.setup.install import DEFAULT_LADDER
from smooth_lms_hr.telling.announcements import announce
from tests.site import bench_harness, differences, factory, simulation
from tests.site.agreement import OF_TRAINING
from tests.site.simulation import COURSES, HR, HR_TOO, START, Pair, address

ASSIGNMENT = "LMS Training Assignment"
# When the company came into being, and when everything that happened to it did.
BEFORE, DURING = "11:59:58.424242", "12:00:00.434343"


def set_up(port: int) -> None:
	"""Put a company on the site, and an account that sends its mail to a port of this machine."""
	tear_down()
	# What a test that was killed has left on the scratch site would be reminded of, too.
	for doctype in (ASSIGNMENT, "LMS Training Notification", "Email Queue", "Email Queue Recipient"):
		frappe.db.delete(doctype)
	stop_clock(START, BEFORE)
	# Frappe takes more than sixty new users an hour from imports only.
	frappe.flags.in_import = True
	factory.user("HR Manager", "HR User", name=address(HR))
	factory.user(name=address(simulation.APPROVER))
	for title, days in COURSES.items():
		factory.course(title, is_mandatory=0, training_due_days=days)
	department = frappe.get_doc(
		{
			"doctype": "Department",
			"department_name": factory.unique("Simulated department"),
			"company": factory.company(),
			"leave_approvers": [{"approver": address(simulation.APPROVER)}],
		}
	).insert()
	employees = {}
	for name, person in simulation.company().items():
		user = factory.user(*(["HR Manager"] if name == HR_TOO else []), name=address(name))
		if person.employed:
			employees[name] = factory.employee(
				user,
				first_name=name,
				date_of_joining="2026-01-01",
				reports_to=employees.get(person.boss),
				department=department.name if person.approver else None,
				# Frappe HR's default lets a user see its own records only, which leaves HR nothing to follow up.
				create_user_permission=int(name != HR_TOO),
			).name
	frappe.flags.in_import = False
	_use_default_settings()
	frappe.db.commit()
	# Frappe looks whether the mail server answers, but not for tests.
	differences.set_test_mode(False)
	frappe.get_doc(
		{
			"doctype": "Email Account",
			"email_account_name": "Simulated account",
			"email_id": address("training"),
			"enable_outgoing": 1,
			"default_outgoing": 1,
			"smtp_server": "127.0.0.1",
			"smtp_port": str(port),
			"no_smtp_authentication": 1,
		}
	).insert()


def _use_default_settings() -> None:
	"""The oracle knows the defaults; a scratch site has no other settings to lose."""
	settings = frappe.get_doc("LMS Training Settings")
	settings.update(
		{
			"send_reminders": 1,
			# Each day of the ladder counts here: what weekly offs put off has tests of its own.
			"quiet_on_holidays": 0,
			"notify_on_assignment": 1,
			"repeat_every_days": 7,
			"stop_after_days": 90,
			"manager_digest": "Weekly",
			"reminder_ladder": [dict(row) for row in DEFAULT_LADDER],
		}
	)
	settings.save()
	# The site's own, not of the simulation: these stay when it is gone.
	frappe.db.set_value(
		"LMS Training Reminder",
		{"parent": settings.name},
		"creation",
		f"{START} 00:00:00",
		update_modified=False,
	)


def start_over() -> None:
	"""Take back what a story did to the company."""
	_delete_made_at(DURING)
	stop_clock(START, BEFORE)
	frappe.clear_cache()
	for name, person in simulation.company().items():
		if not frappe.db.get_value("User", address(name), "enabled"):
			Events.enable(name, True)
		if not person.employed:
			continue
		doc = _employee(name)
		boss = _employee(person.boss).name if person.boss else None
		if (doc.status, doc.reports_to) != ("Active", boss):
			doc.update({"status": "Active", "relieving_date": None, "reports_to": boss})
			doc.save()


def tear_down() -> None:
	"""Delete whatever was made here, also by a run that was torn off."""
	for moment in (DURING, BEFORE):
		_delete_made_at(moment)
	for fieldname in ("last_run_on", "last_run_summary"):
		frappe.db.set_single_value("LMS Training Settings", fieldname, None, update_modified=False)
	frappe.db.set_single_value("LMS Training Settings", "quiet_on_holidays", 1, update_modified=False)
	frappe.clear_cache()


def _delete_made_at(moment: str) -> None:
	for table in frappe.db.sql_list(
		"""select table_name from information_schema.columns where table_schema = database()
		and column_name = 'creation' and table_name like 'tab%%'"""
	):
		frappe.db.sql(f"delete from `{table}` where creation like %s", f"% {moment}")
	frappe.db.commit()


def stop_clock(day: date, moment: str = DURING) -> None:
	now = frappe.utils.get_datetime(f"{day} {moment}")

	def stand_still():
		return now

	for name, module in list(sys.modules.items()):
		ours = name in ("frappe.utils", "frappe.utils.data") or name.startswith("smooth_lms_hr.")
		if ours and "now_datetime" in vars(module):
			module.now_datetime = stand_still


def live(day: simulation.Day) -> None:
	"""Let a day's events happen, and the job run as often as it does."""
	for event in day.events:
		act_out(day.date, event)
	stop_clock(day.date)
	for _ in range(day.runs):
		summary = daily.run(day.date)
		assert not summary["failed"], summary


def spare_the_styles() -> None:
	"""Send mails without the look that Frappe gives them: working it out takes a third of a story's time."""
	frappe.email.email_body.inline_style_in_html = lambda html, **_look: html


def act_out(today: date, event: tuple) -> None:
	stop_clock(today)
	name, *arguments = event
	getattr(Events, name)(*arguments)
	frappe.set_user("Administrator")
	frappe.db.commit()


def count_queued(day: date) -> int:
	filters = {"reference_doctype": ("in", OF_TRAINING), "creation": f"{day} {DURING}"}
	return frappe.db.count("Email Queue", filters)


def flush() -> None:
	"""Send what is in Frappe's queue, as its scheduler does every few minutes, whether or not our job runs."""
	frappe.email.queue.flush()
	frappe.db.commit()


class Events:
	"""What happens in a story, by the names that the oracle has for it."""

	@staticmethod
	def assign(who: Sequence[str], courses: Sequence[str]) -> None:
		frappe.set_user(address(HR))
		names = {title: _course(title) for title in courses}
		answer = api.assign_mandatory_training(list(map(address, who)), courses=list(names.values()))
		assert len(answer["created"]) == len(who) * len(courses), answer

	@staticmethod
	def run_jobs() -> None:
		for _job_id, method, arguments in _take_jobs():
			if method == f"{announce.__module__}.{announce.__name__}":
				announce(**arguments)

	@staticmethod
	def lose_jobs() -> None:
		_take_jobs()

	@staticmethod
	def extend(pairs: Sequence[Pair], due: date) -> None:
		frappe.set_user(address(HR))
		_accept(api.extend_due_date(_assignments(pairs), due, "Parental leave"))

	@staticmethod
	def waive(pairs: Sequence[Pair]) -> None:
		frappe.set_user(address(HR))
		_accept(api.waive(_assignments(pairs), "Learned it elsewhere"))

	@staticmethod
	def remind(pairs: Sequence[Pair]) -> None:
		frappe.set_user(address(HR))
		_accept(api.send_reminder(_assignments(pairs)))

	@staticmethod
	def learn(who: str, title: str, percent: int, silently: bool) -> None:
		course = _course(title)
		learn = factory.learn_silently if silently else factory.complete_lessons
		learn(address(who), course, None if percent == 100 else 1)

	@staticmethod
	def leave(who: str) -> None:
		doc = _employee(who)
		doc.update({"status": "Left", "relieving_date": frappe.utils.today()})
		doc.save()

	@staticmethod
	def enable(who: str, enabled: bool) -> None:
		user = frappe.get_doc("User", address(who))
		user.enabled = int(enabled)
		user.save()

	@staticmethod
	def hand_over(who: str, boss: str) -> None:
		doc = _employee(who)
		doc.reports_to = _employee(boss).name
		doc.save()


def _take_jobs() -> list[tuple]:
	jobs, bench_harness._jobs[:] = list(bench_harness._jobs), []
	return jobs


def _employee(who: str):
	return frappe.get_doc("Employee", {"user_id": address(who)})


def _course(title: str) -> str:
	return frappe.db.get_value("LMS Course", {"title": title})


def _assignments(pairs: Sequence[Pair]) -> list[str]:
	return [
		frappe.db.get_value(ASSIGNMENT, {"member": address(who), "course_title": title})
		for who, title in pairs
	]


def _accept(answer: dict) -> None:
	assert answer["done"], answer
	assert not answer["failed"], answer
