"""Verifies the record for somebody at a screen: at once where it is small, else in the background, and they see how far it is."""

from datetime import date

import frappe
from frappe import _
from frappe.utils import getdate

from smooth_lms_hr.record import verifying
from smooth_lms_hr.sources import jobs

# Rows that are read while somebody waits.
AT_ONCE = 20_000
EVENT = "smooth_lms_hr_verification"
JOB = "smooth_lms_hr_verification:{0}"


def verify(user: str, from_date: date | None) -> dict | None:
	"""Return what is found, None where it was started in the background: the event tells the user of it.

	:param from_date: see ``verifying.verify``
	:raises jobs.QueueDown: where it is too much to wait for, and the queue does not answer
	"""
	if verifying.size(from_date, AT_ONCE) <= AT_ONCE:
		return verifying.verify(from_date)
	jobs.enqueue_now(
		"smooth_lms_hr.showing.verification.verify_for",
		job_id=JOB.format(user),
		timeout=4 * 3600,
		user=user,
		from_date=from_date and str(from_date),
	)
	return None


def verify_for(user: str, from_date: str | None = None) -> None:
	"""Verify in the background because somebody asked for it, and show them how it goes and what was found."""

	def tell(**state) -> None:
		frappe.publish_realtime(EVENT, state, user=user)

	try:
		result = verifying.verify(from_date and getdate(from_date), say=lambda percent: tell(percent=percent))
	except Exception as error:
		tell(error=_("The verification failed: {0}").format(error))
		raise
	tell(result=result)
