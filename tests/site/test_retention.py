"""What is personal of people goes some years after they have left, what is counted stays, and the seals still verify."""

import frappe
import pytest
from frappe.utils import getdate

from smooth_lms_hr import api
from smooth_lms_hr.following import erasing, retention
from smooth_lms_hr.record import events, evidence
from smooth_lms_hr.record.erasing import counts_of
from smooth_lms_hr.smooth_lms_hr.report.assignment_audit.assignment_audit import execute as audit_rows
from smooth_lms_hr.sources import private_files
from smooth_lms_hr.sources.names import ASSIGNMENT, COMPLIANCE, DOCUMENT, EVENT, EVIDENCE, NOTIFICATION
from tests.site import factory
from tests.site.conftest import TODAY
from tests.site.erased import SEVEN_YEARS, erased_events, hired_again, leave, retain, run_after, said_of
from tests.site.queries import Queries
from tests.site.sealing import broken, seal_all, tamper, verify

WORDS = "Because of her knee"


@pytest.fixture
def gone(hours, hr):
	"""Somebody of whom there is a lot on record, sealed, and who has left today; the clock of events is a day later."""
	hours(0)
	member = factory.user(name=f"{factory.unique('secretive')}@example.com".lower())
	person = factory.employee(member, first_name="Secretive")
	course = factory.course("Fire Safety")
	other = factory.course("Ladders")
	factory.onboarding(employee=person.name)
	rows = {row.course: row for row in factory.assignments(member=member)}
	factory.complete_lessons(member, course)
	factory.request(rows[other].name, reason=WORDS)
	api.extend_due_date([rows[other].name], "2026-12-31", WORDS)
	frappe.get_doc(ASSIGNMENT, rows[course].name).add_comment("Comment", f"{WORDS}: ask {member}")
	_keep_file(frappe.get_all(EVIDENCE, {"member": member}, pluck="name")[0])
	_more_on_file(person)
	leave(person)
	hours(24)
	seal_all()
	return frappe._dict(employee=person, member=member, course=course, rows=rows)


def _keep_file(name: str) -> None:
	evidence.attach(name, f"{factory.unique('secretive')}.pdf", [b"%PDF-1.4 Secretive Sam"])


def _more_on_file(person) -> None:
	moment = {
		"creation": "2026-11-23",
		"modified": "2026-11-23",
		"owner": person.user_id,
		"modified_by": person.user_id,
	}
	kind = frappe.get_doc(
		{
			"doctype": "Compliance Type",
			"title": factory.unique("Forklift Licence"),
			"requirements": [{"kind": "Document", "document_type": "Licence"}],
		}
	).insert(ignore_permissions=True)
	for doctype, values in (
		(COMPLIANCE, {"compliance_type": kind.name, "status": "Complete", "cycle": 1, "reason": WORDS}),
		(DOCUMENT, {"document_type": "Licence", "title": "Secretive's licence"}),
	):
		factory.insert(
			doctype,
			[
				{
					**moment,
					"name": factory.unique("row"),
					"employee": person.name,
					"employee_name": "Secretive",
					**values,
				}
			],
		)


def words_about(gone) -> tuple[str, ...]:
	return (gone.member, gone.employee.name, "Secretive", WORDS)


def test_what_is_personal_goes_seven_years_after_exit_and_the_seals_verify(gone, clock):
	retain("On")
	assert said_of(*words_about(gone))
	files = _paths()
	before = {doctype: frappe.db.count(doctype) for doctype in (ASSIGNMENT, EVIDENCE, NOTIFICATION)}
	assert run_after(clock, SEVEN_YEARS - 1)["steps_failed"] == 0
	assert not erased_events()
	assert run_after(clock, SEVEN_YEARS)["people_erased"] == 1
	assert said_of(*words_about(gone)) == set()
	assert {doctype: frappe.db.count(doctype) for doctype in before} == before
	assert not any(path_is_there(path) for path in files)
	answer = verify()
	assert answer["ok"], answer["broken"]


def _paths() -> list[str]:
	return frappe.get_all("File", {"attached_to_doctype": EVIDENCE}, pluck="file_url")


def path_is_there(url: str) -> bool:
	try:
		next(private_files.read(url))
	except OSError:
		return False
	return True


def test_what_is_counted_is_counted_still(gone, clock):
	retain("On")
	run_after(clock, SEVEN_YEARS)
	learned = frappe.get_doc(ASSIGNMENT, gone.rows[gone.course].name)
	assert (learned.status, learned.course, learned.company) == ("Completed", gone.course, factory.company())
	assert getdate(learned.completed_on) == TODAY
	assert not learned.member
	assert not learned.employee
	row = frappe.get_all(EVIDENCE, {"assignment": learned.name}, ["*"])[0]
	assert (row.course, row.status, getdate(row.completed_on)) == (gone.course, "Valid", TODAY)
	assert not (row.lessons)
	assert not (row.results)
	assert not (row.sha256)
	assert not (row.certificate_file)
	assert not (row.member)
	assert [event[0] for event in factory.events(learned.name)] == ["Begun", "Completed", "Certified"]


def test_what_went_is_on_record_and_names_nobody(gone, clock):
	retain("On")
	rows = {doctype: len(names) for doctype, names in _own(gone).items()}
	run_after(clock, SEVEN_YEARS)
	(event,) = erased_events()
	assert (event.member, event.employee, event.assignment, event.done_by) == (
		None,
		None,
		None,
		"Administrator",
	)
	assert event.reason == "Kept as long after exit as the settings say, and not any longer."
	counts = counts_of(event.listed)
	assert counts[ASSIGNMENT] == 2
	assert counts[EVIDENCE] == 1
	# The certificate, which is on the file by itself, and the licence.
	assert counts[DOCUMENT] == 2
	assert counts[COMPLIANCE] == 1
	assert counts["File"] == 1
	assert counts[EVENT] >= rows[EVENT]
	assert int(event.after) == counts[EVENT] + counts[EVIDENCE]


def _own(gone) -> dict[str, list[str]]:
	return {
		doctype: frappe.get_all(doctype, {"member": gone.member}, pluck="name")
		for doctype in (EVENT, EVIDENCE)
	}


@pytest.mark.parametrize("mode", ["Off", "Dry Run"])
def test_nothing_goes_until_it_is_switched_on(gone, clock, mode):
	retain(mode)
	before = said_of(*words_about(gone))
	summary = run_after(clock, SEVEN_YEARS)
	assert said_of(*words_about(gone)) >= before
	assert "people_erased" not in summary
	assert not erased_events()
	assert summary.get("retention_due") == (1 if mode == "Dry Run" else None)


def test_the_longer_of_settings_and_compliance_type_wins(gone, clock):
	retain("On")
	kind = frappe.get_all(COMPLIANCE, {"employee": gone.employee.name}, pluck="compliance_type")[0]
	frappe.db.set_value("Compliance Type", kind, "retain_years_after_exit", 10)
	run_after(clock, SEVEN_YEARS)
	assert not erased_events()
	until = frappe.get_all(EVIDENCE, {"member": gone.member}, pluck="retain_until")
	assert [str(day) for day in until] == ["2036-11-23"]
	assert verify()["ok"]
	run_after(clock, 10 * 365 + 4)
	(event,) = erased_events()
	assert event.reason == "Kept as long after exit as a compliance type says, and not any longer."


def test_who_is_back_is_kept_and_so_is_who_is_back_under_another_record(gone, clock):
	retain("On")
	run_after(clock, 1)
	assert frappe.get_all(EVIDENCE, {"member": gone.member}, pluck="retain_until") != [None]
	# ERPNext 16 enables the user as well, which HR alone may not.
	frappe.set_user("Administrator")
	person = gone.employee.reload()
	person.update({"status": "Active", "relieving_date": None})
	person.save()
	run_after(clock, SEVEN_YEARS)
	assert frappe.get_all(EVIDENCE, {"member": gone.member}, pluck="retain_until") == [None]
	leave(person)
	hired_again(gone.member)
	run_after(clock, SEVEN_YEARS + 1)
	assert not erased_events()


def test_a_user_that_is_somebody_elses_now_is_not_erased_with_who_had_it_before(gone, clock):
	"""Shared addresses of a shop floor: the user goes to the next person."""
	retain("On")
	frappe.db.set_value("Employee", gone.employee.name, "user_id", None)
	heir = hired_again(gone.member)
	course = factory.course("Heights", is_mandatory=0)
	api.assign_mandatory_training(employees=[heir.name], courses=[course])
	run_after(clock, SEVEN_YEARS)
	assert len(erased_events()) == 1
	(row,) = factory.assignments(member=gone.member, course=course)
	assert row.employee == heir.name
	assert verify()["ok"]


def test_of_whom_nobody_knows_the_last_day_is_kept(gone, clock):
	retain("On")
	frappe.db.set_value("Employee", gone.employee.name, "relieving_date", None)
	assert "retention_due" not in run_after(clock, 10 * SEVEN_YEARS)
	assert not erased_events()


def test_what_is_erased_cannot_be_decided_about(gone, clock):
	retain("On")
	run_after(clock, SEVEN_YEARS)
	name = gone.rows[gone.course].name
	for answer in (api.revoke_completion([name], "Wrong"), api.waive([name], "Wrong")):
		assert answer["failed"]
		assert not answer["done"]
	assert frappe.get_doc(ASSIGNMENT, name).status == "Completed"
	assert frappe.get_list(ASSIGNMENT, {"name": name}, pluck="name") == [name]


def test_a_row_that_somebody_has_emptied_is_no_erasure(gone):
	name = frappe.get_all(EVIDENCE, {"member": gone.member}, pluck="name")[0]
	tamper(EVIDENCE, name, "as_written", "")
	assert (EVIDENCE, name, "row_hash") in broken()
	tamper(EVIDENCE, name, "as_written", '{"erased_by": "no such event"}')
	assert (EVIDENCE, name, "row_hash") in broken()


def test_a_row_that_names_the_erasure_of_others_is_found(gone, clock, hire):
	retain("On")
	factory.onboarding(employee=hire.name)
	run_after(clock, SEVEN_YEARS)
	(event,) = erased_events()
	assert verify()["ok"]
	stranger = frappe.get_all(EVENT, {"member": hire.user_id}, pluck="name", order_by="name")[0]
	emptied = frappe.get_all(EVENT, {"name": ("in", event.listed.split())}, ["name", "as_written"])[0]
	tamper(EVENT, stranger, "as_written", emptied.as_written)
	assert (EVENT, stranger, "row_hash") in broken()


@pytest.mark.parametrize("column", ["event", "course", "happened_on", "member", "as_written", "listed"])
def test_what_remains_of_an_erased_row_is_sealed_too(gone, clock, column):
	retain("On")
	run_after(clock, SEVEN_YEARS)
	(event,) = erased_events()
	if column == "listed":
		tamper(EVENT, event.name, "listed", event.listed.partition("\n")[0])
		assert (EVENT, event.name, "listed") in broken()
		return
	name = event.listed.split("\n")[-1].split()[0]
	value = {"event": "Waived", "happened_on": "2020-02-02 02:02:02", "as_written": "{}"}.get(
		column, "Forged"
	)
	tamper(EVENT, name, column, value)
	assert name in {row for _doctype, row, _column in broken()}


def test_files_that_two_records_share_stay_for_the_other(gone, clock):
	retain("On")
	url = _paths()[0]
	keeper = frappe.get_doc(
		{"doctype": "File", "name": "shared", "file_name": "shared.pdf", "file_url": url, "is_private": 1}
	)
	keeper.db_insert()
	run_after(clock, SEVEN_YEARS)
	assert path_is_there(url)
	assert not _paths()


STEPS = (
	(erasing.assignments, "change"),
	(erasing.belongings, "rows_of"),
	(erasing.traces, "hand_over_files"),
	(erasing.traces, "forget"),
	(erasing.deleting, "forget_copies"),
	(erasing.ledger, "forget"),
	(erasing.anonymous, "anonymise"),
	(erasing.erasing, "empty"),
	(erasing.erasing, "write"),
	(erasing.traces, "delete_file"),
)


@pytest.mark.parametrize(
	("module", "name"), STEPS, ids=[f"{m.__name__.rsplit('.')[-1]}.{n}" for m, n in STEPS]
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_that_fails_at_any_step_is_made_up_for_by_the_next(
	gone, clock, monkeypatch, module, name, when
):
	retain("On")
	step = getattr(module, name)

	def fail(*args, **kwargs):
		if when == "after":
			step(*args, **kwargs)
		raise RuntimeError("power cut")

	with monkeypatch.context() as patched:
		patched.setattr(module, name, fail)
		assert run_after(clock, SEVEN_YEARS)["steps_failed"]
	assert verify()["ok"]
	run_after(clock, SEVEN_YEARS + 1)
	assert said_of(*words_about(gone)) == set()
	assert len(erased_events()) == 1
	assert not frappe.get_all("File", {"attached_to_doctype": EVENT})
	assert verify()["ok"]
	assert "people_erased" not in run_after(clock, SEVEN_YEARS + 2)


def _rename(gone) -> None:
	user = frappe.session.user
	frappe.set_user("Administrator")
	frappe.rename_doc("User", gone.member, f"married-{gone.member}", force=True)
	frappe.set_user(user)


def test_somebody_who_had_another_name_is_erased_under_both(gone, clock, hours):
	retain("On")
	_rename(gone)
	run_after(clock, SEVEN_YEARS)
	assert said_of(gone.member, "Secretive") == set()
	assert verify()["ok"]


def test_an_earlier_name_stays_where_somebody_elses_record_was_written_under_it(gone, clock, hire):
	retain("On")
	frappe.db.set_value("Has Role", {"parent": gone.member}, "role", "HR Manager")
	row = frappe._dict(name=None, member=hire.user_id, employee=hire.name, course=None)
	events.write([events.make(row, events.REQUESTED, done_by=gone.member)])
	_rename(gone)
	run_after(clock, SEVEN_YEARS)
	assert len(erased_events()) == 1
	assert verify()["ok"]


def test_queries_do_not_grow_with_people(gone, clock):
	def count() -> int:
		names = frappe.get_all("Employee", {"status": "Left"}, pluck="name")
		with Queries() as queries:
			retention.follow(names, clock(1))
		return len(queries)

	first = count()
	for _number in range(5):
		person = factory.employee(factory.user())
		factory.onboarding(employee=person.name)
		leave(person)
	assert count() <= first + 1


def test_who_reads_about_training_reads_on_where_somebody_is_erased(gone, clock):
	retain("On")
	run_after(clock, SEVEN_YEARS)
	status = api.get_team_training_status()
	assert status["total"] == 1
	assert {row["employee_name"] or "" for row in status["rows"]} == {""}
	assert status["summary"]["completed"] == 1
	assert len(audit_rows({"from_date": str(TODAY), "to_date": str(TODAY)})[1]) > 3
