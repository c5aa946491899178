"""Frappe's Personal Data Deletion Request, as far as it is about training: a hold keeps it waiting, and what is granted is erased.

Frappe redacts by SQL what its apps name in a hook. Ours is not among that: the seals would break. Once Frappe is done the
person's user has another name, which the request has too, and what is on record is erased under that.
"""

from collections.abc import Collection, Iterator
from datetime import date

import frappe
from frappe import _
from frappe.utils import escape_html

from smooth_lms_hr.following import erasing
from smooth_lms_hr.record import events, holds, people, reasons, retention
from smooth_lms_hr.record.events import Event
from smooth_lms_hr.record.people import Person
from smooth_lms_hr.sources.names import DELETION_REQUEST, EVENT

PENDING_APPROVAL, ON_HOLD, DELETED = "Pending Approval", "On Hold", "Deleted"


def keep_waiting(doc) -> None:
	"""Keep a request of somebody on hold from being granted: it waits, and says why.

	:param doc: the request, as it is about to be saved
	:raises frappe.ValidationError: where Frappe is about to redact already; then nothing is
	"""
	if doc.status == DELETED or not (found := _holds_on(doc.email)):
		return
	if doc.deletion_steps:
		# The first that Frappe does is to write down what it is about to redact.
		refuse(doc.email)
	if doc.status == PENDING_APPROVAL:
		doc.status = ON_HOLD
		doc.flags.training_hold = found[0].reason


def note_waiting(doc) -> None:
	"""Write down that a request waits for a hold to be lifted, once it is saved."""
	if reason := doc.flags.pop("training_hold", None):
		_note(events.HELD, doc.name, _person_of(doc.email), reason)
		doc.add_comment("Comment", _waits())


def refuse(email: str) -> None:
	"""Refuse to delete what is personal of somebody on hold.

	:raises frappe.ValidationError: where they are
	"""
	if _holds_on(email):
		frappe.throw(
			_(
				"The training record of {0} is on hold: nothing of them is deleted until HR lifts the hold."
			).format(frappe.bold(escape_html(email))),
			title=_("On Hold"),
		)


def put_on_hold(person: Person, reason: str) -> int:
	"""Let requests of a person wait that were about to be granted, and return how many."""
	names = _requests_of(person, PENDING_APPROVAL)
	for name in names:
		doc = frappe.get_doc(DELETION_REQUEST, name)
		doc.db_set("status", ON_HOLD)
		doc.add_comment("Comment", _waits())
		_note(events.HELD, name, person, reason)
	return len(names)


def take_up_again(person: Person, reason: str) -> int:
	"""Let requests of a person be decided that waited for a hold, and return how many; what somebody else holds waits on."""
	names = _requests_of(person, ON_HOLD)
	ours = sorted(_noted(events.HELD, names))
	for name in ours:
		doc = frappe.get_doc(DELETION_REQUEST, name)
		doc.db_set("status", PENDING_APPROVAL)
		doc.add_comment(
			"Comment", _("The training record is not on hold any more: the request can be decided.")
		)
		_note(events.RELEASED, name, person, reason)
	return len(ours)


def erase(name: str) -> bool:
	"""Erase whom a granted request is about, and return whether anything was there.

	:param name: of the request, and of the user since Frappe has redacted it
	:raises erasing.OnHold: where they were put on hold meanwhile
	"""
	person = people.find(members=[name])
	return erasing.erase(person, reasons.DELETION_REQUESTED, request=name) is not None


def chunks_of_unfinished(size: int) -> Iterator[list[str]]:
	"""Yield the names of granted requests; what is personal of their people may have failed to be erased."""
	after = ""
	while names := frappe.get_all(
		DELETION_REQUEST,
		{"status": DELETED, "name": (">", after)},
		pluck="name",
		order_by="name",
		limit_page_length=size,
	):
		yield names
		after = names[-1]


def finish(names: Collection[str], today: date) -> dict[str, int]:
	"""Erase whom granted requests are about, where that has failed or a hold has kept it, and return how many these were.

	What comes of somebody after that, whom HR goes on employing, is erased by the retention, or at their next request.

	:param names: of requests
	"""
	names = set(names) - _noted(events.ERASED, names)
	if not names:
		return {}
	employees = frappe.get_all(
		"Employee", {"user_id": ("in", sorted(names))}, ["name", "user_id"], order_by="name"
	)
	of_employees, of_users = retention.on_record({row.name for row in employees}, names)
	left = of_users | {row.user_id for row in employees if row.name in of_employees}
	erased = sum(_finish(name) for name in sorted(left))
	return {"people_erased": erased} if erased else {}


def _finish(name: str) -> bool:
	try:
		return erase(name)
	except erasing.OnHold:
		return False


def _holds_on(email: str):
	person = _person_of(email)
	return holds.of_person(person) if person.members or person.employees else []


def _person_of(email: str) -> Person:
	return people.find(members=[email])


def _requests_of(person: Person, status: str) -> list[str]:
	if not person.members:
		return []
	filters = {"email": ("in", sorted(person.members)), "status": status}
	return frappe.get_all(DELETION_REQUEST, filters, pluck="name", order_by="name")


def _note(kind: str, request: str, person: Person, reason: str) -> None:
	member, employee = min(person.members, default=None), min(person.employees, default=None)
	about = {"cause_doctype": DELETION_REQUEST, "cause": request}
	events.write([Event(None, member, employee, None, kind, reason=reason, **about)])


def _noted(kind: str, requests: Collection[str]) -> set[str]:
	"""Return of which requests there is an event of a kind."""
	if not requests:
		return set()
	table = frappe.qb.DocType(EVENT)
	query = frappe.qb.from_(table).select(table.cause).distinct()
	query = query.where(table.assignment.isnull() & (table.event == kind))
	query = query.where((table.cause_doctype == DELETION_REQUEST) & table.cause.isin(sorted(requests)))
	return set(query.run(pluck=True))


def _waits() -> str:
	return _("The training record of this person is on hold: the request waits until HR lifts the hold.")
