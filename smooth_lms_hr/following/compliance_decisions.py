"""What HR decides of what somebody has to hold: it is verified, waived, revoked, or none of it any more."""

from collections.abc import Sequence

import frappe
from frappe import _
from frappe.utils import getdate, now_datetime

from smooth_lms_hr.assigning import compliance, compliance_training
from smooth_lms_hr.following import decisions
from smooth_lms_hr.sources.names import COMPLIANCE
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.sources.settings import get_settings
from smooth_lms_hr.training.compliance import (
	AWAITING_VERIFICATION,
	COMPLETE,
	DECIDED,
	DUE_FOR_RENEWAL,
	PENDING,
	REVOKED,
	WAIVED,
)


def verify(names: Sequence[str]) -> dict[str, list[dict]]:
	"""Confirm that what people have proved is right; see ``api.verify_compliance``."""

	def decide(row: frappe._dict) -> str:
		if row.status != AWAITING_VERIFICATION:
			frappe.throw(_("It is {0}: there is nothing to verify.").format(_(row.status)))
		values = {"verified_by": frappe.session.user, "verified_on": now_datetime()}
		compliance.decide(row, values, _("Verified."))
		return _("Verified.")

	# It needs no reason: what was verified is there to be looked at.
	return decisions.each(names, "-", lambda name: _decide(name, decide, own=False), COMPLIANCE)


def waive(names: Sequence[str], reason: str) -> dict[str, list[dict]]:
	"""Excuse people from what they have to hold; see ``api.waive_compliance``."""

	def decide(row: frappe._dict) -> str:
		if row.status in DECIDED:
			frappe.throw(_("It is {0} already.").format(_(row.status)))
		return _put(row, WAIVED, reason, _("Waived: {0}"), _("Waived."))

	return _each(names, reason, decide)


def revoke(names: Sequence[str], reason: str) -> dict[str, list[dict]]:
	"""Take back that people hold something; see ``api.revoke_compliance``."""

	def decide(row: frappe._dict) -> str:
		if row.status not in (COMPLETE, DUE_FOR_RENEWAL):
			frappe.throw(_("It is {0}: there is nothing to revoke.").format(_(row.status)))
		return _put(row, REVOKED, reason, _("Revoked: {0}"), _("Revoked."))

	return _each(names, reason, decide)


def reopen(names: Sequence[str], reason: str) -> dict[str, list[dict]]:
	"""Withdraw a waiver or a revocation; see ``api.reopen_compliance``."""

	def decide(row: frappe._dict) -> str:
		if row.status not in DECIDED:
			frappe.throw(_("It is {0}: there is no decision to withdraw.").format(_(row.status)))
		said = _put(row, PENDING, reason, _("Reopened: {0}"), _("It follows its proofs again."))
		# What was confirmed before was decided otherwise since.
		frappe.db.set_value(
			COMPLIANCE,
			row.name,
			{"verified_by": None, "verified_on": None, "completed_on": None, "next_renewal_date": None},
			update_modified=False,
		)
		return said

	return _each(names, reason, decide)


def _each(names: Sequence[str], reason: str, decide) -> dict[str, list[dict]]:
	own = get_settings().waive_own_training
	return decisions.each(names, reason, lambda name: _decide(name, decide, own), COMPLIANCE)


def _decide(name: str, decide, own: bool) -> str:
	"""Decide on the latest cycle of what somebody holds, and let all that hangs on it follow.

	:param own: whether somebody may decide on their own
	"""
	found = frappe.db.get_value(COMPLIANCE, {"name": name}, ["employee", "compliance_type"], as_dict=True)
	cycles = compliance.locked([found.employee], [found.compliance_type]) if found.employee else []
	row = next((one for one in cycles if one.name == name), None)
	if not row or row is not cycles[-1]:
		frappe.throw(_("{0} is over: a later cycle has followed it, or its person is gone.").format(name))
	if not own and frappe.db.get_value("Employee", row.employee, "user_id") == frappe.session.user:
		frappe.throw(
			_("{0} is your own: ask a colleague to decide.").format(name),
			frappe.PermissionError,
			title=_("Your Own Compliance"),
		)
	said = decide(row)
	today = getdate()
	compliance.settle([row.employee], today, [row.compliance_type])
	compliance_training.settle([name], today, frappe.session.user)
	return said


def _put(row: frappe._dict, status: str, reason: str, said: str, done: str) -> str:
	reason = plain_text(reason.strip())
	compliance.decide(row, {"status": status, "reason": reason}, said.format(reason))
	return done
