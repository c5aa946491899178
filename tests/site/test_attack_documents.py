"""Documents on an employee's file, and who would like to read, forge or disguise one."""

import frappe
import pytest
from frappe.permissions import update_permission_property

from smooth_lms_hr import api
from smooth_lms_hr.sources import attachments
from tests.site import factory
from tests.site.filing import DOCUMENT, PDF, attached, file_document, path_of, upload
from tests.site.two_companies import limited_hr

REFUSED = (frappe.ValidationError, frappe.PermissionError)


@pytest.fixture
def owner():
	return factory.employee(factory.user("Employee"), create_user_permission=0)


@pytest.fixture
def licence(owner):
	return file_document(owner.name)


@pytest.fixture
def strangers(owner):
	"""Everybody whose business it is not, by what they are."""
	boss = factory.employee(factory.user("Employee"), create_user_permission=0)
	frappe.db.set_value("Employee", owner.name, "reports_to", boss.name)
	frappe.utils.nestedset.rebuild_tree("Employee")
	return {
		"manager": boss.user_id,
		"colleague": factory.employee(factory.user("Employee"), create_user_permission=0).user_id,
		"learner": factory.user("LMS Student"),
		"moderator": factory.user("Moderator", "Employee"),
		"course creator": factory.user("Course Creator", "Employee"),
		"HR elsewhere": limited_hr(factory.company("Elsewhere Ltd")),
	}


# Reading


def test_the_employee_hr_and_the_auditor_read_it(licence, owner, as_user):
	(file,) = attached(licence.name)
	for user in (
		owner.user_id,
		factory.user("HR User"),
		factory.user("HR Manager"),
		factory.user("Training Auditor"),
	):
		as_user(user)
		assert frappe.get_list(DOCUMENT, pluck="name") == [licence.name]
		assert frappe.get_doc(DOCUMENT, licence.name).has_permission("read")
		assert frappe.get_doc("File", file.name).is_downloadable()
		assert frappe.has_permission("File", "read", doc=file.name)


def test_nobody_else_does_by_any_way(licence, strangers, as_user):
	(file,) = attached(licence.name)
	for who, user in strangers.items():
		as_user(user)
		for right in ("read", "write", "print", "email", "export", "share", "delete"):
			assert not frappe.has_permission(DOCUMENT, right, doc=licence.name), (who, right)
			assert not frappe.has_permission("File", right, doc=file.name), (who, right)
		assert licence.name not in _listed(DOCUMENT), who
		assert file.name not in _listed("File"), who
		assert not frappe.get_doc("File", file.name).is_downloadable(), who
		said = api.verify_documents([licence.name])["failed"][0]["message"]
		assert said == api.verify_documents(["no such"])["failed"][0]["message"].replace(
			"no such", licence.name
		)
		with pytest.raises(frappe.ValidationError, match="or it is not yours"):
			api.withdraw_my_document(licence.name)


def _listed(doctype):
	try:
		return frappe.get_list(doctype, pluck="name", limit_page_length=0)
	except frappe.PermissionError:
		return []


def test_hr_of_another_part_of_the_company_does_not_read_it(owner, licence, as_user):
	"""By what a User Permission names of the Employee record, though the document has no such field."""
	branch = factory.named("Branch", "branch", "Their Branch")
	user = factory.user("HR Manager")
	frappe.get_doc(
		{"doctype": "User Permission", "user": user, "allow": "Branch", "for_value": branch}
	).insert()
	frappe.db.set_value("Employee", owner.name, "branch", factory.named("Branch", "branch", "Other Branch"))
	as_user(user)
	assert frappe.get_list(DOCUMENT, pluck="name") == []
	assert not frappe.has_permission(DOCUMENT, "read", doc=licence.name)
	as_user("Administrator")
	frappe.db.set_value("Employee", owner.name, "branch", branch)
	as_user(user)
	assert frappe.get_list(DOCUMENT, pluck="name") == [licence.name]
	assert frappe.has_permission(DOCUMENT, "read", doc=licence.name)


def test_who_has_filed_it_reads_it_no_longer_than_their_role(owner, as_user):
	hr = factory.user("HR Manager")
	name = file_document(owner.name, by=hr).name
	(file,) = attached(name)
	assert file.owner == "Administrator"
	frappe.get_doc("User", hr).remove_roles("HR Manager")
	as_user(hr)
	assert not frappe.get_doc("File", file.name).is_downloadable()
	assert not frappe.has_permission("File", "read", doc=file.name)


def test_nobody_shares_one(licence, as_user):
	"""Not even where an administrator has given a role the right to."""
	friend = factory.user("Employee")
	update_permission_property(DOCUMENT, "HR Manager", 0, "share", 1)
	for user in (factory.user("HR Manager"), factory.user("System Manager")):
		as_user(user)
		(file,) = attached(licence.name)
		for doctype, name in ((DOCUMENT, licence.name), ("File", file.name)):
			with pytest.raises(REFUSED):
				frappe.share.add(doctype, name, friend, read=1)


def test_the_address_of_a_file_is_no_way_to_it(licence, strangers, as_user):
	"""Frappe gives whoever names the address of a file a File of their own."""
	(file,) = attached(licence.name)
	for user in strangers.values():
		as_user(user)
		with pytest.raises(frappe.PermissionError):
			frappe.get_doc(
				{"doctype": "File", "file_name": "mine.pdf", "file_url": file.file_url, "is_private": 1}
			).insert()


def test_what_somebody_uploaded_is_under_no_name_that_could_be_guessed(owner, as_user):
	given = upload(owner.user_id)
	as_user(owner.user_id)
	name = api.add_my_document("Licence", given.file_url)["document"]
	(file,) = attached(name)
	assert file.file_url != given.file_url
	assert "licence" not in file.file_url
	assert not frappe.db.exists("File", given.name)


def test_what_another_has_uploaded_is_not_handed_in(owner, as_user):
	theirs = upload(factory.user("Employee"))
	as_user(owner.user_id)
	for named in (
		theirs.file_url,
		theirs.name,
		"/private/files/none.pdf",
		"/etc/passwd",
		"https://a.example/b.pdf",
	):
		with pytest.raises(frappe.ValidationError, match="There is no private file"):
			api.add_my_document("Licence", named)
	assert frappe.db.exists("File", theirs.name)


def test_nobody_files_for_somebody_else(owner, strangers, as_user):
	for who, user in strangers.items():
		as_user(user)
		with pytest.raises(REFUSED):
			frappe.get_doc(
				{
					"doctype": DOCUMENT, "employee": owner.name, "document_type": "A",
					"file": upload(user).file_url,
				}
			).insert()  # fmt: skip
		assert not frappe.db.exists(DOCUMENT, {"employee": owner.name}), who


# Forging


def test_what_is_derived_is_not_typed(as_user):
	hr, forged = factory.hr_manager(), factory.company("Forged Ltd")
	own = factory.employee(hr, create_user_permission=0)
	as_user(hr)
	doc = frappe.get_doc(
		{
			"doctype": DOCUMENT, "employee": own.name, "document_type": "Licence", "file": upload(hr).file_url,
			"verified_by": hr, "verified_on": "2026-01-01", "sha256": "0" * 64, "company": forged,
			"revoked_on": "2026-01-01",
		}
	).insert()  # fmt: skip
	doc.reload()
	assert (doc.verified_by, doc.verified_on, doc.revoked_on) == (None, None, None)
	assert doc.sha256 != "0" * 64
	assert doc.company == own.company


def test_an_employee_files_by_no_other_door(owner, as_user):
	as_user(owner.user_id)
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc(
			{
				"doctype": DOCUMENT, "employee": owner.name, "document_type": "Licence",
				"file": upload(owner.user_id).file_url,
			}
		).insert()  # fmt: skip


def test_hr_of_one_company_uploads_into_a_form_that_is_still_empty(as_user):
	from frappe.handler import check_write_permission

	as_user(limited_hr(factory.company()))
	check_write_permission(DOCUMENT, "new-employee-document-1")
	as_user(factory.user("Training Auditor"))
	with pytest.raises(frappe.PermissionError):
		check_write_permission(DOCUMENT, "new-employee-document-1")


def test_an_employee_changes_nothing_that_is_filed(owner, licence, as_user):
	own = file_document(owner.name, by=owner.user_id)
	as_user(owner.user_id)
	for name in (licence.name, own.name):
		doc = frappe.get_doc(DOCUMENT, name)
		doc.expires_on = "2099-12-31"
		with pytest.raises(frappe.PermissionError):
			doc.save()
		with pytest.raises(frappe.PermissionError):
			doc.delete()


def test_hr_verifies_nothing_of_their_own(as_user):
	hr = factory.hr_manager()
	own = factory.employee(hr, create_user_permission=0)
	name = file_document(own.name, by=hr).name
	assert not frappe.db.get_value(DOCUMENT, name, "verified_on")
	as_user(hr)
	assert "your own file" in api.verify_documents([name])["failed"][0]["message"]
	doc = frappe.get_doc(DOCUMENT, name)
	doc.title = "Another title"
	doc.save()
	assert not doc.verified_on
	as_user(factory.hr_manager())
	assert api.verify_documents([name])["done"]
	as_user(hr)
	# What they change of it afterwards is their word again, and a colleague's no longer.
	doc.reload()
	doc.expires_on = "2099-12-31"
	doc.save()
	assert not doc.reload().verified_on


def test_an_auditor_verifies_and_files_nothing(owner, as_user):
	auditor = factory.user("Training Auditor")
	name = file_document(owner.name, by=owner.user_id).name
	as_user(auditor)
	assert api.verify_documents([name])["failed"]
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc(DOCUMENT, name).save()


def test_hr_of_another_company_verifies_nothing_here(owner, as_user):
	name = file_document(owner.name, by=owner.user_id).name
	as_user(limited_hr(factory.company("Elsewhere Ltd")))
	assert "or it is not yours" in api.verify_documents([name])["failed"][0]["message"]
	as_user(limited_hr(owner.company))
	assert api.verify_documents([name])["done"]


def test_what_was_changed_on_the_disk_is_not_verified(owner, as_user):
	doc = file_document(owner.name, by=owner.user_id)
	as_user(factory.hr_manager())
	path_of(doc.file).write_bytes(PDF + b"forged")
	assert "not the one that was handed in" in api.verify_documents([doc.name])["failed"][0]["message"]
	path_of(doc.file).unlink()
	assert "not the one that was handed in" in api.verify_documents([doc.name])["failed"][0]["message"]


def test_a_verified_file_is_not_replaced_nor_its_document_moved(owner, licence, as_user):
	hr = factory.hr_manager()
	as_user(hr)
	doc = frappe.get_doc(DOCUMENT, licence.name)
	doc.file = upload(hr).file_url
	with pytest.raises(frappe.ValidationError, match="is not replaced"):
		doc.save()
	doc.reload()
	doc.employee = factory.employee(factory.user()).name
	with pytest.raises(frappe.ValidationError, match="stays on the file"):
		doc.save()


def test_nobody_changes_the_file_itself(licence, as_user):
	(row,) = attached(licence.name)
	for user in (factory.hr_manager(), "Administrator"):
		as_user(user)
		public = frappe.get_doc("File", row.name)
		public.is_private = 0
		elsewhere = frappe.get_doc("File", row.name)
		elsewhere.attached_to_doctype = elsewhere.attached_to_name = None
		for attack in (public.save, elsewhere.save, lambda: frappe.delete_doc("File", row.name, force=True)):
			with pytest.raises(frappe.PermissionError):
				attack()
	assert path_of(licence.file).exists()


# Disguising


@pytest.mark.parametrize(
	("content", "name", "words"),
	[
		(b"", "a.pdf", "is empty"),
		(b"<html><script>alert(1)</script></html>", "a.pdf", "something else than its name says"),
		(b" \n<!doctype html>", "a.txt", "something else than its name says"),
		(b"PK\x03\x04", "a.pdf", "something else than its name says"),
		(PDF, "a.png", "something else than its name says"),
	],
)
def test_what_is_no_document_is_refused(owner, as_user, content, name, words):
	given = upload(owner.user_id, content, name)
	as_user(owner.user_id)
	with pytest.raises(frappe.ValidationError, match=words):
		api.add_my_document("Licence", given.file_url)
	assert frappe.db.exists("File", given.name)
	assert not frappe.db.exists(DOCUMENT, {"employee": owner.name})


def test_what_is_too_large_is_refused_and_leaves_nothing(owner, as_user, monkeypatch):
	given = upload(owner.user_id)
	with open(given.get_full_path(), "ab") as file:
		file.truncate(30 << 20)
	as_user(owner.user_id)
	before = {each.name for each in path_of(given.file_url).parent.iterdir()}
	with pytest.raises(frappe.ValidationError, match="is larger than 25 MB"):
		api.add_my_document("Licence", given.file_url)
	monkeypatch.setattr(attachments, "get_max_file_size", lambda: 10 << 20)
	with pytest.raises(frappe.ValidationError, match="is larger than 10 MB"):
		api.add_my_document("Licence", given.file_url)
	assert {each.name for each in path_of(given.file_url).parent.iterdir()} == before


def test_a_public_upload_becomes_private(owner, as_user):
	hr = factory.hr_manager()
	public = upload(hr, is_private=0)
	assert path_of(public.file_url).exists()
	doc = file_document(owner.name, by=hr, file=public.file_url)
	(file,) = attached(doc.name)
	assert (file.is_private, doc.file.startswith("/private/files/document-")) == (1, True)
	assert not frappe.db.exists("File", public.name)
	with pytest.raises(frappe.PermissionError, match="has to be private"):
		upload(hr, is_private=0, attached_to_doctype=DOCUMENT, attached_to_name="new-employee-document-1")


@pytest.mark.parametrize(
	("dates", "words"),
	[
		({"issued_on": "2026-11-24"}, "is in the future"),
		({"issued_on": "2026-11-20", "expires_on": "2026-11-19"}, "is before Issued On"),
	],
)
def test_dates_that_make_no_sense_are_refused(owner, as_user, dates, words):
	given = upload(owner.user_id)
	as_user(owner.user_id)
	with pytest.raises(frappe.ValidationError, match=words):
		api.add_my_document("Licence", given.file_url, **dates)
	with pytest.raises(frappe.ValidationError, match=words):
		file_document(owner.name, **dates)


def test_what_people_type_is_text(owner, as_user):
	given = upload(owner.user_id)
	as_user(owner.user_id)
	name = api.add_my_document("<img src=x onerror=alert(1)>", given.file_url, title='"<script>"')["document"]
	doc = frappe.get_doc(DOCUMENT, name)
	assert "<" not in doc.document_type + doc.title


def test_only_employees_have_a_file(as_user):
	contractor, left = factory.user("LMS Student"), factory.user("Employee")
	employee = factory.employee(left, create_user_permission=0)
	employee.reload().update({"status": "Left", "relieving_date": "2026-11-20"})
	employee.save()
	for user in (contractor, left):
		given = upload(user)
		as_user(user)
		with pytest.raises(frappe.ValidationError, match="no Employee record"):
			api.add_my_document("Licence", given.file_url)
	as_user("Guest")
	with pytest.raises(frappe.PermissionError):
		api.add_my_document("Licence", "/private/files/a.pdf")


def test_user_permissions_hold_where_the_employee_works_now(owner, licence, as_user):
	elsewhere = factory.company("Elsewhere Ltd")
	here, there = limited_hr(owner.company), limited_hr(elsewhere)
	owner.reload().update({"company": elsewhere})
	owner.save(ignore_permissions=True)
	for user, found in ((here, []), (there, [licence.name])):
		as_user(user)
		assert frappe.get_list(DOCUMENT, pluck="name") == found
