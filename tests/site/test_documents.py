"""Documents on an employee's file: filed by HR, handed in by the employee, verified, and where they are when somebody moves."""

import hashlib

import frappe
import pytest

from smooth_lms_hr import api
from smooth_lms_hr.setup import uninstall
from smooth_lms_hr.showing import documents
from tests.site import factory
from tests.site.filing import DOCUMENT, PDF, attached, file_document, path_of, pdf, upload

DAYS = {"issued_on": "2026-01-01", "expires_on": "2027-01-01"}


@pytest.fixture
def owner():
	return factory.employee(factory.user("Employee"), create_user_permission=0)


def stored(name):
	return frappe.db.get_value(DOCUMENT, name, "*", as_dict=True)


def hand_in(employee, kind="Driving Licence", **fields):
	frappe.set_user(employee.user_id)
	try:
		return api.add_my_document(kind, upload(employee.user_id).file_url, **fields)["document"]
	finally:
		frappe.set_user("Administrator")


def test_what_hr_files_is_verified_and_says_what_its_file_is(owner):
	hr = factory.hr_manager()
	doc = file_document(owner.name, by=hr, **DAYS)
	row = stored(doc.name)
	assert (row.verified_by, row.employee_name, row.company) == (hr, owner.employee_name, owner.company)
	assert row.verified_on
	assert row.title == "Driving Licence"
	assert path_of(row.file).read_bytes() == PDF
	assert row.sha256 == hashlib.sha256(PDF).hexdigest()
	(file,) = attached(doc.name)
	assert (file.file_url, file.attached_to_field, file.is_private) == (row.file, "file", 1)


def test_what_the_employee_hands_in_waits_for_hr(owner, as_user):
	name = hand_in(owner, title="Class C", **DAYS)
	row = stored(name)
	assert (row.employee, row.title, row.verified_on, row.verified_by) == (owner.name, "Class C", None, None)
	hr = factory.user("HR User")
	as_user(hr)
	assert api.verify_documents([name]) == {"done": [{"name": name, "message": "Verified."}], "failed": []}
	row = stored(name)
	assert (row.verified_by, bool(row.verified_on)) == (hr, True)
	assert "has verified it on" in api.verify_documents([name])["failed"][0]["message"]


def test_who_works_without_the_desk_hands_in_as_well():
	"""With Learning's role alone."""
	learner = factory.employee(factory.user(), create_user_permission=0)
	frappe.get_doc("User", learner.user_id).remove_roles("Employee")
	name = hand_in(learner)
	frappe.set_user(learner.user_id)
	assert frappe.get_list(DOCUMENT, pluck="name") == [name]
	assert frappe.get_doc("File", attached(name)[0].name).is_downloadable()


def test_each_is_verified_by_itself(owner, as_user):
	first, second = hand_in(owner), hand_in(owner)
	as_user(factory.hr_manager())
	found = api.verify_documents([second, "no such", first])
	assert {row["name"] for row in found["done"]} == {first, second}
	assert [row["name"] for row in found["failed"]] == ["no such"]
	for bad in ([], ["x"] * 501 + [str(number) for number in range(501)]):
		with pytest.raises(frappe.ValidationError):
			api.verify_documents(bad)


def test_what_is_changed_after_it_was_verified_is_the_word_of_who_changed_it(owner, as_user):
	first, second = factory.hr_manager(), factory.hr_manager()
	doc = file_document(owner.name, by=first, **DAYS)
	as_user(second)
	doc = frappe.get_doc(DOCUMENT, doc.name)
	doc.save()
	assert stored(doc.name).verified_by == first
	doc.expires_on = "2028-01-01"
	doc.save()
	assert stored(doc.name).verified_by == second


def test_what_waits_can_be_replaced_and_its_first_file_goes(owner, as_user):
	name = hand_in(owner)
	first = stored(name).file
	hr = factory.hr_manager()
	as_user(hr)
	doc = frappe.get_doc(DOCUMENT, name)
	doc.file = upload(hr, pdf("better")).file_url
	doc.save()
	row = stored(name)
	assert row.file != first
	assert row.sha256 == hashlib.sha256(pdf("better")).hexdigest()
	assert [file.file_url for file in attached(name)] == [row.file]


def test_the_employee_takes_back_what_waits_and_no_more(owner, as_user):
	name, filed = hand_in(owner), file_document(owner.name).name
	as_user(owner.user_id)
	assert api.withdraw_my_document(name) == {"document": name}
	assert not frappe.db.exists(DOCUMENT, name)
	assert attached(name) == []
	assert not frappe.db.exists("Deleted Document", {"deleted_name": name})
	with pytest.raises(frappe.ValidationError, match="or it is not yours"):
		api.withdraw_my_document(filed)
	verified = hand_in(owner)
	as_user(factory.hr_manager())
	api.verify_documents([verified])
	as_user(owner.user_id)
	with pytest.raises(frappe.ValidationError, match="It is verified"):
		api.withdraw_my_document(verified)


def test_what_is_deleted_goes_from_the_disk_once_that_is_committed(owner):
	doc = file_document(owner.name)
	doc.delete()
	assert path_of(doc.file).exists()
	frappe.db.after_commit.run()
	assert not path_of(doc.file).exists()


def test_an_upload_goes_once_its_copy_is_committed_and_stays_where_somebody_else_has_it(owner):
	hr = factory.hr_manager()
	alone, shared = upload(hr), upload(hr, pdf("shared"))
	again = frappe.get_doc({**shared.as_dict(), "doctype": "File", "name": None, "owner": None})
	again.db_insert()
	for given in (alone, shared):
		file_document(owner.name, by=hr, file=given.file_url)
	assert path_of(alone.file_url).exists()
	frappe.db.after_commit.run()
	assert not path_of(alone.file_url).exists()
	assert path_of(shared.file_url).exists()


def test_nobody_hands_in_without_end(owner, as_user, monkeypatch):
	monkeypatch.setattr("smooth_lms_hr.following.documents.MAX_A_DAY", 1)
	as_user(owner.user_id)
	api.add_my_document("Licence", upload(owner.user_id).file_url)
	with pytest.raises(frappe.ValidationError, match="the others tomorrow"):
		api.add_my_document("Licence", upload(owner.user_id).file_url)


def test_a_renamed_employee_keeps_their_documents(owner):
	doc = file_document(owner.name)
	new = frappe.rename_doc("Employee", owner.name, factory.unique("HR-EMP-NEW"), force=True)
	assert stored(doc.name).employee == new


def test_of_two_records_of_a_person_one_file_remains(owner):
	other = factory.employee(factory.user(), company=factory.company("Elsewhere Ltd"))
	doc = file_document(owner.name)
	frappe.rename_doc("Employee", owner.name, other.name, merge=True, force=True)
	row = stored(doc.name)
	assert (row.employee, row.employee_name, row.company) == (other.name, other.employee_name, other.company)


def test_a_deleted_employee_is_not_kept_by_documents(owner):
	doc = file_document(owner.name)
	frappe.delete_doc("Employee", owner.name)
	row = stored(doc.name)
	assert (row.employee, row.employee_name) == (None, owner.employee_name)
	frappe.set_user(factory.user("HR Manager"))
	assert frappe.get_list(DOCUMENT, pluck="name") == [doc.name]
	frappe.set_user(owner.user_id)
	assert frappe.get_list(DOCUMENT, pluck="name") == []


def test_who_changes_name_and_department_is_called_so(owner):
	doc = file_document(owner.name)
	owner.reload()
	owner.first_name = "Renamed <b>"
	owner.save()
	assert stored(doc.name).employee_name == "Renamed ‹b>‹/b>"


def test_the_files_go_with_the_app(owner, monkeypatch):
	doc = file_document(owner.name)
	monkeypatch.setitem(frappe.flags, "in_uninstall", True)
	uninstall.remove_references()
	assert attached(doc.name) == []
	frappe.db.after_commit.run()
	assert not path_of(doc.file).exists()


# Shown


def test_the_learner_sees_how_each_stands(owner):
	hand_in(owner, "Waiting")
	file_document(owner.name, kind="Valid", **DAYS)
	file_document(owner.name, kind="Gone", expires_on="2026-11-22")
	found = documents.of_learner(owner.user_id)
	assert {row.document_type: (row.state, row.may_withdraw) for row in found["rows"]} == {
		"Waiting": ("To Be Verified", True),
		"Valid": ("Valid", False),
		"Gone": ("Expired", False),
	}
	assert found["may_add"]


def test_who_has_left_sees_the_own_file_and_adds_nothing(owner):
	file_document(owner.name)
	owner.reload().update({"status": "Left", "relieving_date": "2026-11-20"})
	owner.save()
	found = documents.of_learner(owner.user_id)
	assert (len(found["rows"]), found["may_add"]) == (1, False)


def test_who_is_no_employee_has_no_file():
	assert documents.of_learner(factory.user()) is None


def test_what_compliance_asks_for_is_offered(owner):
	frappe.get_doc(
		{
			"doctype": "Compliance Requirement", "parent": "any", "parenttype": "Compliance Type",
			"parentfield": "requirements", "kind": "Document", "document_type": "Forklift Licence",
		}
	).db_insert()  # fmt: skip
	assert documents.of_learner(owner.user_id)["kinds"] == ["Forklift Licence"]
