"""A record on hold is kept, whatever the retention or its person says, until HR lifts that; each is on record."""

import frappe
import pytest

from smooth_lms_hr import api, daily
from smooth_lms_hr.following import erasing
from smooth_lms_hr.record import holds, people
from smooth_lms_hr.showing import history
from smooth_lms_hr.sources.names import EVENT, EVIDENCE
from smooth_lms_hr.sources.plain_text import plain_text
from tests.site import factory, two_companies
from tests.site.erased import SEVEN_YEARS, erased_events, hired_again, leave, retain, run_after, said_of
from tests.site.sealing import broken, learned, seal_all, tamper, verify

REQUEST = "Personal Data Deletion Request"
WHY = "Lawsuit 12/26"


@pytest.fixture
def proven(owed, hours, hr):
	"""What the hire owes, with evidence, sealed."""
	learned(owed)
	hours(24)
	seal_all()
	return owed


def hold(**whom) -> dict:
	return api.hold_record(WHY, **whom)


def held(*employees: str) -> list[str]:
	return [one.reason for one in holds.of_person(people.find(employees=employees))]


def of_evidence(**filters) -> list[int]:
	return frappe.get_all(EVIDENCE, filters, pluck="on_hold", order_by="name")


def test_what_is_on_hold_is_kept_and_goes_with_the_next_run_after_it_is_lifted(proven, clock, hours):
	retain("On")
	employee = frappe.get_doc("Employee", proven.employee)
	leave(employee)
	assert hold(employees=[employee.name])["done"]
	assert of_evidence(member=proven.member) == [1]
	summary = run_after(clock, SEVEN_YEARS)
	assert summary["retention_held"] == 1
	assert "people_erased" not in summary
	assert not erased_events()
	assert verify()["ok"]
	assert api.release_record("Settled", employees=[employee.name])["done"]
	assert of_evidence(member=proven.member) == [0]
	assert verify()["ok"]
	assert run_after(clock, SEVEN_YEARS)["people_erased"] == 1
	assert verify()["ok"]


def test_a_hold_says_why_in_the_history_as_plain_text(proven):
	api.hold_record("<b>Lawsuit</b>", employees=[proven.employee])
	rows = frappe.get_all(
		EVENT, {"event": "Held"}, ["reason", "done_by", "cause_doctype", "cause"], order_by="name"
	)
	assert {row.reason for row in rows} == {plain_text("<b>Lawsuit</b>")} != {"<b>Lawsuit</b>"}
	assert {row.done_by for row in rows} == {frappe.session.user}
	assert [row.cause_doctype for row in rows] == ["Employee", EVIDENCE]


def test_somebody_without_evidence_is_on_hold_and_what_comes_later_too(owed, hr, clock):
	assert hold(employees=[owed.employee])["done"]
	assert held(owed.employee)
	assert of_evidence(member=owed.member) == []
	learned(owed)
	assert of_evidence(member=owed.member) == [0]
	assert daily.run(clock(1))["evidence_held"] == 1
	assert of_evidence(member=owed.member) == [1]
	assert "evidence_held" not in daily.run(clock(2))
	assert verify()["ok"]


def test_a_hold_that_nobody_has_written_down_is_found(proven):
	name = frappe.get_all(EVIDENCE, {"member": proven.member}, pluck="name")[0]
	tamper(EVIDENCE, name, "on_hold", 1)
	assert broken() == {(EVIDENCE, name, "on_hold")}


def test_a_contractor_is_held_as_a_user(hr, hours):
	contractor = factory.user()
	answer = hold(members=[contractor])
	assert [row["name"] for row in answer["done"]] == [contractor]
	# Who becomes an employee is the same person.
	employee = factory.employee(contractor)
	assert held(employee.name) == [WHY]
	assert hold(employees=[employee.name])["failed"][0]["message"] == "It is on hold already."


def test_of_two_who_become_one_the_hold_of_either_stands(hr):
	user = frappe.session.user
	one, other = factory.employee(factory.user()), factory.employee(factory.user())
	hold(employees=[one.name, other.name])
	api.release_record("Settled", employees=[other.name])
	frappe.set_user("Administrator")
	frappe.rename_doc("Employee", one.name, other.name, merge=True, force=True)
	frappe.set_user(user)
	assert held(other.name) == [WHY]


def test_two_holds_at_once_are_one(proven):
	answer = hold(employees=[proven.employee, proven.employee], members=[proven.member])
	assert len(answer["done"]) == len(answer["failed"]) == 1
	assert len(held(proven.employee)) == 1


@pytest.mark.parametrize("role", ["LMS Student", "Employee", "HR User", "Moderator", "Training Auditor"])
def test_who_does_not_answer_for_it_holds_and_releases_nothing(proven, as_user, role):
	hold(employees=[proven.employee])
	as_user(factory.user(role))
	for method in (api.hold_record, api.release_record):
		with pytest.raises(frappe.PermissionError):
			method("Because", employees=[proven.employee])
	as_user("Administrator")
	assert held(proven.employee)


def test_hr_of_another_company_hears_the_same_of_somebody_and_of_nobody(proven, as_user):
	as_user(two_companies.limited_hr(factory.company("Elsewhere Ltd")))
	messages = {
		row["message"]
		for method in (api.hold_record, api.release_record)
		for row in method(
			"Because", employees=[proven.employee, "HR-EMP-none"], members=[proven.member, "no@one.com"]
		)["failed"]
	}
	assert messages == {"There is no such person, or you may not see them."}
	as_user("Administrator")
	assert not held(proven.employee)


def test_nobody_lifts_the_hold_on_their_own_record(hr):
	own = factory.employee(frappe.session.user)
	assert hold(employees=[own.name])["done"]
	(failed,) = api.release_record("I say so", employees=[own.name])["failed"]
	assert "your own record" in failed["message"]
	assert held(own.name)


@pytest.mark.parametrize("whom", [{}, {"employees": []}, {"employees": ["HR-EMP-1"] * 501}])
def test_a_request_that_makes_no_sense_is_refused(hr, whom):
	whom = {kind: [f"{name}-{n}" for n, name in enumerate(names)] for kind, names in whom.items()}
	with pytest.raises(frappe.ValidationError):
		api.hold_record(WHY, **whom)
	with pytest.raises(frappe.ValidationError):
		api.hold_record(" ", employees=["HR-EMP-1"])


def test_who_reads_the_history_is_told_in_words(proven):
	hold(employees=[proven.employee])
	api.release_record("Settled", employees=[proven.employee])
	said = [row["content"] for row in history.timeline("LMS Training Assignment", proven.name)]
	assert any("put the record on hold: Lawsuit 12/26" in line for line in said), said
	assert any("lifted the hold on the record: Settled" in line for line in said), said


def asked(member: str, status: str = "Pending Approval"):
	doc = frappe.get_doc({"doctype": REQUEST, "email": member}).insert(ignore_permissions=True)
	doc.status = status
	return doc.save(ignore_permissions=True)


def grant(request) -> None:
	user = frappe.session.user
	frappe.set_user("Administrator")
	try:
		frappe.get_doc(REQUEST, request.name).trigger_data_deletion()
	finally:
		frappe.set_user(user)


@pytest.fixture
def mail(monkeypatch):
	factory.mail_account()
	# Where the queue is it is done there; see trigger_data_deletion.
	monkeypatch.setattr(
		frappe,
		"enqueue_doc",
		lambda doctype, name, method, **options: frappe.get_doc(doctype, name).run_method(method),
	)


def test_a_request_that_is_granted_erases_and_the_seals_verify(proven, mail):
	request = asked(proven.member)
	assert request.status == "Pending Approval"
	grant(request)
	assert frappe.db.get_value(REQUEST, request.name, "status") == "Deleted"
	(event,) = erased_events()
	assert event.reason == "The person has asked for deletion, and it was approved."
	assert said_of(proven.member, proven.employee) == set()
	answer = verify()
	assert answer["ok"], answer["broken"]
	row = frappe.get_doc("LMS Training Assignment", proven.name)
	assert row.status == "Cancelled"
	assert not row.member


def test_somebody_on_hold_who_asks_for_deletion_waits_and_is_told_why(proven, mail):
	hold(employees=[proven.employee])
	request = asked(proven.member)
	assert frappe.db.get_value(REQUEST, request.name, "status") == "On Hold"
	comments = frappe.get_all(
		"Comment", {"reference_name": request.name, "comment_type": "Comment"}, pluck="content"
	)
	assert any("on hold" in comment for comment in comments)
	with pytest.raises(frappe.ValidationError):
		grant(request)
	assert frappe.db.get_value("User", proven.member, "enabled") == 1
	assert not erased_events()
	api.release_record("Settled", employees=[proven.employee])
	assert frappe.db.get_value(REQUEST, request.name, "status") == "Pending Approval"
	grant(request)
	assert len(erased_events()) == 1
	assert verify()["ok"]


def test_a_request_that_waits_already_is_held_along(proven, mail):
	request, other = asked(proven.member), asked(factory.user())
	hold(employees=[proven.employee])
	states = [frappe.db.get_value(REQUEST, one.name, "status") for one in (request, other)]
	assert states == ["On Hold", "Pending Approval"]


def test_what_somebody_else_put_on_hold_stays_so(proven, mail):
	request = asked(proven.member)
	request.put_on_hold()
	hold(employees=[proven.employee])
	api.release_record("Settled", employees=[proven.employee])
	assert frappe.db.get_value(REQUEST, request.name, "status") == "On Hold"


def test_nothing_is_redacted_where_a_hold_came_past_the_request(proven, mail):
	request = asked(proven.member)
	hold(employees=[proven.employee])
	frappe.db.set_value(REQUEST, request.name, "status", "Pending Approval")
	with pytest.raises(frappe.ValidationError, match="on hold"):
		grant(request)
	frappe.set_user("Administrator")
	with pytest.raises(frappe.ValidationError, match="on hold"):
		frappe.get_doc(REQUEST, request.name).run_method("trigger_data_deletion")
	assert frappe.db.exists("User", proven.member)
	assert not erased_events()


def test_what_failed_as_a_request_was_granted_is_made_up_for_daily(proven, mail, monkeypatch, clock):
	request = asked(proven.member)
	with monkeypatch.context() as patched:
		patched.setattr(erasing.erasing, "write", lambda *args: 1 / 0)
		grant(request)
	assert frappe.db.get_value(REQUEST, request.name, "status") == "Deleted"
	assert not erased_events()
	assert verify()["ok"]
	assert daily.run(clock(1))["people_erased"] == 1
	assert len(erased_events()) == 1
	assert verify()["ok"]
	assert "people_erased" not in daily.run(clock(2))


def test_who_asked_for_deletion_and_works_on_is_erased_once(proven, mail, clock):
	"""HR has granted it and goes on employing them: what rules ask of them since is no part of that request."""
	rule = factory.rule(courses=[factory.course("Later", is_mandatory=0)]).name
	grant(asked(proven.member))
	for days in (1, 2):
		daily.run(clock(days))
	assert frappe.db.exists("LMS Training Exception", {"employee": proven.employee, "rule": rule})
	(event,) = erased_events()
	assert event.cause == frappe.get_all(REQUEST, {"status": "Deleted"}, pluck="name")[0]


def test_hr_of_one_company_does_not_lift_what_another_keeps_too(proven, as_user):
	elsewhere = factory.company("Elsewhere Ltd")
	leave(frappe.get_doc("Employee", proven.employee))
	there = hired_again(proven.member, company=elsewhere)
	hold(employees=[proven.employee])
	as_user(two_companies.limited_hr(elsewhere))
	(failed,) = api.release_record("Settled", employees=[there.name])["failed"]
	assert failed["message"] == "There is no such person, or you may not see them."
	as_user("Administrator")
	assert held(there.name) == held(proven.employee) == [WHY]
