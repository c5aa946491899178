"""How people stand with what they have to hold: the one writer of Employee Compliance, in sets.

A row is one cycle of a person and a Compliance Type, once in the database. It follows its proofs; what people decide of it
(waived, revoked) stands until they decide otherwise.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

import frappe
from frappe import _
from frappe.model.document import bulk_insert
from frappe.utils import cint, cstr, escape_html, getdate

from smooth_lms_hr.sources import compliance
from smooth_lms_hr.sources.attempts import attempt
from smooth_lms_hr.sources.names import COMPLIANCE, COMPLIANCE_PROOF
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.training.compliance import (
	COURSE,
	Proof,
	Requirement,
	Standing,
	follow,
	superseded,
)

# What is read of a row that is about to change.
OF_ROW = (
	"name", "employee", "employee_name", "company", "department", "compliance_type", "rule", "cycle", "is_current",
	"status", "completed_on", "next_renewal_date", "counts_from", "ended_on", "verified_by", "verified_on", "reason",
)  # fmt: skip
DATES = ("completed_on", "next_renewal_date", "counts_from", "ended_on")
OF_PROOF = ("requirement", "kind", "evidence", "document", "proved_on", "ends_on")
LEFT = "Left"


def follow_proofs(employees: Collection[str | None]) -> None:
	"""Let what employees have to hold follow what has just been proved, or is no proof any more. Never raises.

	Where it fails, the daily run makes up for it. Where nobody has to hold anything it costs one look into the cache.
	"""
	employees = sorted({employee for employee in employees if employee})
	if not employees or not compliance.are_there():
		return
	title = _("Following the compliance of {0} failed").format(", ".join(employees[:3]))
	with attempt(title, "Employee", employees[0]):
		settle(employees, getdate())


def settle(employees: Collection[str], today: date, types: Collection[str] | None = None) -> dict[str, int]:
	"""Write how employees stand with what they have to hold, as their proofs and the day say. In sets.

	Of two at once the later one may not see yet what the other has proved: the daily run looks again.

	:param employees: names
	:param today: in the site's time zone
	:param types: the Compliance Types that are meant, None for all
	:return: how many rows have changed, by their new status
	"""
	rows = locked(employees, types)
	if not rows:
		return {}
	asked = compliance.types({row.compliance_type for row in rows})
	proofs = compliance.proofs(
		{row.employee for row in rows},
		{one for terms in asked.values() for one in terms.requirements},
	)
	there = _people({row.employee for row in rows})
	held = held_by([row.name for row in rows])
	changes, new = {}, []
	for cycles in _by_holding(rows).values():
		*earlier, last = cycles
		terms = asked.get(last.compliance_type)
		person = there.get(last.employee)
		for row in earlier:
			changes[row.name] = values_of(superseded(standing(row, held), today), row, False)
		if not terms:
			continue
		now, again = follow(terms, standing(last, held), proofs.get(last.employee, ()), today)
		is_current = bool(person) and not last.ended_on
		changes[last.name] = values_of(now, last, is_current and not again) | _place(person)
		if again:
			new.append(_next_cycle(last, again, is_current))
	return _write(rows, changes, held, new)


def locked(employees: Collection[str], types: Collection[str] | None = None) -> list[frappe._dict]:
	"""Lock what employees hold until the transaction ends, and return it, the cycles of each in their order.

	:param types: the Compliance Types that are meant, None for all
	"""
	filters: dict = {"employee": ("in", sorted(employees))}
	if types is not None:
		filters["compliance_type"] = ("in", sorted(types))
	# By their names, in whose order whoever locks several does so: of who holds nothing, nothing is locked.
	if not (names := frappe.get_all(COMPLIANCE, filters, pluck="name", order_by="name")):
		return []
	rows = frappe.db.get_values(
		COMPLIANCE, {"name": ("in", names)}, OF_ROW, as_dict=True, order_by="name asc", for_update=True
	)
	return sorted(rows, key=lambda row: (row.employee, row.compliance_type, cint(row.cycle)))


def decide(row: frappe._dict, values: dict, said: str) -> None:
	"""Write what somebody has decided of a row, with a version and in the words of its timeline.

	:param row: as ``locked`` returns it
	:param values: fields and what they are now
	:param said: plain text
	"""
	frappe.db.set_value(COMPLIANCE, row.name, dict(values))
	changed = {
		field: (row[field], value) for field, value in values.items() if not _same(field, row[field], value)
	}
	bulk_insert("Version", [_version(row.name, changed, [], [])])
	frappe.get_doc(COMPLIANCE, row.name).add_comment("Info", escape_html(said))
	row.update(values)


def make(wanted: Mapping[tuple[str, str], tuple[str | None, str]]) -> None:
	"""Let employees have to hold types that they do not hold already. Who is asked by two at once holds it once.

	:param wanted: the name of the rule that asks first, None for HR, and why, in words, by employee and type
	"""
	if not wanted:
		return
	employees = {employee for employee, _type in wanted}
	filters = {
		"employee": ("in", sorted(employees)),
		"compliance_type": ("in", sorted({t for _e, t in wanted})),
	}
	there = frappe.get_all(COMPLIANCE, filters, ["employee", "compliance_type"], order_by=None, as_list=True)
	people = _people(employees)
	docs = []
	for employee, of_type in sorted(wanted.keys() - {tuple(row) for row in there}):
		rule, reason = wanted[employee, of_type]
		if employee in people:
			docs.append(
				_new(employee, of_type, 1, rule=rule, reason=plain_text(reason), **_place(people[employee]))
			)
	if docs:
		bulk_insert(COMPLIANCE, docs, ignore_duplicates=True)


def in_words(requirement: Requirement, title: str) -> str:
	"""Say what is asked for, in words."""
	if requirement.kind == COURSE and requirement.needs_certificate:
		return _("{0}, with its certificate").format(title)
	return title


def standing(row: frappe._dict, held: Mapping[str, Collection[frappe._dict]]) -> Standing:
	"""Return how a row of Employee Compliance stands, as it is written."""
	return Standing(
		status=row.status,
		completed_on=_day(row.completed_on),
		next_renewal_date=_day(row.next_renewal_date),
		proofs=tuple(
			Proof(
				Requirement(one.kind, one.requirement),
				_day(one.proved_on),
				_day(one.ends_on),
				one.evidence,
				one.document,
			)
			for one in held.get(row.name, ())
		),
		verified=bool(row.verified_on),
		counts_from=_day(row.counts_from),
	)


def values_of(now: Standing, row: frappe._dict, is_current: bool) -> dict:
	"""Return what to write of a row, its proofs among it."""
	return {
		"status": now.status,
		"completed_on": now.completed_on,
		"next_renewal_date": now.next_renewal_date,
		"is_current": int(is_current),
		"verified_by": row.verified_by if now.verified else None,
		"verified_on": row.verified_on if now.verified else None,
		"proofs": now.proofs,
	}


def _by_holding(rows: Iterable[frappe._dict]) -> dict[tuple[str, str], list[frappe._dict]]:
	found: dict[tuple[str, str], list[frappe._dict]] = {}
	for row in rows:
		found.setdefault((row.employee, row.compliance_type), []).append(row)
	return found


def _people(employees: Collection[str]) -> dict[str, frappe._dict]:
	"""Return those of the employees who are there, and where."""
	filters = {"name": ("in", sorted(employees)), "status": ("!=", LEFT)}
	fields = ["name", "employee_name", "company", "department"]
	return {row.name: row for row in frappe.get_all("Employee", filters, fields, order_by="name")}


def _place(person: frappe._dict | None) -> dict:
	if not person:
		return {}
	return {
		"employee_name": plain_text(person.employee_name),
		"company": person.company,
		"department": person.department,
	}


def _next_cycle(row: frappe._dict, now: Standing, is_current: bool):
	values = values_of(now, row, is_current)
	proofs = values.pop("proofs")
	same = {
		field: row[field]
		for field in ("employee_name", "company", "department", "rule", "reason", "ended_on")
	}
	doc = _new(
		row.employee, row.compliance_type, cint(row.cycle) + 1, **same, **values, counts_from=now.counts_from
	)
	doc.flags.proofs = proofs
	return doc


def _new(employee: str, of_type: str, cycle: int, **values):
	doc = frappe.get_doc(
		{
			"doctype": COMPLIANCE,
			"employee": employee,
			"compliance_type": of_type,
			"cycle": cycle,
			"status": "Pending",
			"is_current": 1,
			**values,
		}
	)
	doc.name = frappe.generate_hash(length=10)
	return doc


def held_by(names: Collection[str]) -> dict[str, list[frappe._dict]]:
	"""Return the proofs of rows as they are written, by the row's name; of those that have any."""
	if not names:
		return {}
	rows = frappe.get_all(
		COMPLIANCE_PROOF,
		{"parenttype": COMPLIANCE, "parent": ("in", sorted(names))},
		["parent", *OF_PROOF],
		order_by="parent, idx",
	)
	found: dict[str, list[frappe._dict]] = {}
	for row in rows:
		found.setdefault(row.parent, []).append(row)
	return found


def _write(
	rows: Sequence[frappe._dict], changes: Mapping[str, dict], held: Mapping, new: list
) -> dict[str, int]:
	"""Write what has changed, each with a version that its timeline shows; return how many, by new status."""
	titles = compliance.titles(
		{one.requirement for values in changes.values() for one in values["proofs"]}
		| {one.requirement for doc in new for one in doc.flags.proofs}
	)
	counts: dict[str, int] = {}
	updates, versions, proved = {}, [], {}
	for row in rows:
		if row.name not in changes:
			continue
		values = dict(changes[row.name])
		before = [_shown(one) for one in held.get(row.name, ())]
		after = _proof_values(values.pop("proofs"), titles)
		changed = {
			field: (row[field], value)
			for field, value in values.items()
			if not _same(field, row[field], value)
		}
		if not changed and before == after:
			continue
		if changed:
			updates[row.name] = values
		if before != after:
			proved[row.name] = after
		versions.append(_version(row.name, changed, before, after))
		if "status" in changed:
			counts[values["status"]] = counts.get(values["status"], 0) + 1
	if updates:
		frappe.db.bulk_update(COMPLIANCE, updates, chunk_size=len(updates), update_modified=True)
	if new:
		bulk_insert(COMPLIANCE, new)
		for doc in new:
			counts[doc.status] = counts.get(doc.status, 0) + 1
			proved[doc.name] = _proof_values(doc.flags.proofs, titles)
	_replace_proofs(proved)
	if versions:
		bulk_insert("Version", versions)
	return counts


def _proof_values(proofs: Iterable[Proof], titles: Mapping[Requirement, str]) -> list[dict]:
	return [
		{
			# What is kept as it was has its words already.
			"requirement": plain_text(
				in_words(one.requirement, titles.get(one.requirement, one.requirement.name))
			)[:140],
			"kind": one.requirement.kind,
			"evidence": one.evidence,
			"document": one.document,
			"proved_on": cstr(one.proved_on),
			"ends_on": cstr(one.ends_on) or None,
		}
		for one in proofs
	]


def _shown(row: frappe._dict) -> dict:
	found = {field: row[field] or None for field in OF_PROOF}
	return found | {field: cstr(found[field]) or None for field in ("proved_on", "ends_on")}


def _replace_proofs(proved: Mapping[str, list[dict]]) -> None:
	if not proved:
		return
	frappe.db.delete(COMPLIANCE_PROOF, {"parenttype": COMPLIANCE, "parent": ("in", sorted(proved))})
	docs = []
	for parent, ones in proved.items():
		for number, values in enumerate(ones, 1):
			doc = frappe.get_doc(
				{"doctype": COMPLIANCE_PROOF, "parenttype": COMPLIANCE, "parentfield": "proofs", **values}
			)
			doc.name, doc.parent, doc.idx = frappe.generate_hash(length=10), parent, number
			docs.append(doc)
	if docs:
		bulk_insert(COMPLIANCE_PROOF, docs)


def _version(name: str, changed: Mapping[str, tuple], before: list[dict], after: list[dict]):
	"""Return what Frappe's timeline shows of a change, as it writes it itself where a document is saved."""
	data = {
		"added": [["proofs", one] for one in after if one not in before],
		"changed": [[field, cstr(old), cstr(new)] for field, (old, new) in changed.items()],
		"data_import": None,
		"removed": [["proofs", one] for one in before if one not in after],
		"row_changed": [],
		"updater_reference": None,
	}
	doc = frappe.get_doc(
		{
			"doctype": "Version",
			"ref_doctype": COMPLIANCE,
			"docname": name,
			"data": json.dumps(data, indent=None, separators=(",", ":")),
		}
	)
	doc.name = frappe.generate_hash(length=10)
	return doc


def _same(field: str, old, new) -> bool:
	if field in DATES:
		return _day(old) == _day(new)
	return cstr(old) == cstr(new)


def _day(value) -> date | None:
	return getdate(value) if value else None
