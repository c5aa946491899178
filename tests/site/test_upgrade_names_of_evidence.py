"""Evidence from before there were seals gets its place in the order, and a hash of what it says."""

import frappe
import pytest

from smooth_lms_hr.patches.v0_3 import name_evidence_in_order as patch
from smooth_lms_hr.sources.names import EVIDENCE
from tests.site import factory
from tests.site.sealing import broken, learned, seal_all, verify


@pytest.fixture
def older(hire, hours):
	"""Three records of evidence as an earlier release has written them, the first two in one statement."""
	hours(-48)
	factory.course("Fire Safety")
	factory.onboarding(employee=hire.name)
	owed = factory.assignment(member=hire.user_id)
	stamps = ("2026-11-20 10:00:00.000001", "2026-11-20 10:00:00.000001", "2026-11-21 10:00:00")
	found = []
	for number, stamp in enumerate(stamps):
		name = learned(owed)
		values = {"creation": stamp, "modified": stamp, "course_title": f"Course {number}"}
		values |= {"status": None, "kind": None, "as_written": None, "row_hash": None}
		frappe.db.set_value(EVIDENCE, name, values, update_modified=False)
		found.append(frappe.generate_hash(length=10))
		table = frappe.qb.DocType(EVIDENCE)
		frappe.qb.update(table).set(table.name, found[-1]).where(table.name == name).run()
	return found


def titles() -> list[str]:
	return frappe.get_all(EVIDENCE, pluck="course_title", order_by="name")


def test_it_is_in_order_and_can_be_sealed(older, hours):
	assert {column for _doctype, _name, column in broken()} > {"row_hash", "course"}
	patch.execute()
	assert titles()[2] == "Course 2"
	assert set(titles()[:2]) == {"Course 0", "Course 1"}
	rows = frappe.get_all(EVIDENCE, ["*"], order_by="name")
	assert not {row.name for row in rows} & set(older)
	assert {(row.kind, row.status) for row in rows} == {("Learning", "Valid")}
	assert verify()["ok"]
	hours(24)
	assert seal_all()
	assert verify() | {"events": None} == {
		"ok": True,
		"seals": 1,
		"events": None,
		"evidence": 3,
		"broken": [],
	}


def test_done_again_it_changes_nothing_and_broken_off_it_goes_on(older, monkeypatch):
	monkeypatch.setattr(patch, "ROWS_PER_STEP", 1)
	write, done = patch._write_anew, []

	def write_one(row, columns, number):
		if done:
			raise RuntimeError("Killed")
		done.append(row)
		write(row, columns, number)

	with monkeypatch.context() as killed:
		killed.setattr(patch, "_write_anew", write_one)
		with pytest.raises(RuntimeError):
			patch.execute()
	patch.execute()
	before = frappe.get_all(EVIDENCE, ["*"], order_by="name")
	assert [row.course_title for row in before][2] == "Course 2"
	assert verify()["ok"]
	patch.execute()
	assert frappe.get_all(EVIDENCE, ["*"], order_by="name") == before
