"""The daily run: what no event announced is found, what became late is flagged."""

from datetime import date

import frappe
from frappe import _
from frappe.utils import getdate

from smooth_lms_hr.services.attempts import attempt
from smooth_lms_hr.services.facts import ASSIGNMENT
from smooth_lms_hr.services.onboarding import ONBOARDING, resume, waiting_onboardings
from smooth_lms_hr.services.progress import reconcile
from smooth_lms_hr.services.settings import get_settings
from smooth_lms_hr.training.status import OPEN

CHUNK = 1000


def run(today: date | None = None) -> dict[str, int]:
	"""Do the day's work; doing it twice changes nothing.

	Commits after every step, so that a crash loses no more than one, and the next run goes on from there.

	:param today: the day to judge by, in the site's time zone; None for now
	:return: what was done: "resumed" onboardings, and changed assignments by new status
	"""
	today = today or getdate()
	summary = {"resumed": _resume_waiting()}
	for kind, count in _reconcile_all(today).items():
		summary[kind] = summary.get(kind, 0) + count
	return summary


def _resume_waiting() -> int:
	settings = get_settings()
	if not (settings.enabled and settings.assign_when_linked_later):
		return 0
	resumed = 0
	for name in waiting_onboardings():
		with attempt(_("Mandatory training of {0} failed").format(name), ONBOARDING, name):
			resumed += resume(name)
		# One onboarding is one step: nobody else's is lost with it.
		frappe.db.commit()
	return resumed


def _reconcile_all(today: date) -> dict[str, int]:
	totals: dict[str, int] = {}
	after = ""
	while names := frappe.get_all(
		ASSIGNMENT,
		filters={"status": ("in", OPEN), "name": (">", after)},
		order_by="name",
		limit_page_length=CHUNK,
		pluck="name",
	):
		for kind, count in reconcile(names, today).items():
			totals[kind] = totals.get(kind, 0) + count
		# Bounds the locks held and the memory used, and lets a restart go on from here.
		frappe.db.commit()
		after = names[-1]
	return totals
