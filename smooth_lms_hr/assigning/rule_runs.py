"""Asking a rule of very many people: shared by the workers in the background, as a campaign is (rule 10)."""

import hashlib
import json

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from smooth_lms_hr.assigning import rules
from smooth_lms_hr.assigning.asking import Asking
from smooth_lms_hr.assigning.assigning import AssignmentOutcome, terms_now
from smooth_lms_hr.assigning.result_rows import as_csv, as_file
from smooth_lms_hr.assigning.shared_work import Outcome, SharedWork
from smooth_lms_hr.sources import words
from smooth_lms_hr.sources.attempts import run_and_commit
from smooth_lms_hr.sources.names import RULE, RUN
from smooth_lms_hr.sources.rules import read_rules
from smooth_lms_hr.sources.settings import SETTINGS, get_settings

# Employees asked between two commits: seconds of work, so that locks are held no longer.
PER_COMMIT = 100
EVENT = "smooth_lms_hr:rule"


def start(rule: str, employees: list[str]) -> str:
	"""Start asking a rule of employees, in the background, whatever number it assigns to; return the run.

	:raises frappe.ValidationError: where the queue does not answer
	"""
	wish = json.dumps([rule, frappe.session.user, str(getdate())])
	run = hashlib.sha256(wish.encode()).hexdigest()[:20]
	APPLYING.start(
		run,
		# A run has a step at least: it is what says that the rule was asked.
		employees or [""],
		per_step=PER_COMMIT,
		arguments={"rule": rule},
		file_name=f"training-rule-{getdate()}-{frappe.generate_hash(length=6)}.csv",
	)
	return run


def work(rule: str) -> None:
	"""Ask a rule that was saved of everybody it may be about, unless it has to wait for a yes. A job in Frappe's queue."""
	if not frappe.db.exists(RULE, rule) or not get_settings().enabled:
		return
	about = rules.whom(frappe.get_doc(RULE, rule))
	look = rules.look_at(read_rules([rule]), rules.in_chunks(about))
	if look.waiting:
		title = _("Asking the training rule {0} failed").format(rule)
		run_and_commit(lambda: rules.note([rule], look.fits, look.waiting), title)
	else:
		start(rule, sorted(about))


def apply(rule: str) -> str:
	"""Start asking a rule of everybody it may be about, as somebody's yes to however many these are; return the run.

	``smooth_lms_hr:rule`` tells the session user how it goes.

	:raises frappe.ValidationError: where training is switched off, or the queue does not answer
	"""
	_refuse_where_training_is_off()
	return start(rule, sorted(rules.whom(frappe.get_doc(RULE, rule))))


def work_part(run: str, part: int) -> None:
	"""The background job: ask one part of the employees of a run."""
	APPLYING.do_part(run, part)


def _refuse() -> None:
	# Whoever said yes may have lost the role since, and training may have been switched off.
	frappe.has_permission(RULE, "write", throw=True)
	_refuse_where_training_is_off()


def _refuse_where_training_is_off() -> None:
	if not get_settings().enabled:
		frappe.throw(
			_("Mandatory training is switched off in {0}.").format(_(SETTINGS)), title=_("Not Applied")
		)


def _ask(employees: list, arguments: dict) -> Outcome:
	outcome = Asking(employees, read_rules([arguments["rule"]]), terms_now()).carry_out()
	return _outcome(outcome)


def _give_up(employees: list, error: str) -> Outcome:
	lines = [{"result": "failed", "employee": name, "message": error} for name in employees]
	return Outcome({"failed": len(lines)}, as_csv(lines, head=False))


def _outcome(found: AssignmentOutcome) -> Outcome:
	said = {
		"created": lambda result: words.describe_assigned(result.plan),
		"existing": lambda result: result.error or words.reason_not_to_assign(result.plan),
		"failed": lambda result: result.error,
	}
	lines = [
		{
			"result": kind,
			"employee": result.person.employee,
			"member": result.person.member,
			"course": result.plan.course.name,
			"assignment": result.assignment,
			"message": say(result),
		}
		for kind, say in said.items()
		for result in getattr(found, kind)
	]
	return Outcome({kind: len(getattr(found, kind)) for kind in said}, as_csv(lines, head=False))


def _rule_of(run: str) -> str:
	return json.loads(frappe.db.get_value(RUN, run, "arguments"))["rule"]


def _tell(run: str, state: dict) -> None:
	told = {"run": run, "rule": _rule_of(run), **state}
	frappe.publish_realtime(EVENT, told, user=frappe.session.user)


def _end(run: str, file: Document) -> None:
	rules.note_applied(_rule_of(run))


APPLYING = SharedWork(
	job="smooth_lms_hr.assigning.rule_runs.work_part",
	job_prefix=rules.JOB,
	refuse=_refuse,
	do=_ask,
	give_up=_give_up,
	pieces=as_file,
	tell=_tell,
	tell_end=_end,
)
