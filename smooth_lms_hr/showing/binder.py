"""The record of people as something to hand over: a ZIP, at once where they are few, else made in the background."""

from collections.abc import Sequence
from datetime import date
from tempfile import TemporaryFile

import frappe
from frappe import _
from frappe.core.doctype.access_log.access_log import make_access_log
from frappe.utils import formatdate, getdate, now_datetime
from werkzeug.wrappers import Response
from werkzeug.wsgi import FileWrapper

from smooth_lms_hr.showing import binder_people, binder_runs, binder_zip
from smooth_lms_hr.showing.binder_people import Who
from smooth_lms_hr.sources.names import EVIDENCE
from smooth_lms_hr.sources.people import full_names
from smooth_lms_hr.sources.validation import refuse

# People whose record is made while somebody waits.
AT_ONCE = 50
# Of those whom somebody has named so many are in the Access Log, beside how many they are.
LOGGED = 100


def export(
	employees: Sequence[str],
	department: str | None,
	company: str | None,
	from_date: date | None,
	to_date: date | None,
) -> Response | dict:
	"""Return the record of people, or {"run"} where it is made in the background; see ``api.export_evidence``."""
	_refuse_backwards(from_date, to_date)
	people = binder_people.choose(employees, department, company)
	_log(people, department=department, company=company, from_date=from_date, to_date=to_date)
	arguments = _arguments(from_date, to_date)
	if len(people) > AT_ONCE:
		return {"run": binder_runs.start(people, arguments)}
	return _answer(people, arguments)


def export_own(from_date: date | None, to_date: date | None) -> Response:
	"""Return the session user's own record; see ``api.export_my_evidence``."""
	_refuse_backwards(from_date, to_date)
	return _answer(binder_people.own(frappe.session.user), _arguments(from_date, to_date))


def _answer(people: Sequence[Who], arguments: dict) -> Response:
	"""Return the ZIP as the answer to a request, from the disk: it may be larger than what a server wants to hold."""
	file = TemporaryFile()  # noqa: SIM115 closed with the answer
	try:
		for piece in binder_zip.pieces(binder_runs.outcomes(people, arguments), arguments):
			file.write(piece)
		size = file.tell()
		file.seek(0)
	except OSError as error:
		file.close()
		frappe.log_error(_("A training record could not be written"))
		frappe.throw(_("The training record could not be written: {0}").format(error.strerror or error))
	except BaseException:
		file.close()
		raise
	response = Response(FileWrapper(file), mimetype="application/zip", direct_passthrough=True)
	response.headers["Content-Disposition"] = f'attachment; filename="training-record-{getdate()}.zip"'
	response.headers["Cache-Control"] = "no-store"
	response.content_length = size
	response.call_on_close(file.close)
	return response


def _arguments(from_date: date | None, to_date: date | None) -> dict:
	user = frappe.session.user
	return {
		"from_date": from_date and str(from_date),
		"to_date": to_date and str(to_date),
		"language": frappe.local.lang,
		"made_on": str(now_datetime())[:19],
		"made_by": full_names([user]).get(user, user),
		"period": _in_words(from_date, to_date),
		"url": frappe.utils.get_url(),
	}


def _in_words(from_date: date | None, to_date: date | None) -> str:
	if from_date and to_date:
		return _("{0} to {1}").format(formatdate(from_date), formatdate(to_date))
	if from_date:
		return _("since {0}").format(formatdate(from_date))
	return _("up to {0}").format(formatdate(to_date or getdate()))


def _refuse_backwards(from_date: date | None, to_date: date | None) -> None:
	if from_date and to_date and from_date > to_date:
		refuse(_("The first day is after the last one."))


def _log(people: Sequence[Who], **filters) -> None:
	"""Put on record who has taken whose record out of the site, as Frappe does with an export."""
	said = {key: str(value) for key, value in filters.items() if value}
	names = [name for _kind, name in people]
	make_access_log(
		doctype=EVIDENCE,
		file_type="ZIP",
		method="smooth_lms_hr.api.export_evidence",
		filters=frappe.as_json({**said, "people": len(names), "of": names[:LOGGED]}),
	)
