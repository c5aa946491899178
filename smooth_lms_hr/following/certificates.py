"""Learning's certificates say until when the completion counts that they are about (rule 11).

Learning leaves their expiry empty, and has one certificate of a person and course for good: a renewed course's one says
the new day. What it said before is on record as evidence.
"""

from collections import defaultdict
from collections.abc import Collection

import frappe
from frappe.utils import getdate

from smooth_lms_hr.assigning import compliance, evidence_files
from smooth_lms_hr.record import events, evidence
from smooth_lms_hr.sources import facts
from smooth_lms_hr.sources.facts import Pair
from smooth_lms_hr.sources.names import ASSIGNMENT, CERTIFICATE, EVENT
from smooth_lms_hr.training.status import COMPLETED


def fill_expiry(doc) -> None:
	"""Let a new certificate say until when the completion counts; what a teacher has entered stands.

	:param doc: an LMS Certificate that is being inserted
	"""
	if doc.course and doc.member and not doc.expiry_date:
		completion = _completions({(doc.member, doc.course)}).get((doc.member, doc.course))
		if completion and completion.valid_until:
			doc.expiry_date = completion.valid_until


def record(doc) -> None:
	"""Write into the history of a completion that it was certified, and into the evidence of it by which certificate.

	:param doc: an LMS Certificate that was just inserted
	"""
	if not doc.course:
		return
	pair = (doc.member, doc.course)
	completion = _completions({pair}).get(pair)
	found = evidence.uncertified(doc.member, doc.course, completion and completion.name)
	evidence.certify(found, doc.name, getdate(doc.issue_date))
	evidence_files.make_later([one.name for one in found])
	compliance.follow_proofs({one.employee for one in found})
	if completion and completion.name not in {one.assignment for one in found}:
		_write_events([completion], {pair: doc})


def follow(pairs: Collection[Pair]) -> None:
	"""Let the certificates of people and courses that were completed just now say that day, and until when it counts.

	:param pairs: each a person and a course
	"""
	if not pairs:
		return
	certificates = facts.certificates(pairs)
	completed = _completions(set(certificates))
	to_publish = _to_publish_again(completed, certificates)
	changed = []
	for pair, completion in completed.items():
		certificate = certificates[pair]
		days = {"expiry_date": completion.valid_until}
		# Of a first completion the day on which it was asked for stands: it may be a later one.
		if _is_again(completion) and getdate(certificate.issue_date) < getdate(completion.completed_on):
			days["issue_date"] = completion.completed_on
		if pair in to_publish:
			days["published"] = 1
		if any((certificate[field] or None) != day for field, day in days.items()):
			# Without its events: with them Learning would mail, and share it anew.
			frappe.db.set_value(CERTIFICATE, certificate.name, days, update_modified=False)
			certificate.update(days)
			changed.append(completion)
	_write_events(changed, certificates)


def unpublish(pair: Pair) -> set[str]:
	"""Let nobody be shown any more that a person has completed a course; return the certificates that were shown until now."""
	certificate = facts.certificates([pair]).get(pair)
	if not (certificate and certificate.published):
		return set()
	# Without its events, as above.
	frappe.db.set_value(CERTIFICATE, certificate.name, "published", 0, update_modified=False)
	return {certificate.name}


def _to_publish_again(
	completed: dict[Pair, frappe._dict], certificates: dict[Pair, frappe._dict]
) -> set[Pair]:
	"""Return whose certificate was unpublished by a revocation, and has now a completion again that it is about."""
	hidden = [pair for pair, row in completed.items() if _is_again(row) and not certificates[pair].published]
	if not hidden:
		return set()
	of_pairs = {
		row.name: (row.member, row.course)
		for row in frappe.get_all(
			ASSIGNMENT,
			{
				"member": ("in", sorted({member for member, _course in hidden})),
				"course": ("in", sorted({course for _member, course in hidden})),
			},
			["name", "member", "course"],
			order_by="name",
		)
	}
	# Whatever was unpublished before the completion before this one is published by now, or somebody wants it so.
	since: dict[Pair, set[str]] = defaultdict(set)
	found: dict[Pair, set[str]] = defaultdict(set)
	for row in frappe.get_all(
		EVENT,
		{"assignment": ("in", list(of_pairs)), "event": ("in", (events.COMPLETED, events.REVOKED))},
		["assignment", "event", "after"],
		order_by="name",
	):
		pair = of_pairs[row.assignment]
		if row.event == events.COMPLETED:
			found[pair], since[pair] = since[pair], set()
		else:
			since[pair].add(row.after)
	return {pair for pair in hidden if certificates[pair].name in found[pair]}


def _is_again(completion: frappe._dict) -> bool:
	return completion.cycle > 1 or bool(completion.reopened_on)


def _completions(pairs: Collection[Pair]) -> dict[Pair, frappe._dict]:
	"""Return the last completion of each person and course."""
	if not pairs:
		return {}
	rows = frappe.get_all(
		ASSIGNMENT,
		{
			"member": ("in", sorted({member for member, _course in pairs})),
			"course": ("in", sorted({course for _member, course in pairs})),
			"status": COMPLETED,
		},
		["name", "member", "employee", "course", "cycle", "completed_on", "valid_until", "reopened_on"],
		order_by="cycle",
	)
	return {(row.member, row.course): row for row in rows if (row.member, row.course) in pairs}


def _write_events(completions: Collection[frappe._dict], certificates: dict[Pair, frappe._dict]) -> None:
	events.write(
		events.make(
			row,
			events.CERTIFIED,
			before=None,
			after=str(getdate(certificates[row.member, row.course].issue_date)),
			cause_doctype=CERTIFICATE,
			cause=certificates[row.member, row.course].name,
		)
		for row in completions
	)
