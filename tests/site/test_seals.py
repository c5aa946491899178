"""The record is sealed, and whatever is changed in it behind everybody's back is found and named."""

import hashlib
import json

import frappe
import pytest

from smooth_lms_hr import daily
from smooth_lms_hr.record import events, renamings, rows, seal
from smooth_lms_hr.record.evidence import Signature
from smooth_lms_hr.sources.names import EVENT, EVIDENCE, SEAL
from tests.site import factory
from tests.site.sealing import broken, columns_of, learned, other_than, seal_all, tamper, verify


@pytest.fixture
def sealed(owed, hours):
	"""An assignment with sealed events and evidence; the clock is a day later."""
	events.write(
		[events.make(owed, events.WAIVED, before="Pending", after="Waived", reason="<b>Knows</b> it")]
	)
	learned(owed)
	hours(24)
	seal_all()
	return owed


def names(doctype: str) -> list[str]:
	return frappe.get_all(doctype, pluck="name", order_by="name")


def test_what_is_on_record_is_sealed_once_it_is_old_enough(owed, hours):
	learned(owed)
	hours(1.9)
	assert seal_all() == []
	assert verify()["events"] == len(names(EVENT)) > 0
	hours(2.1)
	assert seal_all() == ["TS-00000001"]
	assert seal_all() == []
	events.write([events.make(owed, events.OVERDUE, before="Pending", after="Overdue")])
	hours(5)
	assert seal_all() == ["TS-00000002"]
	answer = verify()
	assert answer == {"ok": True, "seals": 2, "events": len(names(EVENT)), "evidence": 1, "broken": []}
	first, second = frappe.get_all(SEAL, ["*"], order_by="name")
	assert (first.events, first.evidence, second.events, second.evidence) == (len(names(EVENT)) - 1, 1, 1, 0)
	assert (first.previous or "", second.previous) == ("", first.digest)


def test_anybody_computes_a_seal_with_sha256_alone(sealed):
	doc = frappe.get_doc(SEAL, "TS-00000001")
	head = (
		f'{{"events":{doc.events},"evidence":1,"name":"TS-00000001","previous":"","sealed_on":"{doc.sealed_on}",'
		f'"up_to_event":"{doc.up_to_event}","up_to_evidence":"{doc.up_to_evidence}"}}'
	)
	hashes = [
		row_hash
		for doctype in (EVENT, EVIDENCE)
		for row_hash in frappe.get_all(doctype, pluck="row_hash", order_by="name")
	]
	assert hashlib.sha256("\n".join([head, *hashes]).encode()).hexdigest() == doc.digest


def test_more_than_a_seal_holds_is_in_several(owed, hours, monkeypatch):
	monkeypatch.setattr(seal, "ROWS", 2)
	for number in range(4):
		events.write([events.make(owed, events.REQUESTED, after=str(number))])
		learned(owed)
	hours(24)
	assert len(seal_all()) == -(-len(names(EVENT)) // 2)
	assert verify()["ok"]
	tamper(EVENT, names(EVENT)[2], "reason", "Forged")
	assert broken() == {(EVENT, names(EVENT)[2], "reason")}


# By which column it is said that one of Frappe's own, or the proof itself, is not what it was.
SAID_OF = {"as_written": "row_hash", "modified_by": "modified", "docstatus": "modified", "idx": "modified"}


@pytest.mark.parametrize("is_sealed", [True, False])
@pytest.mark.parametrize("doctype", [EVENT, EVIDENCE])
def test_every_column_in_turn_is_found(owed, hours, doctype, is_sealed):
	events.write([events.make(owed, events.WAIVED, before="Pending", after="Waived", reason="Knows it")])
	learned(owed, signature=Signature("I have read it", "Anna", "2026-11-20 10:00:00"))
	if is_sealed:
		hours(24)
		assert seal_all()
	name = names(doctype)[-1]
	before = frappe.db.get_value(doctype, name, "*", as_dict=True)
	# Derived from other records, at any time.
	for column in set(columns_of(doctype)) - {"retain_until"}:
		empty = [None] if isinstance(before[column], str) else []
		for forged in (other_than(doctype, column, before[column]), *empty):
			tamper(doctype, name, column, forged)
			found = broken()
			assert {row[:2] for row in found} == {(doctype, name)}, (column, forged, found)
			assert SAID_OF.get(column, column) in {row[2] for row in found}, (column, forged, found)
			# Once: of a row that does not fit its own hash the seal says nothing more.
			assert column in ("as_written", "creation", "owner") or len(found) == 1, (column, forged, found)
			tamper(doctype, name, column, before[column])
			assert verify()["ok"], column


def test_a_row_written_anew_with_a_hash_that_fits_is_named(sealed):
	name = names(EVENT)[0]
	as_written = frappe.db.get_value(EVENT, name, "as_written").replace('"reason":null', '"reason":"Forged"')
	tamper(EVENT, name, "as_written", as_written)
	tamper(EVENT, name, "reason", "Forged")
	tamper(EVENT, name, "row_hash", rows.hash_of(name, as_written))
	assert broken() == {(EVENT, name, None)}


@pytest.mark.parametrize("doctype", [EVENT, EVIDENCE])
def test_a_row_taken_out_is_named(sealed, doctype):
	name = names(doctype)[-1]
	frappe.db.sql(f"delete from `tab{doctype}` where name = %s", name)
	assert broken() == {(doctype, name, None)}


@pytest.mark.parametrize("doctype", [EVENT, EVIDENCE])
def test_a_row_added_behind_a_seal_is_named(sealed, doctype):
	row = frappe.db.get_value(doctype, names(doctype)[-1], "*", as_dict=True)
	name = rows.first_name_at(int(row.name[:14], 16) + 1) + "-abcdef"
	row.update(name=name, row_hash=rows.hash_of(name, row.as_written))
	doc = frappe.get_doc({"doctype": doctype, **row})
	doc.db_insert()
	assert broken() == {(doctype, name, None)}


def test_a_seal_changed_or_taken_out_is_named(sealed, hours):
	events.write([events.make(sealed, events.OVERDUE)])
	hours(48)
	seal_all()
	first, second = names(SEAL)
	for column, forged in (
		("sealed_on", "2020-02-02 02:02:02"), ("events", 77), ("up_to_evidence", rows.first_name_at(1)),
		("digest", "f" * 64), ("listed", "Forged"), ("previous", "f" * 64),
	):  # fmt: skip
		frappe.db.savepoint("tampered")
		tamper(SEAL, first, column, forged)
		assert (SEAL, first) in {row[:2] for row in broken()} | (
			# What a seal does not hold any more is not in it.
			{(SEAL, first)} if column == "up_to_evidence" and broken() else set()
		), column
		frappe.db.rollback(save_point="tampered")
	frappe.db.sql(f"delete from `tab{SEAL}` where name = %s", first)
	assert broken() == {(SEAL, first, None)}
	assert verify()["seals"] == 1
	assert second


def test_from_a_day_on_the_seals_before_are_taken_for_true(sealed, hours, clock):
	events.write([events.make(sealed, events.OVERDUE)])
	hours(48)
	day = clock(2)
	seal_all()
	tamper(EVENT, names(EVENT)[0], "reason", "Forged")
	answer = verify(day)
	assert (answer["ok"], answer["seals"], answer["events"], answer["evidence"]) == (True, 1, 1, 0)
	assert not verify()["ok"]
	tamper(EVENT, names(EVENT)[-1], "reason", "Forged")
	assert broken(day) == {(EVENT, names(EVENT)[-1], "reason")}


def test_so_much_is_named_and_the_rest_is_counted(sealed, monkeypatch):
	monkeypatch.setattr("smooth_lms_hr.record.verifying.NAMED", 1)
	for name in names(EVENT):
		tamper(EVENT, name, "reason", "Forged")
	named, counted = verify()["broken"]
	assert named["name"] == names(EVENT)[0]
	assert str(len(names(EVENT)) - 1) in counted["why"]


# The clock


def test_nothing_is_written_behind_a_seal_though_the_clock_is_set_back(sealed, hours, monkeypatch):
	hours(1)
	# A process that has written nothing yet.
	monkeypatch.setattr(rows, "_last", 0)
	events.write([events.make(sealed, events.OVERDUE)])
	learned(sealed)
	assert seal_all() == []
	assert verify()["ok"]
	hours(48)
	assert seal_all() == ["TS-00000002"]
	assert verify()["ok"]


def test_what_stands_on_record_under_an_impossible_name_keeps_nobody_from_writing(sealed, hours):
	tamper(SEAL, "TS-00000001", "up_to_event", "zzz")
	tamper(EVENT, names(EVENT)[-1], "name", "zzz")
	hours(25)
	events.write([events.make(sealed, events.OVERDUE)])
	renamings.write("User", "a@example.com", "b@example.com", False)
	assert (EVENT, "zzz", "row_hash") in broken()


# The daily run


def test_the_daily_run_seals_and_says_so(owed, hours):
	hours(24)
	assert daily.run()["sealed"] == 1
	assert daily.run()["sealed"] == 0
	assert verify()["ok"]


def test_of_two_who_seal_at_the_same_moment_the_first_has_done_it(owed, hours, monkeypatch):
	hours(24)
	with monkeypatch.context() as patch:
		# What the second one has read before the first was done.
		patch.setattr(seal, "all_seals", list)
		assert seal.seal_next() == seal.seal_next()
	assert names(SEAL) == ["TS-00000001"]
	assert verify()["ok"]


def test_a_seal_that_fails_is_said_and_made_by_the_next_run(owed, hours, monkeypatch):
	hours(24)

	def broken_down():
		raise RuntimeError("No disk")

	with monkeypatch.context() as patch:
		patch.setattr(seal, "all_seals", broken_down)
		summary = daily.run()
	assert (summary["sealed"], summary["steps_failed"]) == (0, 1)
	assert "No disk" in summary["not_done"][0]
	assert daily.run()["sealed"] == 1


def test_nobody_writes_changes_renames_or_deletes_a_seal(sealed):
	name, before = names(SEAL)[0], frappe.get_all(SEAL, ["*"])
	for user in ("Administrator", factory.user("System Manager"), factory.user("Training Auditor")):
		frappe.set_user(user)
		doc = frappe.get_doc(SEAL, name)
		doc.digest = "Forged"
		for forbidden in (
			doc.save,
			lambda: frappe.delete_doc(SEAL, name),
			lambda: frappe.delete_doc(SEAL, name, force=True, ignore_permissions=True),
			lambda: frappe.rename_doc(SEAL, name, "another", force=True),
			lambda: frappe.get_doc({"doctype": SEAL, "name": "TS-00000009"}).insert(ignore_permissions=True),
		):
			with pytest.raises((frappe.PermissionError, frappe.ValidationError)):
				forbidden()
		frappe.set_user("Administrator")
	assert frappe.get_all(SEAL, ["*"]) == before


def test_events_of_earlier_releases_which_say_less_are_as_they_were_written(owed, hours):
	name = names(EVENT)[0]
	row = frappe.db.get_value(EVENT, name, "as_written")
	written = {key: value for key, value in json.loads(row).items() if key not in ("creation", "owner")}
	values = {"as_written": rows.as_json(written), "row_hash": rows.hash_of(name, rows.as_json(written))}
	for column, value in values.items():
		tamper(EVENT, name, column, value)
	assert verify()["ok"]
	tamper(EVENT, name, "reason", "Forged")
	assert broken() == {(EVENT, name, "reason")}
	# Frappe's own columns fit each other still.
	tamper(EVENT, name, "reason", written["reason"])
	tamper(EVENT, name, "owner", "Forged")
	assert broken() == {(EVENT, name, "modified")}
