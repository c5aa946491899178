"""A rename, a merge or a revocation is not taken for a forgery, and does not hide one."""

import hashlib
import os

import frappe
import pytest

from smooth_lms_hr.record import events, evidence, renamings, rows, seal
from smooth_lms_hr.sources import private_files
from smooth_lms_hr.sources.names import CERTIFICATE, EVENT, EVIDENCE, RULE
from tests.site import factory
from tests.site.debts import merge, rename
from tests.site.sealing import broken, learned, seal_all, tamper, verify


def new_name(old: str) -> str:
	return f"{factory.unique('renamed')}.{old}" if "@" in old else f"{old}-{factory.unique('A')}"


def names(doctype: str, **filters) -> list[str]:
	return frappe.get_all(doctype, filters, pluck="name", order_by="name")


# What is named in the record, where, and who renames it.
NAMED = {
	"User": ("member", "System Manager"),
	"Employee": ("employee", "HR Manager"),
	"LMS Course": ("course", "Moderator"),
}


@pytest.mark.parametrize("merged", [False, True])
@pytest.mark.parametrize("doctype", NAMED)
def test_whoever_is_renamed_or_merged_is_no_forgery(owed, hours, doctype, merged):
	column, role = NAMED[doctype]
	evidence_name = learned(owed)
	hours(24)
	seal_all()
	old = owed[column]
	if merged:
		new = {
			"User": factory.user,
			"Employee": lambda: factory.employee(factory.user()).name,
			"LMS Course": factory.course,
		}[doctype]()
		merge(doctype, old, new, by=role)
	else:
		new = rename(doctype, old, new_name(old), by=role)
	assert frappe.db.get_value(EVIDENCE, evidence_name, column) == new
	assert broken() == set()
	again = rename(doctype, new, new_name(new), by=role)
	hours(48)
	seal_all()
	assert broken() == set()
	# Who has that name now is somebody else: what follows is written with the new one, and may not say the old.
	for name, forged in ((evidence_name, new_name(old)), (learned(factory.assignment(name=owed.name)), old)):
		stored = frappe.db.get_value(EVIDENCE, name, column)
		assert stored == again
		tamper(EVIDENCE, name, column, forged)
		assert broken() == {(EVIDENCE, name, column)}
		tamper(EVIDENCE, name, column, stored)


def test_whoever_has_done_it_may_be_renamed_too(owed, hours, as_user):
	boss = factory.hr_manager()
	as_user(boss)
	events.write([events.make(owed, events.WAIVED, reason="Knows it")])
	as_user("Administrator")
	assert names(EVENT, done_by=boss, owner=boss)
	hours(24)
	seal_all()
	rename("User", boss, new_name(boss))
	assert not names(EVENT, done_by=boss)
	assert broken() == set()


def certificate(row) -> str:
	doc = {"doctype": CERTIFICATE, "member": row.member, "course": row.course, "issue_date": "2026-11-23"}
	return frappe.get_doc(doc).insert(ignore_permissions=True, ignore_mandatory=True).name


@pytest.mark.parametrize("doctype", ["Employee Onboarding", RULE, CERTIFICATE])
def test_what_led_to_it_may_be_renamed(owed, hours, doctype):
	cause = {
		"Employee Onboarding": lambda: owed.onboarding,
		RULE: lambda: factory.rule("Drivers", [owed.course], [("Company", factory.company())]).name,
		CERTIFICATE: lambda: certificate(owed),
	}[doctype]()
	events.write([events.make(owed, events.REQUESTED, cause_doctype=doctype, cause=cause)])
	hours(24)
	seal_all()
	new = frappe.rename_doc(doctype, cause, f"{cause}-A", force=True)
	assert names(EVENT, cause=new)
	assert broken() == set()
	name = names(EVENT, cause=new)[0]
	tamper(EVENT, name, "cause", f"{cause}-B")
	assert broken() == {(EVENT, name, "cause")}


def test_a_rename_of_what_nobody_owes_is_known_too(owed, hours):
	before = len(names(EVENT))
	stranger = factory.user()
	rename("User", stranger, new_name(stranger))
	(name,) = names(EVENT)[before:]
	event = frappe.get_doc(EVENT, name)
	assert (event.assignment, event.event, event.before, event.cause_doctype) == (
		None,
		"Renamed",
		stranger,
		"User",
	)
	assert event.after == event.cause == frappe.db.get_value("User", {"name": ("like", f"%{stranger}")})
	assert verify()["ok"]


def test_a_rename_comes_after_what_it_moves_though_the_clock_is_set_back(owed, hours, monkeypatch):
	hours(24)
	evidence_name = learned(owed)
	monkeypatch.setattr(rows, "_last", 0)
	hours(20)
	new = rename("User", owed.member, new_name(owed.member))
	assert frappe.db.get_value(EVIDENCE, evidence_name, "member") == new
	assert broken() == set()
	# What is written next has its own time again.
	assert learned(factory.assignment(name=owed.name)) < evidence_name


def test_a_row_that_a_rename_did_not_reach_is_no_forgery(owed):
	"""It was being written at the same moment, and is as it was written."""
	renamings.write("User", owed.member, "somebody.else@example.com", False)
	assert broken() == set()


def test_what_was_renamed_before_a_row_was_written_is_none_of_its_names(owed):
	"""Somebody else has the old name by then."""
	renamings.write("User", owed.member, "b@example.com", False)
	name = learned(owed)
	assert broken() == set()
	tamper(EVIDENCE, name, "member", "b@example.com")
	assert broken() == {(EVIDENCE, name, "member")}


def test_a_name_goes_round_in_circles(owed):
	for old, new in (("b@example.com", owed.member), (owed.member, "b@example.com")) * 2:
		renamings.write("User", old, new, False)
	tamper(EVENT, names(EVENT)[0], "member", "b@example.com")
	assert broken() == set()
	tamper(EVENT, names(EVENT)[0], "member", "c@example.com")
	assert broken() == {(EVENT, names(EVENT)[0], "member")}


# What may change of evidence


@pytest.fixture
def kept(owed, hours):
	"""Sealed evidence, and how to write an event about it."""
	name = learned(owed)
	hours(24)
	seal_all()
	row = frappe.get_doc(EVIDENCE, name)

	def say(event: str, **values) -> frappe._dict:
		values = {"cause_doctype": EVIDENCE, "cause": name, **values}
		events.write([events.make(owed, event, **values)])
		return frappe.get_last_doc(EVENT, {"assignment": owed.name, "event": event}, order_by="name desc")

	return frappe._dict(name=name, row=row, say=say)


def test_a_revocation_with_its_event_is_none(kept):
	event = kept.say(events.REVOKED, reason="Copied")
	said = {
		"status": evidence.REVOKED,
		"revoked_by": event.done_by,
		"revoked_on": event.happened_on,
		"revoked_reason": "Copied",
	}
	# What was revoked and says that it holds is one.
	assert broken() == {(EVIDENCE, kept.name, column) for column in said}
	frappe.db.set_value(EVIDENCE, kept.name, said, update_modified=False)
	assert broken() == set()
	for column, forged in (
		("revoked_by", "a@example.com"),
		("revoked_on", "2020-02-02"),
		("revoked_reason", "No"),
	):
		tamper(EVIDENCE, kept.name, column, forged)
		assert broken() == {(EVIDENCE, kept.name, column)}
		tamper(EVIDENCE, kept.name, column, said[column])


def test_a_certificate_that_comes_later_is_none(kept):
	tamper(EVIDENCE, kept.name, "certificate", "CERT-1")
	assert broken() == {(EVIDENCE, kept.name, "certificate")}
	kept.say(events.CERTIFIED, after="2026-11-24", cause_doctype=CERTIFICATE, cause="CERT-1")
	assert broken() == set()
	# Of the assignment's next completion: it is about that one.
	later = learned(factory.assignment(name=kept.row.assignment))
	kept.say(events.CERTIFIED, after="2026-11-25", cause_doctype=CERTIFICATE, cause="CERT-2")
	tamper(EVIDENCE, later, "certificate", "CERT-2")
	assert broken() == set()
	tamper(EVIDENCE, kept.name, "certificate", "CERT-2")
	assert broken() == {(EVIDENCE, kept.name, "certificate")}


def test_a_hold_with_its_event_is_none(kept):
	tamper(EVIDENCE, kept.name, "on_hold", 1)
	assert broken() == {(EVIDENCE, kept.name, "on_hold")}
	kept.say(events.HELD, reason="A lawsuit")
	assert broken() == set()
	kept.say(events.RELEASED, reason="It is over")
	assert broken() == {(EVIDENCE, kept.name, "on_hold")}
	tamper(EVIDENCE, kept.name, "on_hold", 0)
	tamper(EVIDENCE, kept.name, "retain_until", "2035-12-31")
	assert broken() == set()


@pytest.fixture
def filed(kept):
	"""Evidence with a certificate that was made later, and where that lies."""
	content = factory.unique("Certificate").encode()
	attached = {"attached_to_doctype": EVIDENCE, "attached_to_name": kept.name}
	file = private_files.write(f"{factory.unique('certificate')}.pdf", [content], **attached)
	values = {"certificate_file": file.file_url, "sha256": hashlib.sha256(content).hexdigest()}
	frappe.db.set_value(EVIDENCE, kept.name, values, update_modified=False)
	kept.path = file.get_full_path()
	kept.update(values)
	return kept


def test_a_file_that_comes_later_is_none(filed):
	assert broken() == {(EVIDENCE, filed.name, column) for column in ("certificate_file", "sha256")}
	filed.say(events.CERTIFIED, after=filed.sha256)
	assert broken() == set()
	same_name = filed.certificate_file.rpartition("/")[2]
	for column in ("certificate_file", "sha256"):
		for forged in (
			None, "/private/files/another.pdf", f"/files/{same_name}", f"https://example.com/private/files/{same_name}",
		):  # fmt: skip
			tamper(EVIDENCE, filed.name, column, forged)
			assert (EVIDENCE, filed.name, column) in broken()
		tamper(EVIDENCE, filed.name, column, filed[column])
	assert broken() == set()


def test_a_file_that_was_changed_or_taken_away_on_the_disk_is_named(filed):
	filed.say(events.CERTIFIED, after=filed.sha256)
	with open(filed.path, "rb") as file:
		content = file.read()
	with open(filed.path, "wb") as file:
		file.write(content + b" ")
	(row,) = verify()["broken"]
	assert (row["name"], row["column"]) == (filed.name, "certificate_file")
	assert filed.certificate_file in row["why"]
	os.remove(filed.path)
	(row,) = verify()["broken"]
	assert filed.certificate_file in row["why"]
	with open(filed.path, "wb") as file:
		file.write(content)
	assert broken() == set()


def test_evidence_without_an_assignment_is_looked_at_as_well(owed, hours):
	row = factory.assignment(name=owed.name)
	row.update(name=None, course=None)
	name = learned(row, kind="Classroom")
	event = events.make(row, events.REVOKED, reason="Was not there", cause_doctype=EVIDENCE, cause=name)
	events.write([event])
	assert {column for _doctype, _name, column in broken()} == {
		"status",
		"revoked_by",
		"revoked_on",
		"revoked_reason",
	}
	hours(24)
	assert seal.seal_next()
