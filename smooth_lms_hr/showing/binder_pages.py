"""What a binder says of one person: a page for people, rows for the index, and the record as it was written."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import frappe
from frappe import _
from frappe.utils import cint, cstr, flt, format_datetime, formatdate, getdate

from smooth_lms_hr.showing import history
from smooth_lms_hr.showing.binder_people import EMPLOYEE, Who
from smooth_lms_hr.showing.binder_record import Record
from smooth_lms_hr.showing.binder_seals import Seals
from smooth_lms_hr.sources.names import DOCUMENT, EVENT, EVIDENCE
from smooth_lms_hr.training.file_names import file_name, own_file_name

TEMPLATE = "smooth_lms_hr/templates/binder/person.html"
PEOPLE, RECORD, CERTIFICATES, DOCUMENTS = "people", "record", "certificates", "documents"
# What is not sealed yet, or not as far as the reader may know: a shell does not see a column with nothing in it.
UNSEALED = "-"
# Ends of names that say what a file is, and nothing else.
LONGEST_EXTENSION = 8


@dataclass(frozen=True)
class File:
	"""
	:param path: in the binder
	:param url: of the private file; None where none of the record's own is there
	:param sha256: as it is on record
	"""

	path: str
	url: str | None
	sha256: str | None


@dataclass(frozen=True)
class Pages:
	"""What a binder says of one person.

	:param name: that files of theirs are called by, nobody else's are
	:param html: the page
	:param record: lines of seal, name, row hash and what was written, with tabs between
	:param rows: of the index, each with the path of its file under "file"
	"""

	name: str
	html: str
	record: str
	rows: list[dict]
	files: list[File]


def index_columns() -> dict[str, str]:
	"""Return the heads of the index by the keys of its rows, in their order."""
	return {
		"kind": _("Record"),
		"employee": _("Employee"),
		"employee_name": _("Employee Name"),
		"company": _("Company"),
		"department": _("Department"),
		"designation": _("Designation"),
		"title": _("Title"),
		"subject": _("Course"),
		"status": _("Status"),
		"why": _("Why"),
		"assigned_on": _("Assigned On"),
		"due_date": _("Due Date"),
		"completed_on": _("Completed On"),
		"valid_until": _("Valid Until"),
		"results": _("Results"),
		"training_hours": _("Training Hours"),
		"signed_as": _("Signed As"),
		"signed_on": _("Signed On"),
		"decision": _("Decision"),
		"evidence": _("Evidence"),
		"row_hash": _("Row Hash"),
		"seal": _("Seal"),
		"file": _("File"),
		"sha256": _("SHA-256 on Record"),
		"file_state": _("File Found"),
		"page": _("Page"),
	}


def of(who: Who, record: Record, seals: Seals, facts: dict) -> Pages:
	"""Return what a binder says of a person.

	:param facts: of the binder: "made_on", "made_by" and "period", in words
	"""
	return _Page(who, record, seals).pages(facts)


def on_site(who: Who, record: Record, seals: Seals, facts: dict) -> dict:
	"""Return what the page of a person is made of where it is read on the site: files are linked where they are.

	:param facts: see ``of``
	"""
	return _Page(who, record, seals).context_on_site(facts)


class _Page:
	def __init__(self, who: Who, record: Record, seals: Seals):
		self._who, self._record, self._seals = who, record, seals
		self._name = own_file_name(who[1])
		self._files: dict[tuple[str, str], File] = {}
		for row in record.all_evidence():
			if row.certificate_file:
				title = row.course_title or row.course or _("Training Event")
				self._add_file(EVIDENCE, row.name, row.certificate_file, row.sha256, CERTIFICATES, title)
		for row in record.documents:
			# A certificate is there with its evidence.
			if row.file and (EVIDENCE, row.evidence) not in self._files:
				title = row.title or row.document_type
				self._add_file(DOCUMENT, row.name, row.file, row.sha256, DOCUMENTS, title)

	def pages(self, facts: dict) -> Pages:
		html = frappe.render_template(TEMPLATE, self._context(facts))
		return Pages(self._name, html, "".join(self._lines()), list(self._rows()), list(self._files.values()))

	def context_on_site(self, facts: dict) -> dict:
		return self._context(facts) | {"link_to": self._link_on_site, "on_site": True}

	def _context(self, facts: dict) -> dict:
		return {
			**facts,
			"who": self._record.who,
			"is_employee": self._who[0] == EMPLOYEE,
			"lang": frappe.local.lang or "en",
			"day": _day,
			"moment": _moment,
			"record": self._record,
			"name_of": self._name_of,
			"causes_of": _causes,
			"decision_of": self._decision,
			"sentence_of": self._sentence,
			"result_of": result_in_words,
			"seal_of": lambda row: self._seals.of(EVIDENCE, row.name),
			"link_to": self._link,
			"moved": _is_moved,
			"on_site": False,
		}

	def _add_file(self, doctype: str, name: str, url: str, sha256: str | None, folder: str, title: str):
		extension = os.path.splitext(url)[1].lower()
		if not extension[1:].isalnum() or len(extension) > LONGEST_EXTENSION:
			extension = ""
		path = f"{folder}/{self._name}/{file_name(title)}-{file_name(name)}{extension}"
		is_own = (doctype, name, url) in self._record.files
		self._files[doctype, name] = File(path, url if is_own else None, sha256)

	def _link(self, doctype: str, row: frappe._dict) -> dict | None:
		"""Return how a page, which lies in a folder beside, leads to the file of a record; None where there is none."""
		file = self._file(doctype, row)
		return file and {"href": f"../{quote(file.path)}", "sha256": file.sha256, "is_here": bool(file.url)}

	def _link_on_site(self, doctype: str, row: frappe._dict) -> dict | None:
		file = self._file(doctype, row)
		# Quoted, nothing but a place on this site is left of an address.
		return file and {"href": quote(file.url or ""), "sha256": file.sha256, "is_here": bool(file.url)}

	def _file(self, doctype: str, row: frappe._dict) -> File | None:
		of_evidence = self._files.get((EVIDENCE, row.get("evidence"))) if doctype == DOCUMENT else None
		return self._files.get((doctype, row.name)) or of_evidence

	def _name_of(self, user: str | None) -> str:
		return self._record.names.get(user) or user or ""

	def _sentence(self, event: frappe._dict) -> str:
		return history.sentence(event, self._name_of(event.done_by))

	def _decision(self, row: frappe._dict) -> str:
		if not row.waived_on:
			return ""
		said = _("Waived by {0} on {1}").format(self._name_of(row.waived_by), _day(row.waived_on))
		until = _("until {0}").format(_day(row.waived_until)) if row.waived_until else ""
		return ", ".join(words for words in (said, until) if words) + (
			f": {row.waiver_reason}" if row.waiver_reason else ""
		)

	def _lines(self) -> Iterator[str]:
		for doctype, rows in ((EVIDENCE, self._record.all_evidence()), (EVENT, self._record.all_events())):
			for row in rows:
				cells = (
					self._seals.of(doctype, row.name) or UNSEALED,
					row.name,
					row.row_hash,
					row.as_written,
				)
				# JSON has neither tabs nor ends of lines of its own; what was written by SQL may have.
				yield "\t".join(" ".join(cstr(cell).splitlines()).replace("\t", " ") for cell in cells) + "\n"

	def _rows(self) -> Iterator[dict]:
		found = False
		for row in self._record.assignments:
			for one in row.evidence or [None]:
				found = True
				yield self._index_row(_("Training"), row, self._of_assignment(row), one)
		for one in self._record.evidence:
			found = True
			yield self._index_row(_(one.kind), one, {"completed_on": _iso(one.completed_on)}, one)
		for row in self._record.documents:
			found = True
			yield self._index_row(_("Document"), row, self._of_document(row))
		for row in self._record.compliance:
			found = True
			yield self._index_row(_("Compliance"), row, self._of_compliance(row))
		if not found:
			yield self._index_row(_("Nothing on record"), frappe._dict(), {})

	def _index_row(
		self, kind: str, row: frappe._dict, values: dict, evidence: frappe._dict | None = None
	) -> dict:
		who = self._record.who
		person = {
			"kind": kind,
			"employee": who.name,
			"employee_name": who.employee_name,
			"company": row.company or who.company,
			"department": row.department or who.department,
			"designation": row.designation or who.designation,
			"page": f"{PEOPLE}/{self._name}.html",
		}
		return {**person, **values, **(self._of_evidence(evidence) if evidence else {})}

	def _of_assignment(self, row: frappe._dict) -> dict:
		return {
			"title": row.course_title or row.course,
			"subject": row.course,
			"status": _(row.status),
			"why": "; ".join(_causes(row)),
			"assigned_on": cstr(row.assigned_on)[:19],
			"due_date": _iso(row.due_date),
			"completed_on": _iso(row.completed_on),
			"valid_until": _iso(row.valid_until),
			"decision": self._decision(row),
		}

	def _of_evidence(self, row: frappe._dict) -> dict:
		file = self._file(EVIDENCE, row)
		revoked = (
			_("Revoked by {0} on {1}: {2}").format(
				self._name_of(row.revoked_by), _day(row.revoked_on), row.revoked_reason
			)
			if row.revoked_on
			else ""
		)
		said = {
			"results": "; ".join(result_in_words(result) for result in row.results),
			"training_hours": flt(row.training_hours) or "",
			"signed_as": row.signed_as or "",
			"signed_on": cstr(row.signed_on)[:19] if row.signed_on else "",
			"evidence": row.name,
			"row_hash": row.row_hash,
			"seal": self._seals.of(EVIDENCE, row.name) or "",
			"file": file.path if file else "",
			"sha256": row.sha256 or "",
		}
		if revoked:
			said |= {"decision": revoked, "completed_on": _iso(row.completed_on), "status": _(row.status)}
		if not row.assignment:
			said |= {"title": row.course_title or "", "status": _(row.status)}
		return said

	def _of_document(self, row: frappe._dict) -> dict:
		file = self._file(DOCUMENT, row)
		return {
			"title": row.title or row.document_type,
			"status": _("Verified") if row.verified_on else _("Not Verified"),
			"completed_on": _iso(row.issued_on),
			"valid_until": _iso(row.expires_on),
			"file": file.path if file else "",
			"sha256": row.sha256 or "",
		}

	def _of_compliance(self, row: frappe._dict) -> dict:
		return {
			"title": row.compliance_type,
			"status": _(row.status),
			"completed_on": _iso(row.completed_on),
			"valid_until": _iso(row.next_renewal_date),
			"decision": row.reason or "",
		}


def result_in_words(result: dict) -> str:
	"""Return what was reached in a quiz or an assignment, in a sentence; see ``proof``."""
	if "percent" not in result:
		return _("{0}: {1}.").format(result["title"], _(result["status"] or ""))
	said = (result["title"], f"{result['percent']:g}", f"{result['passing_percent']:g}", result["attempts"])
	if cint(result["attempts"]) > 1:
		return _("{0}: {1}%, {2}% needed, the best of {3} attempts.").format(*said)
	return _("{0}: {1}%, {2}% needed, at the first attempt.").format(*said)


def _causes(row: frappe._dict) -> list[str]:
	"""Return why something was owed, in words."""
	said = []
	for cause in row.causes:
		words = (cause.words or "").rstrip(".")
		if cause.ended_on:
			words = _("{0} (until {1})").format(words, _day(cause.ended_on))
		said.append(words)
	return [words for words in said if words] or [row.reason or ""]


def _is_moved(row: frappe._dict) -> bool:
	return bool(row.original_due_date) and getdate(row.original_due_date) != getdate(row.due_date)


def _day(value) -> str:
	return formatdate(value) if value else ""


def _moment(value) -> str:
	return format_datetime(value) if value else ""


def _iso(value) -> str:
	return str(getdate(value)) if value else ""
