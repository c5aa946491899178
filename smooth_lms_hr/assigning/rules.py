"""When rules are asked, and of whom: as HR saves an employee or a rule, by HR's yes, and daily (rule 10).

Up to a few people are asked while HR saves, more in Frappe's queue. Where the queue does not answer, or a worker dies, the
next daily run asks: to ask again assigns nobody twice.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import NamedTuple

import frappe
from frappe import _
from frappe.desk.doctype.notification_log.notification_log import make_notification_logs
from frappe.utils import cint, getdate, now_datetime

from smooth_lms_hr.assigning import asking, compliance_rules
from smooth_lms_hr.assigning.asking import Asking, say_assigned
from smooth_lms_hr.assigning.assigning import AssignmentTerms, Wish, terms_now
from smooth_lms_hr.sources import jobs, rules
from smooth_lms_hr.sources.attempts import attempt
from smooth_lms_hr.sources.managers import hr_managers
from smooth_lms_hr.sources.names import EXCEPTION, RULE
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.training.rules import Rule

# People who are asked while somebody waits for a save.
AT_ONCE = 20
# Employees asked between two commits.
CHUNK = 500
# What of an employee rules ask about.
ASKED_ABOUT = (*rules.OF_TRANSFER, "status", "user_id", "date_of_joining")
JOB = "smooth_lms_hr_rule"


def asking_of(employee: str | None, of_terms: AssignmentTerms, also: Collection[Wish]) -> Asking:
	"""Return what all rules ask of an employee together with what else does. Writes nothing.

	:param employee: None for somebody who is none, and whom no rule asks for anything
	"""
	enabled = rules.read_rules(enabled=True) if employee else []
	return Asking([employee] if enabled else [], enabled, of_terms, also)


def note_transfer(doc) -> None:
	"""Write on an employee that is being saved the day of a transfer, which days may be counted from.

	:param doc: an Employee; whatever a form or request says of that day, what was known stands
	"""
	before = doc.get_doc_before_save()
	doc.set(rules.MOVED_ON, before.get(rules.MOVED_ON) if before else None)
	if before and any((before.get(field) or "") != (doc.get(field) or "") for field in rules.OF_TRANSFER):
		doc.set(rules.MOVED_ON, getdate())


def ask_about(doc) -> None:
	"""Ask all rules about an employee who has just been saved. Never raises for what goes wrong with training.

	:param doc: an Employee
	"""
	before = doc.get_doc_before_save()
	if before and all((before.get(field) or "") == (doc.get(field) or "") for field in ASKED_ABOUT):
		return
	with attempt(_("Asking the training rules of {0} failed").format(doc.name), doc.doctype, doc.name):
		if get_settings().enabled and (enabled := rules.read_rules(enabled=True)):
			say_assigned(Asking([doc.name], enabled, terms_now()).carry_out())


def after_change(doc) -> None:
	"""Let a rule that has just been saved be asked of whom it may be about: now, or in the background.

	:param doc: an LMS Training Rule
	"""
	with attempt(_("Asking the training rule {0} failed").format(doc.name), RULE, doc.name):
		about = whom(doc, AT_ONCE + 1)
		if len(about) <= AT_ONCE:
			_ask(rules.read_rules([doc.name]), in_chunks(about), lambda step: step())
		else:
			jobs.enqueue_after_commit(
				"smooth_lms_hr.assigning.rule_runs.work", job_id=f"{JOB}_{doc.name}", rule=doc.name
			)


def refuse_deletion(doc) -> None:
	"""Keep a rule that open training rests on from being deleted before that has followed the rule's word.

	:raises frappe.ValidationError:
	"""
	about = asking.standing([doc.name], limit=AT_ONCE + 1)
	if len(about) > AT_ONCE:
		frappe.throw(
			_(
				"More than {0} open assignments rest on {1}. Switch it off first: they follow what you chose under {2}, in the background."
			).format(AT_ONCE, frappe.bold(frappe.utils.escape_html(doc.name)), _("When It No Longer Fits")),
			title=_("Not Deleted"),
		)
	asking.end(asking.by_assignment(about), [rules.rule_of(doc)])
	compliance_rules.forget(rules.rule_of(doc))
	frappe.db.delete(EXCEPTION, {"rule": doc.name})


def name_once(doctype: str, name: str) -> None:
	"""Let no rule have two lines that say the same, where two records that it names have become one.

	Where it lets one in and excludes the other, both lines stay: that is for HR to decide.
	"""
	for table, kind, value, exclude in (
		(rules.AUDIENCE, "applies_to", "value", ["exclude"]),
		(rules.CONTENT, "content_type", "content", []),
	):
		seen, doubles = set(), []
		for line in frappe.get_all(
			table, {kind: doctype, value: name}, ["name", "parent", *exclude], order_by="parent, idx"
		):
			said = (line.parent, *(cint(line[field]) for field in exclude))
			if said in seen:
				doubles.append(line.name)
			seen.add(said)
		if doubles:
			frappe.db.delete(table, {"name": ("in", doubles)})


def note_applied(rule: str) -> None:
	"""Write on a rule that it was asked of everybody just now, and of how many it fits."""
	if frappe.db.exists(RULE, rule):
		about = whom(frappe.get_doc(RULE, rule))
		fits = sum(
			(Asking(chunk, rules.read_rules([rule]), terms_now()).fits for chunk in in_chunks(about)),
			start=Counter(),
		)
		note([rule], fits, {})


def ask_everybody(do: Callable[[str, Callable[[], None]], None]) -> None:
	"""Ask all rules of everybody, for what no event announced: a part of the daily run.

	:param do: does a step as a transaction of its own, by the words that name it; see ``daily.Steps.do``
	"""
	what = _("Asking the training rules")
	_ask(rules.read_rules(), _all_employees(), partial(do, what))


def in_chunks(names: Collection[str]) -> Iterator[list[str]]:
	"""Yield names in the parts in which they are asked."""
	names = sorted(names)
	return (names[start : start + CHUNK] for start in range(0, len(names), CHUNK))


def _all_employees() -> Iterator[list[str]]:
	after = ""
	while chunk := rules.employees_after(after, CHUNK):
		yield chunk
		after = chunk[-1]


class Look(NamedTuple):
	"""What asking rules of very many would come to.

	:param fits: how many people each rule fits
	:param waiting: how many each would newly assign to, of those rules that may not without a yes
	:param unsettled: the chunks of people for whom anything would change
	"""

	fits: Counter[str]
	waiting: dict[str, int]
	unsettled: list[list[str]]


def look_at(asked: Collection[Rule], chunks: Iterable[list[str]]) -> Look:
	"""Say what asking rules of employees would come to. Writes nothing."""
	fits, newly, unsettled = Counter(), Counter(), []
	for chunk in chunks:
		looked = Asking(chunk, asked, terms_now())
		fits += looked.fits
		newly += Counter({name: len(people) for name, people in looked.newly_assigned().items()})
		if not looked.is_settled():
			unsettled.append(chunk)
	waiting = {rule.name: newly[rule.name] for rule in asked if newly[rule.name] > rule.confirm_above}
	return Look(fits, waiting, unsettled)


def _ask(
	asked: Collection[Rule], chunks: Iterable[list[str]], do: Callable[[Callable[[], None]], None]
) -> None:
	"""Ask rules of employees: first what that would come to, then of those for whom anything changes.

	:param do: does a step
	"""
	if not asked or not get_settings().enabled:
		return
	names, look = [rule.name for rule in asked], look_at(asked, chunks)
	for chunk in look.unsettled:
		# Read anew: it may be done again, or long after it was looked at.
		do(lambda chunk=chunk: Asking(chunk, rules.read_rules(names), terms_now()).carry_out(look.waiting))
	do(lambda: note(names, look.fits, look.waiting))


def note(names: Collection[str], fits: Counter, waiting: dict[str, int]) -> None:
	"""Write on rules what came of asking them, and ask HR for a yes where one has begun to wait."""
	for rule in frappe.get_all(
		RULE, {"name": ("in", list(names))}, ["name", "title", "waiting_people"], order_by="name"
	):
		now = {"fits_now": fits[rule.name], "waiting_people": waiting.get(rule.name, 0)}
		# When it was asked last changes with every day: that alone is no change of the rule.
		values = now | {"last_applied_on": now_datetime()}
		frappe.db.set_value(RULE, rule.name, values, update_modified=False)
		if now["waiting_people"] and not rule.waiting_people:
			_ask_for_yes(rule, now["waiting_people"])


def _ask_for_yes(rule, people: int) -> None:
	users = hr_managers()
	with attempt(_("Telling HR of the training rule {0} failed").format(rule.name), RULE, rule.name):
		make_notification_logs(
			frappe._dict(
				type="Alert",
				document_type=RULE,
				document_name=rule.name,
				subject=_("{0} would assign training to {1} people at once and has to be confirmed").format(
					plain_text(rule.title), people
				),
				from_user="Administrator",
			),
			users,
		)


def whom(doc, limit: int | None = None) -> set[str]:
	"""Return the employees whom a rule may be about: those whom it may fit, and those who are known for it.

	:param limit: more than so many need not be found of each kind
	"""
	known = {row.employee for row in asking.standing([doc.name], limit=limit) if row.employee}
	known.update(
		frappe.get_all(
			EXCEPTION, {"rule": doc.name}, pluck="employee", order_by="name", limit_page_length=limit or 0
		)
	)
	known.update(compliance_rules.holders(doc.name, limit))
	return known.union(rules.whom_it_may_fit(rules.rule_of(doc), limit) if doc.enabled else ())
