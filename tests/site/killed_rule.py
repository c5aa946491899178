"""Asking a rule of many people, whose worker is killed at a step of it; see ``killing``.

Ten people, in this order: two who owe nothing yet; one who owes a course of the rule by hand, for a later day; one who has
learned it; one without a user; one who owes it for the rule, and whom that does not fit any more; one whom something else
kept from it until now; three who owe nothing yet. The rule asks for a course, and for a program with two.
"""

from datetime import timedelta

import frappe
from frappe.utils import getdate

from smooth_lms_hr import api
from smooth_lms_hr.assigning import rule_runs
from smooth_lms_hr.sources.names import ASSIGNMENT, CAUSE, EXCEPTION, RULE
from tests.site import bench_harness, differences, factory, killing
from tests.site.crowd import clear_away
from tests.site.factory import insert

EVENT, ENROLLMENT, PROGRAM = "LMS Training Event", "LMS Enrollment", "LMS Program"
PROGRAM_MEMBER = "LMS Program Member"
PER_COMMIT = 2
A = "smooth_lms_hr.assigning."
# What of asking is done in a step of shared work. The counts are of steps, two people each, unless it is told.
STEPS = {
	**killing.steps_of_shared_work(A + "asking:Asking.carry_out"),
	"everything is read and decided": (A + "asking:Asking._join", "before", 1),
	"one of two has joined the program": ("smooth_lms_hr.sources.learning_groups:join", "after", 1),
	"all have joined the program": (A + "asking:Asking._join", "after", 1),
	"assignments are written, nobody is enrolled": (A + "assigning:_insert", "after", 1),
	"all are enrolled, no event is written": (A + "assignments:record_assigned", "before", 1),
	"events are written, others not told": (A + "assigning:_tell_others", "before", 1),
	"a cause is added, the date not brought forward": (A + "causes:_insert", "after", 1),
	"a date is brought forward": (A + "causes:add", "after", 2),
	"what no longer fits is assigned, not ended": (A + "asking:end", "before", 3),
	"a cause has ended, nothing is cancelled": (A + "causes:end", "after", 1),
	"what no longer fits is cancelled": (A + "asking:end", "after", 3),
	"an exception is not written yet": (A + "exceptions:_write", "before", 3),
	"an exception is written": (A + "exceptions:settle", "after", 3),
	"an exception that was solved is not gone yet": (A + "exceptions:settle", "before", 4),
	"an exception that was solved is gone": (A + "exceptions:settle", "after", 4),
	"the result is written, the rule does not say so": (A + "rules:note_applied", "before", 1),
	"whom it fits is counted, not written": (A + "rules:note", "before", 1),
	"the rule says so, nothing is committed": (A + "rules:note", "after", 1),
}  # fmt: skip
CHANGED = (ASSIGNMENT, CAUSE, EXCEPTION, RULE, PROGRAM, PROGRAM_MEMBER, ENROLLMENT)
# So many in the test of many: more are slower than they prove.
MANY = 1000


def gather_for_rule() -> dict:
	"""Commit people and a rule that waits for HR's yes."""
	began = str(frappe.utils.now_datetime())
	factory.mail_account()
	hr = factory.hr_manager()
	frappe.set_user(hr)
	course, *two = (factory.course(is_mandatory=0) for _ in range(3))
	people = [factory.employee(None if number == 4 else factory.user()) for number in range(10)]
	designation = factory.designation(factory.unique("Driver"))
	_first, _second, by_hand, learned, _no_user, leaver, kept_from, *_others = people
	_put(leaver, designation=designation)
	doc = factory.rule(
		"Killed",
		[course],
		[("Designation", designation)],
		due_days=7,
		confirm_above=1,
		when_it_no_longer_fits="Cancel",
	)
	doc.append("contents", {"content_type": PROGRAM, "content": factory.program(two)})
	doc.confirm_above = 0
	doc.save()
	late = str(getdate() + timedelta(days=60))
	api.assign_mandatory_training(employees=[by_hand.name, learned.name], courses=[course], due_date=late)
	factory.complete_lessons(learned.user_id, course)
	# Nothing says so: neither rule nor queue hears of it.
	for each in people:
		_put(each, designation=None if each is leaver else designation)
	_put(kept_from, status="Active")
	insert(
		EXCEPTION,
		[
			{
				"name": "killed", "employee": kept_from.name, "employee_name": "Kept", "rule": doc.name, "course": "",
				"kind": "No User", "why": "There was no user.", "since": frappe.utils.now_datetime(),
			}
		],
	)  # fmt: skip
	return _made(began, hr, doc.name, people)


def gather_many_for_rule() -> dict:
	"""Commit very many people, as an import writes them, and a rule for them all that waits for HR's yes."""
	began = str(frappe.utils.now_datetime())
	hr = factory.hr_manager()
	frappe.set_user(hr)
	designation = factory.designation(factory.unique("Driver"))
	names = [factory.unique(f"many-{number:04}").lower() for number in range(MANY)]
	insert("User", [_user(name) for name in names])
	insert("Has Role", [_role(name) for name in names])
	insert("Employee", [_employee(name, designation) for name in names])
	doc = factory.rule(
		"Killed many", [factory.course(is_mandatory=0)], [("Designation", designation)], due_days=7, confirm_above=9
	)  # fmt: skip
	people = [frappe._dict(name=name, user_id=_address(name)) for name in names]
	# A thousand mails would be most of the time, and the small one has them.
	frappe.db.set_single_value("LMS Training Settings", "notify_on_assignment", 0)
	return _made(began, hr, doc.name, people)


def kill_rule_at(steps: list[str], **made) -> dict:
	"""Apply the rule undisturbed, then once for each step, killed there; see ``killing.live``."""
	rule_runs.PER_COMMIT = PER_COMMIT
	killing.make_small()
	return _live({step: STEPS[step] for step in steps}, **made)


def kill_rule_of_many(**made) -> dict:
	"""Apply the rule undisturbed, and killed in the middle, at the size that it has."""
	return _live({"in the middle": (A + "asking:Asking.carry_out", "after", 5)}, **made)


def _live(steps: dict, **made) -> dict:
	differences.set_test_mode(False)
	morning = killing.look_around(CHANGED, (EVENT, *killing.ADDED_TO))
	return killing.live(_work(**made), steps, morning)


def _work(hr: str, rule: str, members: list, employees: list, **_made) -> killing.Work:
	def start() -> None:
		frappe.set_user(hr)
		api.apply_rule(rule)

	def status() -> dict | None:
		run = frappe.db.get_value(killing.RUN, {"owner": hr})
		frappe.set_user(hr)
		return rule_runs.APPLYING.status(run) if run else None

	return killing.Work(
		start,
		status,
		{
			ASSIGNMENT: "member",
			ENROLLMENT: "member",
			EVENT: "member",
			PROGRAM_MEMBER: "member",
			EXCEPTION: "employee",
			CAUSE: "cause",
			RULE: "name",
			PROGRAM: "name",
		},
		{
			"member": members,
			"employee": employees,
			"cause": [rule, hr],
			"name": [rule, *frappe.get_all(PROGRAM, pluck="name")],
		},
		hr,
		"training-rule-",
		("result", "employee", "member", "course", "message"),
	)


def clear_rule_away(began: str, **_made) -> None:
	frappe.set_user("Administrator")
	frappe.db.set_single_value("LMS Training Settings", "notify_on_assignment", 1)
	frappe.db.delete(EXCEPTION)
	frappe.db.delete(CAUSE)
	clear_away(began)


def _made(began: str, hr: str, rule: str, people: list) -> dict:
	# What was assigned before is announced by now: that is none of the rule's.
	bench_harness.run_jobs()
	for doctype in (killing.ERRORS, killing.MAILS, killing.RECIPIENTS, killing.RUN, killing.RUN_STEP):
		frappe.db.delete(doctype)
	frappe.db.commit()
	return {
		"began": began,
		"hr": hr,
		"rule": rule,
		"employees": [each.name for each in people],
		"members": [each.user_id for each in people if each.user_id],
	}


def _put(employee, **values) -> None:
	frappe.db.set_value("Employee", employee.name, values)


def _address(name: str) -> str:
	return f"{name}@example.com"


def _user(name: str) -> dict:
	return {
		"name": _address(name),
		"email": _address(name),
		"first_name": name,
		"full_name": name,
		"enabled": 1,
	}


def _role(name: str) -> dict:
	place = {"parent": _address(name), "parenttype": "User", "parentfield": "roles"}
	return {"name": frappe.generate_hash(length=10), "role": "LMS Student", **place}


def _employee(name: str, designation: str) -> dict:
	return {
		"name": name, "employee": name, "employee_name": name, "first_name": name, "user_id": _address(name),
		"company": factory.company(), "designation": designation, "status": "Active", "date_of_joining": "2026-11-01",
	}  # fmt: skip
