"""Rules, and what they ask about of employees: read in sets, whatever the number of rules, lines and people."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

import frappe
from frappe.utils import cint, get_datetime, getdate

from smooth_lms_hr.sources import facts, visibility
from smooth_lms_hr.sources.departments import departments_above, departments_below
from smooth_lms_hr.sources.names import ONBOARDING, RULE
from smooth_lms_hr.training.audience import DEPARTMENT, EMPLOYEE, Audience, Line
from smooth_lms_hr.training.due_dates import Anchor, DueTerms, fixed_day
from smooth_lms_hr.training.rules import BATCH, COMPLIANCE_TYPE, COURSE, PROGRAM, Asked, Content, Rule

AUDIENCE, CONTENT = "LMS Training Audience", "LMS Training Content"
# Whose rows name the courses, by the kind of what contents name.
ROWS_OF = {PROGRAM: "LMS Program Course", BATCH: "Batch Course", COMPLIANCE_TYPE: "Compliance Requirement"}
NEW_HIRES = "New Hires"
# What an audience can name, as Employee calls it.
FIELDS = {
	"Company": "company",
	DEPARTMENT: "department",
	"Designation": "designation",
	"Branch": "branch",
	"Employee Grade": "grade",
	"Employment Type": "employment_type",
	EMPLOYEE: "name",
}
# A change of one of these is a transfer (rule 12).
OF_TRANSFER = tuple(fieldname for kind, fieldname in FIELDS.items() if kind != EMPLOYEE)
MOVED_ON = "training_moved_on"
OF_RULE = (
	"name", "title", "applies", "due_days", "due_from", "fixed_due_date", "counts_if_completed_within",
	"when_it_no_longer_fits", "confirm_above", "creation", "enabled",
)  # fmt: skip


def read_rules(names: Collection[str] | None = None, enabled: bool = False) -> list[Rule]:
	"""Return rules, in a stable order; one that is switched off fits nobody.

	:param names: of those that are meant, None for all
	:param enabled: those that are switched on alone
	"""
	filters: dict = {"name": ("in", list(names))} if names is not None else {}
	if enabled:
		filters["enabled"] = 1
	rows = frappe.get_all(RULE, filters=filters, fields=list(OF_RULE), order_by="name")
	if not rows:
		return []
	parents = {"parenttype": RULE, "parent": ("in", [row.name for row in rows])}
	lines, contents = defaultdict(list), defaultdict(list)
	for line in frappe.get_all(
		AUDIENCE, filters=parents, fields=["parent", "applies_to", "value", "exclude"], order_by="parent, idx"
	):
		lines[line.parent].append(line)
	for content in frappe.get_all(
		CONTENT, filters=parents, fields=["parent", "content_type", "content"], order_by="parent, idx"
	):
		contents[content.parent].append(content)
	return _rules([(row, lines[row.name], contents[row.name]) for row in rows])


def first_mails(names: Collection[str]) -> dict[str, str]:
	"""Return the Email Template by which what rules assign is announced, of those that have one of their own."""
	filters = {"name": ("in", list(names)), "email_template": ("is", "set")}
	return dict(frappe.get_all(RULE, filters, ["name", "email_template"], order_by="name", as_list=True))


def gating() -> list[str]:
	"""Return the names of rules whose training gates, those that are switched off too: what they asked for may stand."""
	return frappe.get_all(RULE, {"gates": 1}, pluck="name", order_by="name")


def rule_of(doc) -> Rule:
	"""Return the rule that a document stands for, saved or not, whether it is switched on or not."""
	(rule,) = _rules([(doc, doc.audience, doc.contents)])
	return rule


def _rules(read: list[tuple]) -> list[Rule]:
	contents = _contents({(row.content_type, row.content) for _rule, _lines, rows in read for row in rows})
	return [
		Rule(
			name=row.name,
			title=row.title or "",
			enabled=bool(cint(row.enabled)),
			audience=Audience(
				[Line(line.applies_to, line.value, bool(cint(line.exclude))) for line in lines]
			),
			contents=[contents[row.content_type, row.content] for row in rows],
			due=DueTerms(
				made_on=getdate(row.creation),
				days=cint(row.due_days),
				counted_from=Anchor(row.due_from or Anchor.ASSIGNMENT.value),
				fixed_day=fixed_day(row.fixed_due_date) if row.fixed_due_date else None,
			),
			new_hires=row.applies == NEW_HIRES,
			counts_within=cint(row.counts_if_completed_within),
			when_it_no_longer_fits=row.when_it_no_longer_fits,
			confirm_above=cint(row.confirm_above),
		)
		for row, lines, rows in read
	]


def _contents(asked_for: set[tuple[str, str]]) -> dict[tuple[str, str], Content]:
	"""Return what each line of contents comes to, by its kind and name.

	Of an unpublished course nobody can learn anything: it is asked for again once it is published.
	"""
	names = {kind: [name for each, name in asked_for if each == kind] for kind in (COURSE, *ROWS_OF)}
	courses_of = defaultdict(list)
	for name in names[COURSE]:
		courses_of[COURSE, name] = [name]
	for kind, rows in ROWS_OF.items():
		if not names[kind]:
			continue
		for row in frappe.get_all(
			rows,
			filters={"parenttype": kind, "parent": ("in", names[kind]), "course": ("is", "set")},
			fields=["parent", "course"],
			order_by="parent, idx",
		):
			courses_of[kind, row.parent].append(row.course)
	ends_on = {}
	if names[BATCH]:
		rows = frappe.get_all(BATCH, {"name": ("in", names[BATCH])}, ["name", "end_date"], order_by="name")
		ends_on = {row.name: _day(row.end_date) for row in rows}
	published = {
		course.name: course
		for course in facts.published_courses({name for found in courses_of.values() for name in found})
	}
	return {
		(kind, name): Content(
			kind,
			name,
			tuple(published[course] for course in courses_of[kind, name] if course in published),
			ends_on.get(name) if kind == BATCH else None,
		)
		for kind, name in asked_for
	}


def is_within(lines: Collection, user: str) -> bool:
	"""Return whether a rule is about nobody but those whom User Permissions leave somebody.

	:param lines: of its audience, with applies_to, value and exclude
	"""
	return not_within(lines, user) is None


def not_within(lines: Collection, user: str) -> str | None:
	"""Return of what kind a rule would need lines, to be about nobody else; None where it needs none."""
	limits = visibility.limits(EMPLOYEE, user)
	for kind, fieldname in FIELDS.items():
		if fieldname not in limits:
			continue
		values = [line.value for line in lines if line.applies_to == kind and not cint(line.exclude)]
		if not values or not limits[fieldname].issuperset(values):
			return kind
	return None


def asked(employees: Collection[str]) -> dict[str, Asked]:
	"""Return what rules ask about of employees who are active; nobody else is asked."""
	if not employees:
		return {}
	rows = frappe.get_all(
		EMPLOYEE,
		filters={"name": ("in", list(employees)), "status": "Active"},
		fields=[*FIELDS.values(), "date_of_joining", MOVED_ON],
		order_by="name",
	)
	above = departments_above({row.department for row in rows if row.department})
	onboardings = _latest_onboardings([row.name for row in rows])
	found = {}
	for row in rows:
		traits = {kind: (row[field],) if row[field] else () for kind, field in FIELDS.items()}
		traits[DEPARTMENT] = above.get(row.department, ())
		made_on, begins_on = onboardings.get(row.name, (None, None))
		anchors = {
			Anchor.JOINING: _day(row.date_of_joining),
			Anchor.ONBOARDING: begins_on,
			Anchor.TRANSFER: _day(row[MOVED_ON]),
		}
		found[row.name] = Asked(traits, anchors, made_on)
	return found


def whom_it_may_fit(rule: Rule, limit: int | None = None) -> list[str]:
	"""Return the active employees among whom everybody is whom a rule fits, and some more; the rule decides."""
	filters: dict = {"status": "Active"}
	for kind, values in rule.audience.wanted.items():
		# Departments are few; that their names are as many as a tree has is no matter.
		names = departments_below(values) if kind == DEPARTMENT else list(values)
		filters[FIELDS[kind]] = ("in", names)
	return frappe.get_all(
		EMPLOYEE, filters=filters, order_by="name", pluck="name", limit_page_length=limit or 0
	)


def employees_after(name: str, limit: int) -> list[str]:
	"""Return the next employees by name, also those who are not active: what could not be met of them is over.

	:param name: of the employee to go on after, "" to begin
	"""
	return frappe.get_all(
		EMPLOYEE, filters={"name": (">", name)}, order_by="name", pluck="name", limit_page_length=limit
	)


def _latest_onboardings(employees: list[str]) -> dict[str, tuple[date, date | None]]:
	"""Return when the latest onboarding of each was made, and begins."""
	rows = frappe.get_all(
		ONBOARDING,
		filters={"employee": ("in", employees), "docstatus": ("!=", 2)},
		fields=["employee", "creation", "boarding_begins_on"],
		order_by="creation",
	)
	return {row.employee: (get_datetime(row.creation).date(), _day(row.boarding_begins_on)) for row in rows}


def _day(value) -> date | None:
	return getdate(value) if value else None
