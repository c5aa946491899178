"""The ledger refuses what was said before, whatever else was asked first: two machines that share no lock rely on it."""

from dataclasses import replace
from datetime import timedelta

import frappe
import pytest

from smooth_lms_hr.record import ledger
from tests.site.conftest import TODAY

SAID = ledger.Notice("TA-1", ledger.LADDER, TODAY, "Member", "a@example.com", TODAY, -7)
OTHERS = {
	"assignment": "TA-2",
	"kind": ledger.ASKED,
	"due_date": TODAY + timedelta(days=1),
	"audience": "Manager",
	"recipient": "b@example.com",
	"occasion": TODAY + timedelta(days=1),
	"offset_days": 0,
}


def test_the_same_is_entered_once_and_what_differs_in_anything_is_not_the_same():
	ledger.write([SAID], None)
	frappe.db.savepoint("said")
	with pytest.raises(ledger.AlreadySaid):
		ledger.write([SAID], None)
	frappe.db.rollback(save_point="said")
	# With one that is new: neither is entered, since both are of one mail.
	with pytest.raises(ledger.AlreadySaid):
		ledger.write([replace(SAID, recipient="c@example.com"), SAID], None)
	frappe.db.rollback(save_point="said")
	ledger.write([replace(SAID, **{field: other}) for field, other in OTHERS.items()], None)
	assert frappe.db.count("LMS Training Notification") == 1 + len(OTHERS)
