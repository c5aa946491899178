"""Who was present at a Training Event of Frappe HR has evidence of it, and where the event says otherwise later, had (rule 16).

It is about no assignment and no course: a Training Event names its course in free text.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta

import frappe
from frappe.utils import flt, get_datetime

from smooth_lms_hr.assigning import compliance
from smooth_lms_hr.record import evidence, reasons
from smooth_lms_hr.record.evidence import CLASSROOM, VALID, Evidence
from smooth_lms_hr.sources.names import EVIDENCE, TRAINING_EVENT, TRAINING_RESULT
from smooth_lms_hr.sources.pages import NAMES_PER_QUERY, in_chunks, pages
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.training.classroom import hours, is_over

SUBMITTED, CANCELLED = 1, 2
COMPLETED, CALLED_OFF = "Completed", "Cancelled"
ABSENT, PRESENT = "Absent", "Present"
# What failed as an event was saved is tried again on so many days.
DAYS = 7
# Somebody at an event: its name, and that of the Employee.
Presence = tuple[str, str]


def follow(
	names: Collection[str], today: date, done_by: str | None = None, taken_over: bool = False
) -> dict[str, int]:
	"""Write evidence of who was present at training events, and revoke that of who was not after all.

	There is at most one of a person and event that is valid. Six queries for however many.

	:param names: of Training Events
	:param today: in the site's time zone
	:param done_by: whom the history names, None for whoever is at work
	:param taken_over: written by an upgrade
	:return: {"evidence_written", "evidence_revoked"}, without what is 0
	"""
	if not names:
		return {}
	# Locked: of two who follow the same one, the second finds what the first has written.
	events = {
		row.name: row
		for row in frappe.db.get_values(
			TRAINING_EVENT,
			{"name": ("in", list(names))},
			["name", "docstatus", "event_name", "event_status", "type", "course", "location", "trainer_name",
				"start_time", "end_time"],
			as_dict=True,
			order_by="name asc",
			for_update=True,
		)
	}  # fmt: skip
	results = _results(events)
	present = _present(events, results, today)
	known = _known(names)
	new, gone = sorted(present - known.keys()), sorted(known.keys() - present)
	users = _users({employee for _event, employee in new})
	evidence.write(
		[
			_evidence(
				events[event], employee, users.get(employee), results.get((event, employee)), taken_over
			)
			for event, employee in new
		]
	)
	for reason, of_reason in _reasons(gone, events).items():
		evidence.revoke(
			{"name": ("in", [name for presence in of_reason for name in known[presence]])},
			reason,
			done_by=done_by,
		)
	compliance.follow_proofs({employee for _event, employee in present | known.keys()})
	counts = {"evidence_written": len(new), "evidence_revoked": len(gone)}
	return {what: count for what, count in counts.items() if count}


def chunks(since: date | None, today: date, size: int) -> Iterator[list[str]]:
	"""Yield the names of training events that were changed lately, or whose last day has come meanwhile, in chunks.

	:param since: the day of the last time that all went well, None for never
	:param today: in the site's time zone
	:param size: how many at most in one
	"""
	table = frappe.qb.DocType(TRAINING_EVENT)
	begin = str(min(since, today) - timedelta(days=DAYS)) if since else None

	def page(after: tuple | None) -> list[tuple]:
		query = frappe.qb.from_(table).select(table.name).where(table.docstatus.isin((SUBMITTED, CANCELLED)))
		if begin:
			query = query.where((table.modified >= begin) | (table.end_time >= begin))
		if after:
			query = query.where(table.name > after[-1])
		return query.orderby(table.name).limit(NAMES_PER_QUERY).run()

	return in_chunks(pages(page), size)


def _results(events: Collection[str]) -> dict[Presence, frappe._dict]:
	"""Return what submitted Training Results say of people: the result's name, hours and grade, of the last one."""
	result, row = frappe.qb.DocType(TRAINING_RESULT), frappe.qb.DocType("Training Result Employee")
	if not events:
		return {}
	rows = (
		frappe.qb.from_(result)
		.join(row)
		.on((row.parent == result.name) & (row.parenttype == TRAINING_RESULT))
		.select(result.name, result.training_event, row.employee, row.hours, row.grade)
		.where(result.training_event.isin(list(events)) & (result.docstatus == SUBMITTED))
		.orderby(result.creation)
		.orderby(result.name)
		.run(as_dict=True)
	)
	return {(each.training_event, each.employee): each for each in rows if each.employee}


def _present(events: dict[str, frappe._dict], results: Collection[Presence], today: date) -> set[Presence]:
	"""Return who was present: of what is over and completed, or by a result, unless it says that they were absent."""
	held = {
		name
		for name, event in events.items()
		if event.docstatus == SUBMITTED
		and event.event_status != CALLED_OFF
		and is_over(get_datetime(event.end_time), today)
	}
	if not held:
		return set()
	said = {
		(row.parent, row.employee): row.attendance
		for row in frappe.get_all(
			"Training Event Employee",
			{"parenttype": TRAINING_EVENT, "parent": ("in", sorted(held))},
			["parent", "employee", "attendance"],
			order_by="parent, idx",
		)
		if row.employee
	}
	there = {
		(event, employee)
		for (event, employee), attendance in said.items()
		if attendance == PRESENT and events[event].event_status == COMPLETED
	}
	return there | {presence for presence in results if presence[0] in held and said.get(presence) != ABSENT}


def _known(names: Collection[str]) -> dict[Presence, list[str]]:
	"""Return the valid evidence of events: of each person one, unless two Employee records became one."""
	found = defaultdict(list)
	for row in frappe.db.get_values(
		EVIDENCE,
		{"cause_doctype": TRAINING_EVENT, "cause": ("in", list(names)), "kind": CLASSROOM, "status": VALID},
		["name", "cause", "employee"],
		as_dict=True,
		order_by="name asc",
		for_update=True,
	):
		found[row.cause, row.employee].append(row.name)
	return found


def _users(employees: Collection[str]) -> dict[str, str | None]:
	if not employees:
		return {}
	filters = {"name": ("in", sorted(employees))}
	return dict(frappe.get_all("Employee", filters, ["name", "user_id"], order_by="name", as_list=True))


def _evidence(
	event: frappe._dict, employee: str, user: str | None, result: frappe._dict | None, taken_over: bool
) -> Evidence:
	begins, ends = get_datetime(event.start_time), get_datetime(event.end_time)
	content = {
		"doctype": TRAINING_EVENT,
		"name": event.name,
		"title": event.event_name,
		"type": event.type,
		"course": event.course,
		"location": event.location,
		"trainer": event.trainer_name,
		"begins": _moment(begins),
		"ends": _moment(ends),
	}
	said = []
	if result:
		said.append(
			{
				"doctype": TRAINING_RESULT,
				"name": result.name,
				"hours": flt(result.hours),
				"grade": plain_text(result.grade),
			}
		)
	return Evidence(
		assignment=None,
		member=user or None,
		employee=employee,
		course=None,
		course_title=plain_text(event.event_name),
		completed_on=ends.date(),
		content={key: plain_text(value) for key, value in content.items()},
		results=said,
		# What somebody has counted is better than the time from the beginning to the end.
		training_hours=(flt(result.hours) if result else 0) or hours(begins, ends),
		kind=CLASSROOM,
		cause_doctype=TRAINING_EVENT,
		cause=event.name,
		taken_over=taken_over,
	)


def _moment(moment: datetime) -> str:
	return moment.isoformat(sep=" ", timespec="minutes")


def _reasons(gone: Collection[Presence], events: dict[str, frappe._dict]) -> dict[str, list[Presence]]:
	"""Return why people were not present after all, each reason with them."""
	found: dict[str, list[Presence]] = {}
	for event, employee in gone:
		now = events.get(event)
		off = not now or now.docstatus == CANCELLED or now.event_status == CALLED_OFF
		found.setdefault(reasons.EVENT_CANCELLED if off else reasons.NOT_PRESENT, []).append(
			(event, employee)
		)
	return found
