"""Makes events of what assignments from before there were events have on record, marked as taken over.

Due dates and statuses come from Frappe's version history, waivers from the assignment itself. The reasons of moved due
dates stood in the timeline only, next to the change and not with it; the comments stay there, and no event guesses.
"""

import json
from collections import defaultdict

import frappe
from frappe.utils import get_datetime
from frappe.utils.dateutils import user_to_str

from smooth_lms_hr.record import events
from smooth_lms_hr.record.events import Event
from smooth_lms_hr.sources.names import EVENT
from smooth_lms_hr.training.status import CANCELLED, COMPLETED, IN_PROGRESS, OVERDUE, WAIVED

ASSIGNMENT = "LMS Training Assignment"
CHUNK = 1000
EVENT_OF_STATUS = {
	IN_PROGRESS: events.BEGUN,
	COMPLETED: events.COMPLETED,
	OVERDUE: events.OVERDUE,
	WAIVED: events.WAIVED,
	CANCELLED: events.CANCELLED,
}
FIELDS = [
	"name", "member", "employee", "course", "status", "assigned_on", "assigned_by", "original_due_date", "due_date",
	"completed_on", "waived_by", "waived_on", "waiver_reason", "onboarding", "creation", "modified", "modified_by",
]  # fmt: skip


def execute():
	after = ""
	while rows := frappe.get_all(
		ASSIGNMENT, filters={"name": (">", after)}, fields=FIELDS, order_by="name", limit_page_length=CHUNK
	):
		after = rows[-1].name
		names = [row.name for row in rows]
		# A run that broke off has done some of them.
		done = set(frappe.get_all(EVENT, {"assignment": ("in", names)}, pluck="assignment", distinct=True))
		versions = _versions(names)
		events.write(
			event
			for row in rows
			if row.name not in done
			for event in sorted(_events(row, versions[row.name]), key=lambda event: event.happened_on)
		)
		# Bounds memory and what a crash takes back.
		frappe.db.commit()


def _versions(names: list[str]) -> dict[str, list[tuple]]:
	"""Return (when, who, field, before, after) of the changes of due dates and statuses, by assignment."""
	found = defaultdict(list)
	for row in frappe.get_all(
		"Version",
		filters={"ref_doctype": ASSIGNMENT, "docname": ("in", names)},
		fields=["docname", "owner", "creation", "data"],
		order_by="creation",
	):
		for fieldname, before, after in json.loads(row.data or "{}").get("changed") or []:
			if fieldname in ("due_date", "status"):
				found[row.docname].append((get_datetime(row.creation), row.owner, fieldname, before, after))
	return found


def _events(row, versions: list[tuple]) -> list[Event]:
	def event(kind: str, when, who, **values) -> Event:
		happened_on = get_datetime(when)
		return events.make(
			row, kind, happened_on=happened_on, done_by=who or events.NOBODY, taken_over=True, **values
		)

	first_due = row.original_due_date or row.due_date
	made = [
		event(
			events.ASSIGNED,
			row.assigned_on or row.creation,
			row.assigned_by,
			after=str(first_due),
			cause_doctype="Employee Onboarding" if row.onboarding else None,
			cause=row.onboarding,
		)
	]
	for when, who, fieldname, before, after in versions:
		if fieldname == "due_date":
			made.append(event(events.DUE_DATE_MOVED, when, who, before=_date(before), after=_date(after)))
		elif after in EVENT_OF_STATUS:
			reason = row.waiver_reason if after == WAIVED else None
			made.append(event(EVENT_OF_STATUS[after], when, who, before=before, after=after, reason=reason))
	on_record = {each.event for each in made}
	kind = EVENT_OF_STATUS.get(row.status)
	if kind and kind not in on_record:
		# Put on file as it was, or changed where no version was kept: the assignment says when.
		when = {COMPLETED: row.completed_on, WAIVED: row.waived_on}.get(row.status) or row.modified
		when = max(get_datetime(when), made[0].happened_on)
		who = row.waived_by if row.status == WAIVED else None
		reason = row.waiver_reason if row.status == WAIVED else None
		made.append(event(kind, when, who, after=row.status, reason=reason))
	return made


def _date(value) -> str:
	"""Return a date of the version history as YYYY-MM-DD: Frappe keeps it there as the site writes its dates.

	Where the site's way has changed since, it stays as it is on record.
	"""
	try:
		return user_to_str(str(value))
	except ValueError:
		return str(value)
