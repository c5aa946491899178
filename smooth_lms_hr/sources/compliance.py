"""What people have to hold, and what there is to prove it: read in sets, whatever the number of people and types."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

import frappe
from frappe.utils import cint, getdate
from pypika import Criterion

from smooth_lms_hr.sources import cache
from smooth_lms_hr.sources.names import ASSIGNMENT, COMPLIANCE_TYPE, DOCUMENT, EVIDENCE, TRAINING_EVENT
from smooth_lms_hr.training import compliance
from smooth_lms_hr.training.compliance import COURSE, PROGRAM, YEARS, Proof, Requirement, Terms

REQUIREMENT = "Compliance Requirement"
# What a requirement names, by its kind.
NAMED_BY = {COURSE: "course", compliance.DOCUMENT: "document_type", PROGRAM: "training_program"}
KEY = "smooth_lms_hr_compliance_types"
# Where the cache was not told, an hour makes up for it.
SECONDS = 60 * 60
# A requirement, as it is looked for: its kind and the name, of a document in small letters.
Key = tuple[str, str]


def are_there() -> bool:
	"""Return whether the site has any Compliance Type: one look into the cache, since learners wait for it."""
	if (known := cache.kept(KEY)) is None:
		known = str(int(bool(frappe.db.exists(COMPLIANCE_TYPE, {"name": ("is", "set")}))))
		cache.keep(KEY, known, SECONDS)
	return known == "1"


def changed() -> None:
	"""Forget whether there is any, as one is made or deleted: now, and once that is committed."""
	cache.forget(KEY)
	frappe.db.after_commit.add(lambda: cache.forget(KEY))
	frappe.db.after_rollback.add(lambda: cache.forget(KEY))


def types(names: Collection[str] | None = None) -> dict[str, Terms]:
	"""Return what types ask for, by name.

	:param names: of those that are meant, None for all
	"""
	filters: dict = {"name": ("in", sorted(names))} if names is not None else {}
	fields = ["name", "renew_every", "renew_unit", "alert_days_before", "needs_verification"]
	rows = frappe.get_all(COMPLIANCE_TYPE, filters, fields, order_by="name")
	if not rows:
		return {}
	asked = defaultdict(list)
	for row in frappe.get_all(
		REQUIREMENT,
		{"parenttype": COMPLIANCE_TYPE, "parent": ("in", [row.name for row in rows])},
		["parent", "kind", "needs_certificate", *NAMED_BY.values()],
		order_by="parent, idx",
	):
		asked[row.parent].append(requirement(row))
	return {row.name: terms(row, asked[row.name]) for row in rows}


def terms(row, requirements: Collection[Requirement]) -> Terms:
	"""Return what a Compliance Type asks for.

	:param row: of it, or the document
	"""
	return Terms(
		tuple(requirements),
		cint(row.renew_every),
		row.renew_unit or YEARS,
		cint(row.alert_days_before),
		bool(cint(row.needs_verification)),
	)


def requirement(row) -> Requirement:
	"""Return what a row, or document, of Compliance Requirement asks for."""
	named = (row.get(NAMED_BY[row.kind]) or "").strip()
	return Requirement(row.kind, named, row.kind == COURSE and bool(cint(row.needs_certificate)))


def proofs(employees: Collection[str], asked: Collection[Requirement]) -> dict[str, list[Proof]]:
	"""Return all that proves requirements of employees, also what has ended meanwhile; four queries at most.

	:param employees: names
	:param asked: whatever any of them has to meet
	"""
	of_key: dict[Key, list[Requirement]] = defaultdict(list)
	for one in asked:
		of_key[_key(one.kind, one.name)].append(one)
	found = defaultdict(list)
	if not employees:
		return found
	named = defaultdict(list)
	for kind, name in of_key:
		named[kind].append(name)
	for kind, read in ((COURSE, _courses), (PROGRAM, _programs), (compliance.DOCUMENT, _documents)):
		if not named[kind]:
			continue
		for row in read(sorted(employees), sorted(named[kind])):
			for one in of_key.get(_key(kind, row.of), ()):
				if one.needs_certificate and not row.certified:
					continue
				found[row.employee].append(
					Proof(one, getdate(row.proved_on), _day(row.ends_on), row.evidence, row.document)
				)
	return found


def titles(requirements: Collection[Requirement]) -> dict[Requirement, str]:
	"""Return what requirements are called."""
	courses = {one.name for one in requirements if one.kind == COURSE}
	filters = {"name": ("in", sorted(courses))}
	known = (
		dict(frappe.get_all("LMS Course", filters, ["name", "title"], order_by="name", as_list=True))
		if courses
		else {}
	)
	return {one: (known.get(one.name) if one.kind == COURSE else None) or one.name for one in requirements}


def _key(kind: str, name: str) -> Key:
	# A document is named by hand, by different people.
	return kind, (name or "").strip().casefold() if kind == compliance.DOCUMENT else name


def _courses(employees: Collection[str], names: Collection[str]) -> list[frappe._dict]:
	"""Return valid evidence of courses; until when it counts, its assignment says."""
	evidence, assignment = frappe.qb.DocType(EVIDENCE), frappe.qb.DocType(ASSIGNMENT)
	filters = {"name": ("in", employees), "user_id": ("is", "set")}
	users = dict(frappe.get_all("Employee", filters, ["user_id", "name"], order_by="name", as_list=True))
	# What somebody learned before they were an employee is theirs too.
	before = evidence.employee.isnull() & evidence.member.isin(sorted(users)) if users else None
	whose = evidence.employee.isin(employees)
	rows = (
		frappe.qb.from_(evidence)
		.left_join(assignment)
		.on(assignment.name == evidence.assignment)
		.select(
			evidence.name.as_("evidence"),
			evidence.employee,
			evidence.member,
			evidence.course.as_("of"),
			evidence.completed_on.as_("proved_on"),
			assignment.valid_until.as_("ends_on"),
			evidence.certificate,
			evidence.certificate_file,
		)
		.where(whose | before if before else whose)
		.where(evidence.course.isin(names) & (evidence.status == "Valid"))
		.where(evidence.completed_on.isnotnull())
		.orderby(evidence.name)
		.run(as_dict=True)
	)
	for row in rows:
		row.employee = row.employee or users[row.member]
		row.certified = bool(row.certificate or row.certificate_file)
	return rows


def _programs(employees: Collection[str], names: Collection[str]) -> list[frappe._dict]:
	"""Return valid evidence of who was present at an event of training programs."""
	evidence, event = frappe.qb.DocType(EVIDENCE), frappe.qb.DocType(TRAINING_EVENT)
	return (
		frappe.qb.from_(evidence)
		.join(event)
		.on(event.name == evidence.cause)
		.select(
			evidence.name.as_("evidence"),
			evidence.employee,
			event.training_program.as_("of"),
			evidence.completed_on.as_("proved_on"),
		)
		.where(evidence.assignment.isnull() & evidence.employee.isin(employees))
		.where((evidence.cause_doctype == TRAINING_EVENT) & (evidence.status == "Valid"))
		.where(event.training_program.isin(names))
		.orderby(evidence.name)
		.run(as_dict=True)
	)


def _documents(employees: Collection[str], names: Collection[str]) -> list[frappe._dict]:
	"""Return verified documents, of certificates those whose evidence is valid.

	:param names: in small letters
	"""
	document, evidence = frappe.qb.DocType(DOCUMENT), frappe.qb.DocType(EVIDENCE)
	rows = (
		frappe.qb.from_(document)
		.left_join(evidence)
		.on(evidence.name == document.evidence)
		.select(
			document.name.as_("document"),
			document.employee,
			document.document_type.as_("of"),
			document.issued_on,
			document.verified_on,
			document.expires_on.as_("ends_on"),
		)
		.where(document.employee.isin(employees) & document.verified_on.isnotnull())
		.where(document.revoked_on.isnull())
		.where(Criterion.any([evidence.name.isnull(), evidence.status == "Valid"]))
		.orderby(document.name)
		.run(as_dict=True)
	)
	wanted = set(names)
	for row in rows:
		# Where nobody says of which day it is, it is of the day on which HR has looked at it.
		row.proved_on = row.issued_on or row.verified_on
	return [row for row in rows if (row.of or "").strip().casefold() in wanted]


def _day(value) -> date | None:
	return getdate(value) if value else None
