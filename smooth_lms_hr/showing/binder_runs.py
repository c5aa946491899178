"""A binder of many people, made by the workers in the background. Broken off, it goes on with what is left when started again."""

import hashlib
import json
from collections.abc import Iterator, Sequence

import frappe
from frappe import _
from frappe.desk.doctype.notification_log.notification_log import make_notification_logs
from frappe.model.document import Document
from frappe.translate import print_language
from frappe.utils import add_to_date, getdate, now_datetime

from smooth_lms_hr.assigning.shared_work import Outcome, SharedWork
from smooth_lms_hr.showing import binder_pages, binder_people, binder_record, binder_seals, binder_zip
from smooth_lms_hr.showing.binder_people import Who
from smooth_lms_hr.showing.binder_record import Period
from smooth_lms_hr.sources.attempts import attempt
from smooth_lms_hr.sources.names import RUN
from smooth_lms_hr.sources.settings import get_settings

# People who are read at once, and between two commits.
PER_STEP = 5
EVENT = "smooth_lms_hr:binder"


def outcomes(people: Sequence[Who], arguments: dict) -> Iterator[str]:
	"""Yield what a binder says of people, for ``binder_zip.pieces``, as far as the session user may export it.

	:param arguments: "from_date" and "to_date" (YYYY-MM-DD or None), and what the pages say of the binder
	"""
	for first in range(0, len(people), PER_STEP):
		yield _do(people[first : first + PER_STEP], arguments).lines


def start(people: Sequence[Who], arguments: dict) -> str:
	"""Start making a binder for the session user, and return the name of the run: the same for the same wish on one day.

	:raises jobs.QueueDown: where the queue does not answer
	"""
	wish = [frappe.session.user, sorted(people), arguments["from_date"], arguments["to_date"], str(getdate())]
	run = hashlib.sha256(json.dumps(wish).encode()).hexdigest()[:20]
	file_name = f"training-record-{getdate()}-{frappe.generate_hash(length=6)}.zip"
	BINDER.start(run, people, per_step=PER_STEP, arguments=arguments, file_name=file_name)
	return run


def status(run: str) -> dict:
	"""Return how far a binder of the session user is; see ``api.get_evidence_export``.

	:raises frappe.DoesNotExistError: where the user has no such run, or not any more
	"""
	state = BINDER.status(run)
	if state is None:
		frappe.throw(_("There is no such run of yours."), frappe.DoesNotExistError)
	return state


def work_part(run: str, part: int) -> None:
	"""The background job: read the people of one part, and after the last make the file."""
	BINDER.do_part(run, part)


def clear_old() -> None:
	"""Delete the binders that were kept long enough, file and all."""
	before = add_to_date(now_datetime(), days=-get_settings().binder_keep_days)
	filters = {"attached_to_doctype": RUN, "creation": ("<", before)}
	for name in frappe.get_all("File", filters, pluck="name", order_by="creation"):
		frappe.delete_doc("File", name, ignore_permissions=True, delete_permanently=True)


def _refuse() -> None:
	# Whoever started it may have lost the role since.
	if not binder_people.may_export_of_others(frappe.session.user):
		frappe.throw(_("You can export your own training record alone."), frappe.PermissionError)


def _do(people: Sequence, arguments: dict) -> Outcome:
	people = [tuple(who) for who in people]
	period = Period(*(arguments[key] and getdate(arguments[key]) for key in ("from_date", "to_date")))
	with print_language(arguments["language"]):
		seen, seals = binder_people.still_seen(people), binder_seals.read()
		seen = {who: seen[who] for who in people if who in seen}
		lines = [
			binder_zip.line_of(binder_pages.of(who, record, seals, arguments))
			for who, record in zip(seen, binder_record.read(seen, period), strict=True)
		]
		unseen = [who for who in people if who not in seen]
		given_up = _give_up(unseen, _("You may not export their record any more."))
	return Outcome({"created": len(seen), **given_up.counts}, "".join(lines) + given_up.lines)


def _give_up(people: Sequence, error: str) -> Outcome:
	lines = "".join(binder_zip.line_of_failed(name, error) for _kind, name in people)
	return Outcome({"failed": len(people)}, lines)


def _pieces(arguments: dict, lines: Iterator[str]) -> Iterator[bytes]:
	with print_language(arguments["language"]):
		yield from binder_zip.pieces(lines, arguments)


def _tell(run: str, state: dict) -> None:
	frappe.publish_realtime(EVENT, {"run": run, **state}, user=frappe.session.user)


def _ring(_run: str, file: Document) -> None:
	_say(
		_("The training record that you asked for is there: {0}").format(file.file_name),
		document_type="File",
		document_name=file.name,
		link=file.file_url,
	)


def _ring_failure(_run: str, error: str) -> None:
	_say(_("The training record that you asked for could not be made: {0}").format(error))


def _say(subject: str, **about) -> None:
	"""Say something at the bell; another app's hook on it takes nothing away."""
	user = frappe.session.user
	with attempt(_("Ringing for a training record failed"), RUN, None):
		make_notification_logs(frappe._dict(type="Alert", subject=subject, from_user=user, **about), [user])


BINDER = SharedWork(
	job="smooth_lms_hr.showing.binder_runs.work_part",
	job_prefix="smooth_lms_hr_binder",
	refuse=_refuse,
	do=_do,
	give_up=_give_up,
	pieces=_pieces,
	tell=_tell,
	tell_end=_ring,
	tell_failed=_ring_failure,
	is_attached=True,
)
