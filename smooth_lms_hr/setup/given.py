"""The record of what the app has given this site, once: what an administrator makes of it afterwards stands.

Install gives everything. A migrate gives what the site was never given, which is what is new in a release.
"""

import json
from collections.abc import Callable

import frappe

RECORD = {"parent": "__global", "defkey": "smooth_lms_hr_given"}

# What the release that kept no record yet gave every site.
BEFORE_THE_RECORD = (
	*(
		f"Custom Field/LMS Course-{fieldname}"
		for fieldname in (
			"training_section", "is_mandatory", "training_column_break", "training_due_days", "validity_days"
		)
	),
	*(
		f"Custom Field/Employee Onboarding-{fieldname}"
		for fieldname in ("training_section", "training_status", "training_overview", "training_note")
	),
	"Right/LMS Course-HR Manager",
	"Right/LMS Course-HR User",
	"Email Template/Training Assigned",
	"Email Template/Training Reminder",
	"Email Template/Team Training Digest",
	"Email Template/HR Training Digest",
	"Reminder Ladder",
	"Side Bar Entry",
)  # fmt: skip


def begin() -> None:
	"""Open the record of a site that is about to get the app."""
	if _stored() is None:
		_write({})


def once(key: str, add: Callable[[], bool]) -> None:
	"""Give the site something that it was never given.

	:param key: names it for ever
	:param add: gives it, and returns whether it did: False where the site has such a thing of its own
	"""
	known = _read()
	if key not in known:
		known[key] = add()
		_write(known)


def is_ours(key: str) -> bool:
	"""Return whether it was the app that gave this to the site."""
	return _read().get(key, False)


def forget() -> None:
	frappe.db.delete("DefaultValue", RECORD)
	frappe.clear_cache()


def _read() -> dict[str, bool]:
	stored = _stored()
	# Nobody opened one: the app was here before there were records.
	return dict.fromkeys(BEFORE_THE_RECORD, True) if stored is None else json.loads(stored)


def _stored() -> str | None:
	return frappe.db.get_value("DefaultValue", RECORD, "defvalue")


def _write(known: dict[str, bool]) -> None:
	frappe.db.set_global(RECORD["defkey"], json.dumps(known, sort_keys=True))
