"""Each seal is mailed to an address outside, once."""

import frappe
import pytest
from frappe.utils import getdate

from smooth_lms_hr import daily
from smooth_lms_hr.record import events
from smooth_lms_hr.sources.names import NOTIFICATION, SEAL
from smooth_lms_hr.telling import seals
from tests.site import factory
from tests.site.mailbox import read_mails
from tests.site.sealing import seal_all

ADDRESS = "seals@example.org"


@pytest.fixture
def owed(settings, hire, hours):
	settings.seal_recipient = ADDRESS
	settings.save()
	hours(0)
	factory.course("Fire Safety")
	factory.onboarding(employee=hire.name)
	hours(24)
	return factory.assignment(member=hire.user_id)


def test_a_seal_is_mailed_once_with_all_that_it_says(owed):
	daily.run()
	((_to, subject, text),) = read_mails(ADDRESS)
	doc = frappe.get_last_doc(SEAL)
	assert doc.name in subject
	for said in (doc.name, doc.digest, doc.up_to_event, str(doc.events)):
		assert said in text
	assert daily.run()["mails"] == 0
	assert read_mails(ADDRESS) == []
	(row,) = frappe.get_all(NOTIFICATION, {"kind": "Sealed"}, ["*"])
	assert (row.assignment, row.reference_doctype, row.reference) == (None, SEAL, doc.name)
	assert (row.recipient, row.audience) == (ADDRESS, "Outside")


def test_the_next_seal_is_the_next_mail(owed, hours):
	daily.run()
	read_mails()
	events.write([events.make(owed, events.OVERDUE)])
	hours(48)
	daily.run()
	((_to, subject, text),) = read_mails(ADDRESS)
	first, second = frappe.get_all(SEAL, ["*"], order_by="name")
	assert second.name in subject
	assert first.digest in text
	assert second.digest in text


def test_what_an_outage_has_kept_is_mailed_by_the_next_run(owed, monkeypatch):
	def down(**values):
		raise OSError("No server")

	with monkeypatch.context() as patch:
		patch.setattr(frappe, "sendmail", down)
		summary = daily.run()
	assert summary["sealed"] == 1
	assert any("TS-00000001" in words for words in summary["not_done"])
	assert not frappe.db.exists(NOTIFICATION, {"kind": "Sealed"})
	daily.run()
	assert len(read_mails(ADDRESS)) == 1


def test_a_new_address_gets_what_is_young(owed, settings, clock, hours):
	daily.run()
	read_mails()
	clock(seals.FORGOTTEN_DAYS + 1)
	events.write([events.make(owed, events.OVERDUE)])
	hours(24 * (seals.FORGOTTEN_DAYS + 2))
	settings.reload()
	settings.seal_recipient = "another@example.org"
	settings.save()
	daily.run(getdate())
	assert len(read_mails("another@example.org")) == 1


def test_without_an_address_nobody_is_mailed(owed, settings):
	settings.reload()
	settings.seal_recipient = None
	settings.save()
	assert daily.run()["sealed"] == 1
	assert not frappe.db.exists(NOTIFICATION, {"kind": "Sealed"})


def test_what_is_no_address_is_refused(settings):
	settings.seal_recipient = "nobody"
	with pytest.raises(frappe.ValidationError):
		settings.save()


def test_no_seal_no_mail(owed, hours):
	hours(1)
	assert seal_all() == []
	daily.run()
	assert read_mails(ADDRESS) == []
