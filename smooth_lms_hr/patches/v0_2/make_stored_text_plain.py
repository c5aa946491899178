"""What was written before 0.2 of names, titles and reasons was stored as it came: with their markup."""

from collections.abc import Callable

import frappe
from frappe.utils import sanitize_html
from pypika.terms import Criterion

from smooth_lms_hr.assigning.onboarding import ONBOARDING
from smooth_lms_hr.smooth_lms_hr.doctype.lms_training_assignment.lms_training_assignment import TEXTS
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.sources.settings import SETTINGS

CHUNK = 1000
# "<", and what stands for it.
SUSPICIOUS = ("%<%", "%&%;%")


def execute():
	"""Make it plain. A chunk is a step by itself: what breaks off is gone on with by the next migration."""
	_clean(ASSIGNMENT, TEXTS, plain_text)
	_clean(ONBOARDING, ("training_note",), plain_text)
	_clean("Notification Log", ("subject",), plain_text, document_type=ASSIGNMENT)
	# These are HTML, and some were written past Frappe's own filter.
	_clean("Comment", ("content",), _sanitized, reference_doctype=ASSIGNMENT, comment_type="Info")
	summary = frappe.db.get_singles_dict(SETTINGS).get("last_run_summary")
	if summary and plain_text(summary) != summary:
		frappe.db.set_single_value(SETTINGS, "last_run_summary", plain_text(summary), update_modified=False)


def _sanitized(html: str) -> str:
	return sanitize_html(html, always_sanitize=True) if "<" in html else html


def _clean(doctype: str, fieldnames: tuple[str, ...], cleaned: Callable[[str], str], **filters: str) -> None:
	table = frappe.qb.DocType(doctype)
	fieldnames = [fieldname for fieldname in fieldnames if frappe.db.has_column(doctype, fieldname)]
	if not fieldnames:
		return
	fields = [table[fieldname] for fieldname in fieldnames]
	query = (
		frappe.qb.from_(table)
		.select(table.name, *fields)
		.where(Criterion.any(field.like(pattern) for field in fields for pattern in SUSPICIOUS))
		.orderby(table.name)
		.limit(CHUNK)
	)
	for fieldname, value in filters.items():
		query = query.where(table[fieldname] == value)
	rows = query.run(as_dict=True)
	while rows:
		last = rows[-1].name
		updates = {}
		for row in rows:
			name = row.pop("name")
			values = {fieldname: value and cleaned(value) for fieldname, value in row.items()}
			if values != row:
				updates[name] = values
		frappe.db.bulk_update(doctype, updates, chunk_size=CHUNK, update_modified=False)
		# Bounds the locks held.
		frappe.db.commit()
		rows = query.where(table.name > last).run(as_dict=True)
