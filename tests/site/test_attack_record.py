"""The record under attack: what was settled, decided or deleted, through every door that Frappe has."""

import json
from contextlib import suppress
from datetime import timedelta
from itertools import product

import frappe
import pytest
from frappe.core.doctype.deleted_document import deleted_document
from frappe.desk.doctype.bulk_update.bulk_update import submit_cancel_or_update_docs
from frappe.desk.form.save import savedocs
from frappe.model import no_value_fields

from smooth_lms_hr import api
from tests.site import factory
from tests.site.conftest import TODAY

ASSIGNMENT = "LMS Training Assignment"
LATER = TODAY + timedelta(days=200)


# Every door: what it is called with, as the session user. A refusal is an exception, or a row that failed.


def by_rest(name, values):
	"""As PUT /api/resource and /api/v2/document do."""
	doc = frappe.get_doc(ASSIGNMENT, name)
	doc.update(values)
	doc.save()


def by_form(name, values):
	sent = frappe.get_doc(ASSIGNMENT, name).as_dict(convert_dates_to_str=True) | values
	savedocs(frappe.as_json(sent), "Save")


def by_set_value(name, values):
	frappe.call("frappe.client.set_value", ASSIGNMENT, name, json.dumps(values, default=str))


def by_client_save(name, values):
	sent = frappe.get_doc(ASSIGNMENT, name).as_dict(convert_dates_to_str=True) | values
	frappe.call("frappe.client.save", frappe.as_json(sent))


def by_data_import(name, values):
	before, frappe.flags.in_import = frappe.flags.in_import, True
	try:
		by_rest(name, values)
	finally:
		frappe.flags.in_import = before


def by_bulk_edit(name, values):
	# It commits what it did, and takes back all that it could not do.
	commit, frappe.db.commit = frappe.db.commit, lambda: None
	rollback, frappe.db.rollback = frappe.db.rollback, lambda *args, **kwargs: None
	try:
		failed = submit_cancel_or_update_docs(ASSIGNMENT, [name], "update", dict(values))
	finally:
		frappe.db.commit, frappe.db.rollback = commit, rollback
	if failed:
		raise frappe.ValidationError(f"{failed} failed")


DOORS = (by_rest, by_form, by_set_value, by_client_save, by_data_import, by_bulk_edit)


@pytest.fixture
def owed():
	factory.course()
	return new_debt()


@pytest.fixture
def innocent(owed):
	return new_debt()


def new_debt(member: str | None = None):
	member = member or factory.user()
	# Not one of those who may see nobody else's records.
	factory.onboarding(employee=factory.employee(member, create_user_permission=0).name)
	return factory.assignment(member=member)


def stored(row):
	return frappe.db.get_value(ASSIGNMENT, row.name, "*", as_dict=True)


def timeline(row):
	return factory.events(row.name)


def settle(row, status):
	if status == "Completed":
		factory.complete_lessons(row.member, row.course)
	else:
		{"Waived": api.waive, "Cancelled": api.cancel_training}[status]([row.name], "Settled")
	assert stored(row).status == status


# Due dates.


@pytest.mark.parametrize("status", ["Completed", "Waived", "Cancelled"])
@pytest.mark.parametrize("who", ["HR Manager", "Administrator"])
def test_the_due_date_of_what_is_settled_stands(owed, innocent, as_user, status, who):
	settle(owed, status)
	before, said = stored(owed), timeline(owed)
	as_user("Administrator" if who == "Administrator" else factory.hr_manager())
	for days, door in enumerate(DOORS):
		day = LATER + timedelta(days=days)
		with pytest.raises(frappe.ValidationError):
			door(owed.name, {"due_date": str(day), "due_date_reason": "So that it looks on time"})
		assert stored(owed) == before, door
		assert timeline(owed) == said, door
		door(innocent.name, {"due_date": str(day)})
		assert stored(innocent).due_date == day, door


@pytest.mark.parametrize(
	("reason", "kept"), [("On <b>leave</b>", "On ‹b>leave‹/b>"), (None, None), ("  ", None)]
)
def test_each_move_of_an_open_one_keeps_who_when_and_why(owed, innocent, hr, reason, kept):
	before, said = owed.due_date, []
	for days, door in enumerate(DOORS):
		day = LATER + timedelta(days=days)
		door(owed.name, {"due_date": str(day)} | ({"due_date_reason": reason} if reason else {}))
		row = stored(owed)
		assert (row.due_date, row.original_due_date) == (day, owed.original_due_date), door
		assert row.due_date_basis == f"Chosen by {hr} on {TODAY}"
		said.append(("Due Date Moved", str(before), str(day), kept, hr))
		assert timeline(owed) == said, door
		assert not row.due_date_reason, "it is in the history now; the next move asks anew"
		before = day
	assert stored(innocent) == innocent
	assert not timeline(innocent)


def test_a_reason_without_a_move_is_not_kept_for_the_next_one(owed, hr):
	by_rest(owed.name, {"due_date_reason": "For later"})
	assert not stored(owed).due_date_reason
	assert not timeline(owed)


def test_a_move_in_the_form_is_in_the_version_history(owed, hr):
	doc = frappe.get_doc(ASSIGNMENT, owed.name)
	doc.due_date = LATER
	doc.save(ignore_version=False)
	version = frappe.get_last_doc("Version", {"docname": owed.name, "owner": hr})
	assert {"due_date", "due_date_basis"} <= {change[0] for change in json.loads(version.data)["changed"]}


# Facts.


def attempts_on(row) -> dict:
	"""Return another value for every field of the DocType that a request could send."""
	other = new_debt()
	values = {"owner": other.member, "creation": "2020-01-01 00:00:00", "docstatus": 1, "name": other.name}
	for field in frappe.get_meta(ASSIGNMENT).fields:
		if field.fieldtype in no_value_fields or field.fieldname in ("due_date", "due_date_reason"):
			continue
		if field.fieldtype == "Link":
			value = other.get(field.fieldname) or frappe.db.get_value(field.options, {}, "name")
		elif field.fieldtype == "Select":
			value = next(option for option in field.options.split("\n") if option != row[field.fieldname])
		else:
			value = {
				"Date": str(LATER),
				"Datetime": f"{LATER} 10:00:00",
				"Int": 77,
				"Percent": 77,
			}.get(field.fieldtype, "Forged")
		values[field.fieldname] = value
	return values


@pytest.mark.parametrize("status", ["Pending", "Completed"])
@pytest.mark.parametrize("who", ["HR Manager", "Administrator"])
def test_nothing_else_can_be_changed_by_hand(owed, innocent, as_user, status, who):
	if status == "Completed":
		settle(owed, status)
	attempts, before = attempts_on(owed), {row.name: stored(row) for row in (owed, innocent)}
	hr = factory.hr_manager()
	for (fieldname, value), door in product(attempts.items(), (by_rest, by_form, by_data_import)):
		as_user("Administrator" if who == "Administrator" else hr)
		with suppress(frappe.ValidationError, frappe.PermissionError):
			door(owed.name, {fieldname: value})
		as_user("Administrator")
		for name, facts in before.items():
			now = frappe.db.get_value(ASSIGNMENT, name, "*", as_dict=True)
			changed = {key for key, fact in facts.items() if now[key] != fact} - {"modified", "modified_by"}
			assert not changed, (fieldname, value, door)


def test_a_request_carries_no_flags_of_ours(owed, hr):
	for door in (by_form, by_client_save):
		try:
			door(owed.name, {"status": "Completed", "flags": {"saved_by_rule": 1, "ignore_permissions": 1}})
		except Exception:
			frappe.clear_messages()
		assert stored(owed).status == "Pending"


def test_a_new_one_gets_a_number_and_is_no_submitted_document(owed):
	doc = frappe.new_doc(ASSIGNMENT)
	doc.update({"name": "Anything", "docstatus": 1, "member": factory.user(), "course": owed.course})
	doc.flags.name_set = True
	doc.insert()
	assert doc.name.startswith("TA-")
	assert stored(doc).docstatus == 0


# Deleting and restoring.


@pytest.mark.parametrize("who", ["HR Manager", "System Manager", "Administrator"])
def test_nobody_deletes_an_assignment(owed, innocent, as_user, who):
	before = stored(owed)
	as_user("Administrator" if who == "Administrator" else factory.user(who))
	for delete in (
		lambda: frappe.delete_doc(ASSIGNMENT, owed.name),
		lambda: frappe.delete_doc(ASSIGNMENT, owed.name, force=True, ignore_permissions=True),
		lambda: frappe.get_doc(ASSIGNMENT, owed.name).delete(),
		lambda: frappe.call("frappe.client.delete", ASSIGNMENT, owed.name),
	):
		with pytest.raises((frappe.ValidationError, frappe.PermissionError)):
			delete()
	assert stored(owed) == before
	assert stored(innocent) == innocent


def test_who_may_delete_by_a_sites_own_rights_is_told_what_to_do_instead(owed):
	with pytest.raises(frappe.ValidationError, match="Cancel or waive it"):
		frappe.delete_doc(ASSIGNMENT, owed.name)


def test_deleting_the_transactions_of_a_company_leaves_the_record(bench_only):
	from erpnext.setup.doctype.transaction_deletion_record import transaction_deletion_record

	assert ASSIGNMENT in transaction_deletion_record.get_doctypes_to_be_ignored()


@pytest.mark.parametrize("status", ["Pending", "Waived", "Completed"])
def test_what_was_deleted_once_does_not_come_back_as_something_else(owed, innocent, status):
	"""As an earlier release, which let it happen, left it."""
	if status != "Pending":
		settle(owed, status)
	doc = frappe.get_doc(ASSIGNMENT, owed.name)
	frappe.delete_doc(ASSIGNMENT, doc.name, force=True, ignore_on_trash=True)
	deleted = frappe.get_last_doc("Deleted Document", {"deleted_name": owed.name})
	assert not frappe.db.exists(ASSIGNMENT, owed.name)
	with pytest.raises(frappe.ValidationError, match="cannot be restored"):
		deleted_document.restore(deleted.name)
	assert not factory.assignments(member=owed.member)
	assert stored(innocent) == innocent


# Decisions about oneself.


@pytest.fixture(params=["HR Manager", "System Manager"])
def decider(request):
	factory.course()
	return factory.user(request.param)


DECISIONS = {
	"waive": lambda name: api.waive([name], "I know it all"),
	"cancel": lambda name: api.cancel_training([name], "I know it all"),
	"extend": lambda name: api.extend_due_date([name], str(LATER), "No time"),
}


@pytest.mark.parametrize("decision", DECISIONS)
def test_nobody_decides_about_their_own_training(decider, as_user, decision):
	mine, other = new_debt(decider), new_debt()
	as_user(decider)
	(row,) = DECISIONS[decision](mine.name)["failed"]
	assert "your own training" in row["message"]
	assert stored(mine) == mine
	assert not timeline(mine)
	answer = DECISIONS[decision](other.name)
	assert answer["done"], answer


def test_nobody_moves_their_own_due_date(decider, as_user):
	mine = new_debt(decider)
	as_user(decider)
	for door in DOORS:
		with pytest.raises((frappe.PermissionError, frappe.ValidationError)):
			door(mine.name, {"due_date": str(LATER), "due_date_reason": "No time"})
		assert stored(mine) == mine, door


@pytest.mark.parametrize("decision", DECISIONS)
def test_a_setting_lets_them(decider, as_user, decision):
	mine = new_debt(decider)
	frappe.db.set_single_value("LMS Training Settings", "waive_own_training", 1)
	as_user(decider)
	assert DECISIONS[decision](mine.name)["done"]


def test_they_may_assign_themselves(decider, as_user):
	course = factory.course("Another")
	as_user(decider)
	doc = frappe.get_doc({"doctype": ASSIGNMENT, "member": decider, "course": course}).insert()
	assert doc.status == "Pending"


# Cancelling.


def test_cancelling_says_who_and_why_and_counts_nowhere(owed, innocent, hr):
	answer = api.cancel_training([owed.name, innocent.name + "x"], "Assigned to the <wrong> person")
	assert [row["name"] for row in answer["done"]] == [owed.name]
	assert len(answer["failed"]) == 1
	row = stored(owed)
	assert (row.status, row.due_date, row.waived_by) == ("Cancelled", owed.due_date, None)
	assert timeline(owed) == [("Cancelled", "Pending", "Cancelled", "Assigned to the ‹wrong> person", hr)]
	names = {each["name"] for each in api.get_team_training_status(page_length=500)["rows"]}
	assert owed.name not in names
	assert stored(innocent) == innocent
	(row,) = api.cancel_training([owed.name], "Again")["failed"]
	assert "nothing is owed" in row["message"]


@pytest.mark.parametrize("decision", DECISIONS)
def test_a_refused_decision_is_said_to_the_caller_and_not_logged(owed, as_user, decision):
	before = frappe.db.count("Error Log")
	settle(owed, "Waived")
	as_user(factory.hr_manager())
	assert DECISIONS[decision](owed.name)["failed"]
	as_user(factory.user("Employee"))
	assert DECISIONS[decision](owed.name)["failed"]
	as_user("Administrator")
	assert frappe.db.count("Error Log") == before
