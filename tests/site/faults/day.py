"""A day of a small company, committed, that is lived again and again: undisturbed, killed at a step, by two at once.

Called by name in the processes of worker.py. Every life begins with the same rows, and has to end with the same ones.
"""

import os
import signal
import sys
import time
import traceback
from contextlib import nullcontext
from datetime import timedelta
from functools import reduce

import frappe
from frappe.utils import add_days, getdate, now_datetime

from smooth_lms_hr import api, daily, tasks
from smooth_lms_hr.assigning import rules
from smooth_lms_hr.record import seal
from smooth_lms_hr.telling import collect
from tests.site import bench_harness, differences, factory, stage
from tests.site.crowd import clear_away

ASSIGNMENT, EVENT, LEDGER = "LMS Training Assignment", "LMS Training Event", "LMS Training Notification"
ONBOARDING, ENROLLMENT, BELLS = "Employee Onboarding", "LMS Enrollment", "Notification Log"
RULE, CAUSE, EXCEPTION = "LMS Training Rule", "LMS Training Cause", "LMS Training Exception"
EVIDENCE, SEAL = "LMS Training Evidence", "LMS Training Seal"
# What a run changes, and what it adds to.
CHANGED = (ASSIGNMENT, CAUSE, EXCEPTION, RULE, ONBOARDING, ENROLLMENT, "Notification Settings")
ADDED_TO = (
	EVENT,
	EVIDENCE,
	SEAL,
	LEDGER,
	BELLS,
	"Email Queue",
	"Email Queue Recipient",
	"Comment",
	"Error Log",
)
# So small that there are several chunks of everything.
CHUNK = 2
BEFORE, AFTER = "before", "after"
A = "smooth_lms_hr."
ANNOUNCING, REMINDING = A + "telling.announcements.announce_forgotten", A + "telling.reminders.send_reminders"
TO_MANAGERS, TO_HR = A + "telling.reminders._tell_others", A + "telling.reminders._of_hr"
WRITING = A + "record.ledger.write"
ASKING, ASKED = A + "assigning.rules.ask_everybody", A + "assigning.asking.Asking.carry_out"

# Where a run is killed: before or after which call of a function (after: one that has done something), counted from when
# another one is called first. Whoever gives the daily run a new step adds it here.
STEPS = {
	"before anything": (None, A + "daily._resume_unfinished", BEFORE, 1),
	"with an onboarding made up for": (None, A + "daily.resume", AFTER, 1),
	"with everybody looked at and nobody asked": (ASKING, ASKED, BEFORE, 1),
	"with assignments written and nobody enrolled": (ASKING, A + "assigning.assigning._enrol_and_confirm", BEFORE, 1),
	"with a chunk asked and no exceptions written": (ASKING, A + "assigning.exceptions.settle", BEFORE, 1),
	"with a chunk asked": (ASKING, ASKED, AFTER, 1),
	"between two chunks that are asked": (ASKING, ASKED, BEFORE, 2),
	"with everybody asked and no rule noted": (None, A + "assigning.rules.note", BEFORE, 1),
	"with the rules noted": (None, A + "assigning.rules.note", AFTER, 1),
	"with rows compared and no events written": (A + "daily.reconcile", A + "record.events.write", BEFORE, 1),
	"with a chunk compared": (None, A + "daily.reconcile", AFTER, 1),
	"between two chunks that are compared": (None, A + "daily.reconcile", BEFORE, 3),
	"with rows flagged and no events written": (A + "daily.flag_overdue", A + "record.events.write", BEFORE, 1),
	"with a chunk flagged": (None, A + "daily.flag_overdue", AFTER, 1),
	"between two chunks that are flagged": (None, A + "daily.flag_overdue", BEFORE, 2),
	"before the record is sealed": (None, A + "record.seal.seal_next", BEFORE, 1),
	"with a seal written and not committed": (None, A + "record.seal.seal_next", AFTER, 1),
	"with a seal committed": (None, A + "record.seal.seal_next", BEFORE, 2),
	"with a first mail and nothing in the ledger": (ANNOUNCING, WRITING, BEFORE, 1),
	"with a first mail in the ledger and no bell": (ANNOUNCING, A + "telling.bells.Bells.add", BEFORE, 1),
	"with a chunk announced": (ANNOUNCING, A + "telling.announcements._announce", AFTER, 1),
	"between two chunks that are announced": (ANNOUNCING, A + "telling.announcements._announce", BEFORE, 2),
	"with a reminder and nothing in the ledger": (REMINDING, WRITING, BEFORE, 1),
	"with a reminder in the ledger and no bell": (REMINDING, A + "telling.bells.Bells.add", BEFORE, 1),
	"with a chunk reminded and nothing counted": (REMINDING, A + "telling.reminders.count_reminders", BEFORE, 1),
	"with a chunk reminded": (REMINDING, A + "telling.reminders._remind", AFTER, 1),
	"between two chunks that are reminded": (REMINDING, A + "telling.reminders._remind", BEFORE, 2),
	"before any manager is told": (None, TO_MANAGERS, BEFORE, 1),
	"with a mail to a manager and nothing in the ledger": (TO_MANAGERS, WRITING, BEFORE, 1),
	"with a mail to a manager half in the ledger": (TO_MANAGERS, WRITING, BEFORE, 2),
	"with a manager told": (TO_MANAGERS, A + "telling.send.to_other", AFTER, 1),
	"with a mail to HR and nothing in the ledger": (TO_HR, WRITING, BEFORE, 1),
	"with a mail to HR half in the ledger": (TO_HR, WRITING, BEFORE, 2),
	"between two of HR": (TO_HR, A + "telling.send.to_other", BEFORE, 1),
	"before the summary is kept": (None, A + "daily._remember", BEFORE, 1),
	"with the summary written": (None, A + "daily._remember", AFTER, 1),
}  # fmt: skip


def begin_the_day() -> dict:
	"""Commit a company in which a day brings something of everything."""
	made = {"began": str(now_datetime())}
	_stay_in(made["began"])
	for doctype in (ASSIGNMENT, LEDGER, "Email Queue", "Email Queue Recipient", "Error Log"):
		frappe.db.delete(doctype)
	factory.mail_account()
	hr = factory.hr_manager()
	factory.hr_manager()
	boss = factory.employee(factory.user())
	course = factory.course("Killed day", is_mandatory=0, lessons=4)
	team = [factory.employee(factory.user(), reports_to=boss.name) for _ in range(8)]
	alone = [factory.employee(factory.user()) for _ in range(3)]
	members = [each.user_id for each in (*team, *alone)]
	made["members"] = members
	waiting = factory.onboarding()
	factory.course("Killed day, mandatory")
	frappe.db.set_value(ONBOARDING, waiting.name, "employee", factory.employee(factory.user()).name)
	frappe.set_user(hr)
	driver = factory.designation(factory.unique("Driver"))
	factory.rule("Killed day", [factory.course(is_mandatory=0)], [("Designation", driver)])
	# Nobody hears of it: the day finds them, and one who has no user.
	for each in (*alone, factory.employee()):
		frappe.db.set_value("Employee", each.name, "designation", driver)
	assert len(api.assign_mandatory_training(members, courses=[course])["created"]) == len(members)
	frappe.set_user("Administrator")
	bench_harness._jobs.clear()
	# The first four are new and were told nothing yet; the others have owed it for long.
	long_ago = {"assigned_on": add_days(made["began"], -60), "due_date_set_on": add_days(getdate(), -60)}
	for member, days in zip(members[4:], (-1, -1, -14, 1, -14, -14, -14), strict=True):
		values = {"due_date": getdate() + timedelta(days=days), **long_ago}
		frappe.db.set_value(ASSIGNMENT, {"member": member}, values, update_modified=False)
	for member, lessons in ((members[1], 1), (members[2], 4), (members[3], 2)):
		factory.learn_silently(member, course, lessons)
	frappe.db.commit()
	return made


def live_undisturbed_and_killed(began: str, members: list[str]) -> dict:
	"""Live the day undisturbed, and once for each step, killed there and lived to its end by another run.

	:return: "undisturbed": what was there in the end; by step: what was there then, None where nobody was killed
	"""
	_stay_in(began)
	# What the day brings is sealed the same day.
	seal.MARGIN = 0
	morning = _look_around()
	found = {"undisturbed": _live(morning, members)}
	for name, step in STEPS.items():
		_go_back_to(morning)
		killed = _in_children(lambda step=step: _be_killed_at(*step)) == [signal.SIGKILL]
		found[name] = _live(None, members) if killed else None
	_go_back_to(morning)
	clear_away(began)
	return found


def live_by_two_at_once(began: str, members: list[str], times: int) -> dict:
	"""Live the day undisturbed, and so many times by two runs at once, as on two machines: no lock on a file is shared.

	:return: "undisturbed" and "together": what was there in the end; "met": how many of the runs found the other one
	        under way where the lock is shared
	"""
	_stay_in(began)
	morning = _look_around()
	found = {"undisturbed": _live(morning, members), "together": []}
	for _ in range(times):
		_go_back_to(morning)
		assert _in_children(_without_a_lock, _without_a_lock) == [0, 0]
		found["together"].append(_state(members))
	_go_back_to(morning)
	found["met"] = _in_children(_at_the_same_moment, _at_the_same_moment).count(ALREADY_RUNNING)
	found["with a lock"] = _state(members)
	_go_back_to(morning)
	clear_away(began)
	return found


ALREADY_RUNNING = 7


def _stay_in(began: str) -> None:
	"""Stop the clock: a day that is lived so often may go past midnight, and be another one then."""
	day, moment = began.split(" ")
	stage.stop_clock(day, moment)


def _live(morning: dict | None, members: list[str]) -> list:
	if morning:
		_go_back_to(morning)
	assert _in_children(tasks.daily) == [0]
	return _state(members)


def _state(members: list[str]) -> list:
	"""Return what a day has come to, as JSON has it, without names and moments."""
	frappe.db.rollback()
	names = dict(frappe.get_all(ASSIGNMENT, fields=["name", "member"], as_list=True))
	rows = frappe.get_all(ASSIGNMENT, ["*"])
	mails = []
	for mail in frappe.get_all("Email Queue", ["name", "message", "reference_name"]):
		(to,) = frappe.get_all("Email Queue Recipient", {"parent": mail.name}, pluck="recipient")
		mails.append(("mail", to, *factory.parse_mail(mail.message)))
	said = frappe.get_all(LEDGER, ["*"])
	queued = set(frappe.get_all("Email Queue", pluck="name"))
	found = [
		*(("owes", r.member, r.course_title, r.cycle, r.status, r.progress, r.reminders_sent) for r in rows),
		*(("enrolled", r.member, r.course) for r in frappe.get_all(ENROLLMENT, {"member": ("in", list(names.values()))}, ["*"])),
		*(("event", r.member, r.event, r.before, r.after, r.done_by) for r in frappe.get_all(EVENT, {"assignment": ("in", list(names))}, ["*"])),
		*(("cause", names.get(r.parent), r.cause_doctype, bool(r.ended_on)) for r in frappe.get_all(CAUSE, fields=["*"])),
		*(("exception", r.employee, r.rule, r.kind, r.why) for r in frappe.get_all(EXCEPTION, fields=["*"])),
		*(("rule", r.name, r.fits_now, r.waiting_people) for r in frappe.get_all(RULE, fields=["*"])),
		*(("said", names[r.assignment], r.kind, r.offset_days, r.occasion, r.audience, r.recipient, r.email_queue in queued) for r in said),
		*(("sealed", r.name, r.events, r.evidence) for r in frappe.get_all(SEAL, ["name", "events", "evidence"])),
		*(("bell", r.for_user, r.subject) for r in frappe.get_all(BELLS, {"document_name": ("in", list(names))}, ["*"])),
		*(("onboarding", r.name, r.training_status) for r in frappe.get_all(ONBOARDING, ["name", "training_status"])),
		*(("logged", r.method) for r in frappe.get_all("Error Log", ["method"]) if "Filelock" not in r.method),
		*mails,
	]  # fmt: skip
	return sorted([str(value) for value in each] for each in found)


def _look_around() -> dict[str, list]:
	return {doctype: frappe.db.sql(f"select * from `tab{doctype}`", as_dict=True) for doctype in CHANGED} | {
		doctype: frappe.get_all(doctype, pluck="name") for doctype in ADDED_TO
	}


def _go_back_to(morning: dict[str, list]) -> None:
	frappe.db.rollback()
	for doctype in CHANGED:
		frappe.db.delete(doctype)
		if rows := morning[doctype]:
			frappe.db.bulk_insert(doctype, list(rows[0]), [tuple(row.values()) for row in rows])
	for doctype in ADDED_TO:
		frappe.db.delete(doctype, {"name": ("not in", morning[doctype] or [""])})
	frappe.db.commit()


def _in_children(*lives) -> list[int]:
	"""Let each function run in a child process, all at once; return how they ended: their code, or the signal."""
	# A child must not share this process's connection.
	frappe.destroy()
	start_at, children = time.time() + 1, []
	for live in lives:
		if child := os.fork():
			children.append(child)
			continue
		code = 1
		try:
			_connect()
			differences.set_test_mode(False)
			rules.CHUNK = daily.CHUNK = collect.MEMBERS_PER_CHUNK = CHUNK
			time.sleep(max(0, start_at - time.time()))
			live()
			code = 0
		except daily.AlreadyRunning:
			code = ALREADY_RUNNING
		except BaseException:
			traceback.print_exc()
		finally:
			os._exit(code)
	ended = [os.waitpid(child, 0)[1] for child in children]
	_connect()
	return [os.WTERMSIG(each) if os.WIFSIGNALED(each) else os.waitstatus_to_exitcode(each) for each in ended]


def _connect() -> None:
	frappe.init(bench_harness.SITE)
	frappe.connect()
	frappe.set_user("Administrator")


def _at_the_same_moment() -> None:
	tasks.daily()


def _without_a_lock() -> None:
	daily.filelock = lambda *args, **kwargs: nullcontext()
	tasks.daily()


def _be_killed_at(since: str | None, where: str, when: str, number: int) -> None:
	counted = [since is None, 0]
	if since and since != where:
		_wrap(since, lambda call, *args, **kwargs: (counted.__setitem__(0, True), call(*args, **kwargs))[1])

	def count(call, *args, **kwargs):
		if when == BEFORE and counted[0]:
			counted[1] += 1
			_die_if(counted[1] == number)
		result = call(*args, **kwargs)
		if when == AFTER and counted[0] and (result or result is None):
			counted[1] += 1
			_die_if(counted[1] == number)
		return result

	_wrap(where, count)
	tasks.daily()


def _wrap(path: str, around) -> None:
	"""Put a function around another one, which it is given first."""
	names = path.split(".")
	depth = next(number for number in range(len(names), 0, -1) if ".".join(names[:number]) in sys.modules)
	owner = reduce(getattr, names[depth:-1], sys.modules[".".join(names[:depth])])
	call = getattr(owner, names[-1])
	setattr(owner, names[-1], lambda *args, **kwargs: around(call, *args, **kwargs))


def _die_if(here: bool) -> None:
	if here:
		# Nothing is flushed, closed or rolled back by anybody.
		os.kill(os.getpid(), signal.SIGKILL)
