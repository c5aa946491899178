"""What HR decides of what people have to hold: verified, waived, revoked, reopened; each with who, when and why."""

import frappe
import pytest

from smooth_lms_hr import api, daily
from smooth_lms_hr.sources.names import COMPLIANCE
from tests.site import factory


@pytest.fixture
def passport(hr):
	return factory.compliance_type(documents=["Passport"], needs_verification=1)


@pytest.fixture
def waiting(hire, passport):
	"""What waits for HR to confirm it."""
	factory.verified_document(hire.name, "Passport")
	return factory.compliance(hire.name, passport)


def now(row) -> frappe._dict:
	return frappe.db.get_value(COMPLIANCE, row.name, "*", as_dict=True)


def said(row) -> list[str]:
	filters = {"reference_doctype": COMPLIANCE, "reference_name": row.name, "comment_type": "Info"}
	return frappe.get_all("Comment", filters, pluck="content", order_by="creation")


def test_it_counts_once_hr_has_confirmed_it(waiting, hr):
	assert waiting.status == "Awaiting Verification"
	assert api.verify_compliance([waiting.name])["done"] == [{"name": waiting.name, "message": "Verified."}]
	row = now(waiting)
	assert (row.status, row.verified_by, str(row.completed_on)) == ("Complete", hr, "2026-11-23")
	assert said(waiting) == ["Verified."]


def test_of_two_who_verify_it_the_second_is_told_so(waiting, as_user):
	api.verify_compliance([waiting.name])
	first = now(waiting).verified_by
	as_user(factory.hr_manager())
	(failed,) = api.verify_compliance([waiting.name])["failed"]
	assert "nothing to verify" in failed["message"]
	assert now(waiting).verified_by == first


def test_what_is_not_proved_cannot_be_verified(hire, passport):
	row = factory.compliance(hire.name, passport)
	assert api.verify_compliance([row.name])["failed"]
	assert now(row).status == "Pending"


def test_nobody_decides_on_their_own(passport, as_user):
	user = factory.hr_manager()
	own = factory.employee(user, create_user_permission=0)
	factory.verified_document(own.name, "Passport")
	row = factory.compliance(own.name, passport)
	as_user(user)
	for refused in (
		lambda: api.verify_compliance([row.name]),
		lambda: api.waive_compliance([row.name], "I say so"),
	):
		(failed,) = refused()["failed"]
		assert "your own" in failed["message"]
	assert now(row).status == "Awaiting Verification"
	frappe.db.set_single_value("LMS Training Settings", "waive_own_training", 1)
	assert api.verify_compliance([row.name])["failed"]
	assert api.waive_compliance([row.name], "I may")["done"]


def test_a_waiver_stands_until_it_is_withdrawn(waiting, hr):
	api.waive_compliance([waiting.name], "<b>Works</b> at home")
	row = now(waiting)
	assert (row.status, row.reason) == ("Waived", "‹b>Works‹/b> at home")
	assert said(waiting) == ["Waived: ‹b&gt;Works‹/b&gt; at home"]
	assert api.waive_compliance([waiting.name], "Again")["failed"]
	assert api.verify_compliance([waiting.name])["failed"]
	api.reopen_compliance([waiting.name], "Back in the office")
	assert now(waiting).status == "Awaiting Verification"
	assert api.reopen_compliance([waiting.name], "Once more")["failed"]


def test_what_is_revoked_is_not_complete_again_by_its_proofs_and_reopened_it_is_verified_anew(waiting):
	assert api.revoke_compliance([waiting.name], "Not yet")["failed"]
	api.verify_compliance([waiting.name])
	api.revoke_compliance([waiting.name], "It is a copy")
	factory.verified_document(waiting.employee, "Passport", issued_on="2026-11-22")
	row = now(waiting)
	assert (row.status, row.reason) == ("Revoked", "It is a copy")
	api.reopen_compliance([waiting.name], "Seen the original")
	row = now(waiting)
	assert (row.status, row.verified_by, row.completed_on) == ("Awaiting Verification", None, None)


def test_a_reason_is_required(waiting):
	for method in (api.waive_compliance, api.revoke_compliance, api.reopen_compliance):
		with pytest.raises(frappe.MandatoryError, match="reason"):
			method([waiting.name], " ")


def test_what_is_not_yours_is_as_if_there_were_none(waiting, as_user):
	as_user(factory.user("HR User"))
	(one,) = api.verify_compliance([waiting.name])["failed"]
	(none,) = api.verify_compliance(["no-such-row"])["failed"]
	assert one["message"].replace(waiting.name, "") == none["message"].replace("no-such-row", "")
	assert now(waiting).status == "Awaiting Verification"


def test_a_cycle_that_is_over_is_not_decided_on(hire, hr, clock):
	passport = factory.compliance_type(
		documents=["Passport"], renew_every=100, renew_unit="Days", alert_days_before=10
	)
	factory.verified_document(hire.name, "Passport")
	old = factory.compliance(hire.name, passport)
	clock(95)
	factory.verified_document(
		hire.name, "Passport", issued_on="2027-02-25", verified_on="2027-02-26 10:00:00"
	)
	daily.run()
	assert len(factory.cycles(hire.name, passport)) == 2
	(failed,) = api.waive_compliance([old.name], "Too late")["failed"]
	assert "is over" in failed["message"]
