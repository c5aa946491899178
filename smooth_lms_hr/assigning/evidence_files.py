"""The files that belong to evidence: what was handed in with a request, and certificates, as they were then.

What was handed in is copied while it is granted. A certificate's PDF takes a second or two and may not be to be had (a
server without what makes PDFs): it is made in the background, and what is missing is made with the daily run.
"""

import re
import time
from collections.abc import Collection, Iterator
from functools import partial

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder import Order
from frappe.query_builder.functions import Count
from frappe.utils import getdate, pdf, strip_html

from smooth_lms_hr.record import events, evidence
from smooth_lms_hr.record.evidence import EXTERNAL, LEARNING, VALID
from smooth_lms_hr.sources import jobs, learning, private_files
from smooth_lms_hr.sources.attachments import EXTENSION
from smooth_lms_hr.sources.attempts import attempt, commit_or_undo, in_words, log
from smooth_lms_hr.sources.names import ASSIGNMENT, CERTIFICATE, EVENT, EVIDENCE, REQUEST

# Seconds that are spent on what is missing, until others have their turn: jobs of the short queue have 300.
BUDGET = 200
# So many names are asked for at once, and so many are left to one job.
CHUNK = 500
# What a page asks servers for, for its looks alone.
LOOKS = re.compile(r"<(?:link\b|img\b(?![^>]*src=[\"']?data:))[^>]*>", re.IGNORECASE)
# What a style of Frappe's would keep from being printed.
HIDDEN = "<style>.print-hide, .action-banner { display: none !important; }</style></head>"


def copy_handed_in(names: Collection[str]) -> None:
	"""Copy what was handed in with granted requests to the evidence that rests on these.

	It stays where the request's own is changed or taken away. One that cannot be copied keeps nobody from an answer: it is
	logged, and tried again with the daily run.

	:param names: of evidence
	"""
	for row in _uncopied(names) if names else ():
		title = _("Copying what was handed in with {0} failed").format(row.request)
		with attempt(title, EVIDENCE, row.name):
			_copy(row)


def make_later(names: Collection[str]) -> None:
	"""Make the certificates of evidence into files once it is committed, in the background.

	:param names: of evidence that names a certificate
	"""
	for first in range(0, len(names), CHUNK):
		part = list(names)[first : first + CHUNK]
		jobs.enqueue_after_commit(
			"smooth_lms_hr.assigning.evidence_files.make",
			job_id=f"smooth_lms_hr_certificates_{part[0]}",
			names=part,
		)


def make(names: Collection[str]) -> None:
	"""Make certificates into files, each in a transaction of its own, as long as there is time for it.

	:param names: of evidence; what has a file already is left alone
	"""
	_make_each(iter(names))


def make_missing() -> dict[str, int]:
	"""Make the files that evidence has not got yet, the newest first, as long as there is time for it.

	Where there is more than there was time for, it goes on in the background.

	:return: {"files_made", "files_missing"}, without what is 0
	"""
	made, is_done = _make_each(_missing())
	if made and not is_done:
		jobs.enqueue_after_commit(
			"smooth_lms_hr.assigning.evidence_files.make_missing",
			# Not the job's own that is under way.
			job_id=f"smooth_lms_hr_missing_files_{frappe.generate_hash(length=6)}",
		)
	found = {"files_made": made, "files_missing": _count_missing()}
	return {what: count for what, count in found.items() if count}


def _make_each(names: Iterator[str]) -> tuple[int, bool]:
	"""Return how many files were made, and whether all were tried."""
	until, made = time.monotonic() + BUDGET, 0
	title = _("A file of evidence could not be made")
	# What makes PDFs is missing for all of them, and today as yesterday: that is said once.
	logged = frappe.get_all("Error Log", {"method": title}, pluck="error", order_by="creation desc", limit=20)
	known = strip_html("\n".join(logged))
	for name in names:
		if time.monotonic() > until:
			return made, False
		try:
			made += commit_or_undo(partial(_make, name))
		except Exception as error:
			if in_words(error) not in known:
				log(title, reference_doctype=EVIDENCE, reference_name=name)
				frappe.db.commit()
				known += in_words(error)
	return made, True


def _make(name: str) -> bool:
	"""Make the file of evidence, and return whether it has one now that it had not."""
	fields = ["name", "assignment", "certificate", "certificate_file", "kind", "status"]
	row = frappe.db.get_value(EVIDENCE, {"name": name}, fields, as_dict=True)
	if not row or row.certificate_file or row.status != VALID:
		return False
	if row.kind == EXTERNAL:
		return any(_copy(found) for found in _uncopied([name]))
	# Not as whoever has asked for the certificate: the file is not theirs.
	with learning.as_administrator():
		# Outside of any lock: Frappe commits while it prints.
		content = _pdf_of(_as_it_was(row))
		return evidence.attach(name, f"certificate-{name}.pdf", [content], events.NOBODY)


def _as_it_was(row: frappe._dict) -> Document:
	"""Return the certificate of evidence as it was for that: a renewal lets Learning's one say the new days.

	:raises frappe.ValidationError: where its template would print those of today all the same
	"""
	doc = frappe.get_doc(CERTIFICATE, row.certificate)
	said = frappe.get_all(
		EVENT,
		{
			"assignment": row.assignment,
			"event": events.CERTIFIED,
			"cause_doctype": CERTIFICATE,
			"cause": row.certificate,
		},
		pluck="after",
		order_by="name desc",
		limit=1,
	)
	if said and getdate(said[0]) != getdate(doc.issue_date):
		if frappe.db.get_value("Print Format", doc.template, "print_format_builder_beta"):
			frappe.throw(
				_(
					"The template {0} prints a certificate as it is today, which a renewal has changed."
				).format(doc.template)
			)
		doc.issue_date = getdate(said[0])
		doc.expiry_date = frappe.db.get_value(ASSIGNMENT, row.assignment, "valid_until")
	return doc


def _pdf_of(certificate: Document) -> bytes:
	# What Frappe remembers of the one printed before.
	frappe.local.form_dict.pop("pdf_generator", None)
	printing = partial(frappe.get_print, CERTIFICATE, certificate.name, certificate.template, doc=certificate)
	try:
		return printing(as_pdf=True)
	except OSError as error:
		if "network error" not in str(error):
			raise
	# Learning's own template takes its font from the Internet, and a worker may not reach the site itself: what is said
	# matters more than how it looks.
	return pdf.get_pdf(LOOKS.sub("", printing(as_pdf=False)).replace("</head>", HIDDEN, 1))


def _copy(row: frappe._dict) -> bool:
	suffix = EXTENSION.search(row.file.lower())
	file_name = f"proof-{row.name}{suffix.group() if suffix else ''}"
	return evidence.attach(row.name, file_name, private_files.read(row.file))


def _missing() -> Iterator[str]:
	"""Yield the evidence whose file is missing, page by page, the newest first."""
	yield from [row.name for row in _uncopied()]
	table, query = frappe.qb.DocType(EVIDENCE), _without_pdf()
	page = query.select(table.name).orderby(table.name, order=Order.desc).limit(CHUNK)
	names = page.run(pluck=True)
	while names:
		yield from names
		names = page.where(table.name < names[-1]).run(pluck=True)


def _count_missing() -> int:
	((unmade,),) = _without_pdf().select(Count("*")).run()
	return unmade + len(_uncopied())


def _without_pdf():
	"""Return the query, without columns, of the evidence that has no file of its certificate, as long as Learning has that."""
	table, certificate = frappe.qb.DocType(EVIDENCE), frappe.qb.DocType(CERTIFICATE)
	return (
		frappe.qb.from_(table)
		.join(certificate)
		.on(certificate.name == table.certificate)
		.where(
			table.sha256.isnull()
			& (table.certificate > "")
			& (table.status == VALID)
			& (table.kind == LEARNING)
		)
	)


def without_file(names: Collection[str]) -> set[str]:
	"""Return those of some evidence to which a file belongs that is not on record, and can be made still."""
	if not names:
		return set()
	table = frappe.qb.DocType(EVIDENCE)
	unmade = _without_pdf().where(table.name.isin(list(names))).select(table.name).run(pluck=True)
	return {row.name for row in _uncopied(names)} | set(unmade)


def _uncopied(names: Collection[str] | None = None) -> list[frappe._dict]:
	"""Return the evidence that has not got yet what was handed in with its request: name, request and file.

	:param names: of evidence, None for all that there is
	"""
	table, request = frappe.qb.DocType(EVIDENCE), frappe.qb.DocType(REQUEST)
	query = (
		frappe.qb.from_(request)
		.join(table)
		.on(
			(table.assignment == request.assignment)
			& (table.cause == request.name)
			& (table.cause_doctype == REQUEST)
		)
		.select(table.name, request.name.as_("request"), request.file)
		.where((request.file > "") & table.sha256.isnull() & (table.status == VALID))
		.orderby(table.name)
	)
	return (query if names is None else query.where(table.name.isin(list(names)))).run(as_dict=True)
