"""Every DocType of ours, by every way to look at it: the other company's is seen by none."""

import json

import frappe
import pytest
from frappe.desk.form.load import getdoc
from frappe.desk.reportview import export_query
from frappe.desk.reportview import get as get_report_view
from frappe.desk.search import search_link
from frappe.www.printview import get_html_and_style

from smooth_lms_hr.assigning import exceptions
from smooth_lms_hr.record import events, evidence
from tests.site import factory, two_companies
from tests.site.conftest import TODAY
from tests.site.two_companies import HERE, THERE

ASSIGNMENT = "LMS Training Assignment"
EVENT = "LMS Training Event"
EVIDENCE = "LMS Training Evidence"
NOTIFICATION = "LMS Training Notification"
EXCEPTION = "LMS Training Exception"
REQUEST = "LMS Training Request"
DOCUMENT = "Employee Document"
COMPLIANCE = "Employee Compliance"
NOBODY = "There is no such employee or user, or not yours"


def of_people() -> list[str]:
	"""Return our DocTypes that are about somebody, as the module has them."""
	doctypes = frappe.get_all(
		"DocType", {"module": "Smooth LMS HR", "issingle": 0, "istable": 0}, pluck="name", order_by="name"
	)
	return [
		doctype
		for doctype in doctypes
		if {"assignment", "employee", "member"}
		& {field.fieldname for field in frappe.get_meta(doctype).fields}
	]


def notification_of(person) -> str:
	doc = frappe.get_doc(
		{
			"doctype": NOTIFICATION,
			"assignment": person.assignment,
			"kind": "Asked",
			"occasion": str(TODAY),
			"due_date": TODAY,
			"audience": "Member",
			"recipient": person.member,
			"sent_on": f"{TODAY} 12:00:00",
		}
	)
	return doc.insert(ignore_permissions=True).name


def event_of(person) -> str:
	row = frappe.db.get_value(
		ASSIGNMENT, person.assignment, ["name", "member", "employee", "course"], as_dict=True
	)
	events.write([events.make(row, events.OVERDUE, before="Pending", after="Overdue")])
	return frappe.get_all(EVENT, {"assignment": row.name}, pluck="name", order_by="name")[-1]


def evidence_of(person) -> str:
	row = frappe.db.get_value(
		ASSIGNMENT, person.assignment, ["name", "member", "employee", "course"], as_dict=True
	)
	evidence.write(
		[evidence.Evidence(row.name, row.member, row.employee, row.course, "Safety", TODAY, (), ())]
	)
	return frappe.db.get_value(EVIDENCE, {"assignment": row.name})


def exception_of(person) -> str:
	"""Say that a rule could not be met of somebody, as the rules do."""
	course = frappe.db.get_value(ASSIGNMENT, person.assignment, "course")
	nobody = factory.named("Designation", "designation_name", "Nobody's")
	doc = factory.rule(courses=[course], audience=[("Designation", nobody)])
	exceptions.settle(
		exceptions.known([person.employee], [doc.name]),
		[exceptions.Unmet(person.employee, doc.name, course, "Refused", "No seats")],
	)
	return frappe.db.get_value(EXCEPTION, {"employee": person.employee})


# How to make a record of each that is about a person.
MAKERS = {
	ASSIGNMENT: lambda person: person.assignment,
	NOTIFICATION: notification_of,
	EVENT: event_of,
	EVIDENCE: evidence_of,
	EXCEPTION: exception_of,
	REQUEST: lambda person: person.request,
	DOCUMENT: lambda person: person.document,
	COMPLIANCE: lambda person: person.compliance,
}


def form_dict(**values):
	frappe.local.form_dict = frappe._dict(values)
	frappe.local.response = frappe._dict(docs=[])


def in_list(doctype, names):
	return set(frappe.get_list(doctype, pluck="name", limit_page_length=0))


def by_client_list(doctype, names):
	return {row["name"] for row in frappe.call("frappe.client.get_list", doctype, limit_page_length=500)}


def in_report(doctype, names):
	form_dict(doctype=doctype, fields=json.dumps([f"`tab{doctype}`.`name`"]), page_length="500", start="0")
	found = get_report_view()
	return {row[0] for row in found["values"]} if found else set()


def in_export(doctype, names):
	form_dict(
		doctype=doctype,
		fields=json.dumps([f"`tab{doctype}`.`name`"]),
		file_format_type="CSV",
		title=doctype,
		filters="[]",
	)
	export_query()
	content = frappe.response["filecontent"]
	content = content.decode() if isinstance(content, bytes) else content
	return {name for name in names if name in content}


def in_link_search(doctype, names):
	return {row["value"] for row in search_link(doctype, "", page_length=500)}


def each(ask):
	"""Return a way that asks for one record after the other, and is refused or gets nothing where it may not."""

	def way(doctype, names):
		found = set()
		for name in names:
			form_dict(doctype=doctype, name=name)
			frappe.local.message_log = []
			try:
				answer = ask(doctype, name)
			except (frappe.PermissionError, frappe.DoesNotExistError):
				answer = None
			if answer:
				found.add(name)
		return found

	way.__name__ = ask.__name__
	return way


@each
def by_reading(doctype, name):
	return frappe.has_permission(doctype, "read", doc=name)


@each
def by_client_get(doctype, name):
	return frappe.call("frappe.client.get", doctype, name)


@each
def by_client_value(doctype, name):
	return frappe.call("frappe.client.get_value", doctype, "name", {"name": name})


@each
def by_counting(doctype, name):
	form_dict()
	return frappe.call("frappe.client.get_count", doctype, filters={"name": name})


@each
def in_print(doctype, name):
	return get_html_and_style(doctype, name)


@each
def by_rest_1(doctype, name):
	from frappe.api.v1 import read_doc

	return read_doc(doctype, name)


@each
def by_rest_2(doctype, name):
	from frappe.api.v2 import read_doc

	return read_doc(doctype, name)


@each
def in_the_form(doctype, name):
	"""With it come the timeline, comments, versions and attachments."""
	getdoc(doctype, name)
	return frappe.response.docs


@each
def in_attachment(doctype, name):
	file = frappe.db.get_value("File", {"attached_to_doctype": doctype, "attached_to_name": name})
	return frappe.has_permission("File", "read", doc=file)


WAYS = [
	in_list, by_client_list, in_report, in_export, in_link_search, by_reading, by_client_get, by_client_value,
	by_counting, in_print, by_rest_1, by_rest_2, in_the_form, in_attachment,
]  # fmt: skip


@pytest.fixture
def records(world):
	"""One record of each DocType, here and there, with a file attached."""
	found = {}
	for doctype in of_people():
		here, there = (MAKERS[doctype](world.people[where]) for where in ("team", "there"))
		# What is on an employee's file has its one.
		for name in (here, there) if doctype != DOCUMENT else ():
			frappe.get_doc(
				{
					"doctype": "File",
					"file_name": factory.unique("proof") + ".txt",
					"attached_to_doctype": doctype,
					"attached_to_name": name,
					"is_private": 1,
					"content": "Proof of " + name,
				}
			).insert()
		found[doctype] = (here, there)
	return found


def test_each_of_our_doctypes_is_tried():
	assert set(of_people()) == set(MAKERS)


def test_the_other_company_is_seen_in_no_way(records, world, as_user):
	for user, sees in (
		(world.users["company-limited HR Manager"], (True, False)),
		(two_companies.limited_hr(HERE, "System Manager"), (True, False)),
		(two_companies.limited_hr(THERE, "HR Manager"), (False, True)),
		(world.users["HR Manager"], (True, True)),
	):
		as_user(user)
		for way in WAYS:
			for doctype, names in records.items():
				found = way(doctype, names)
				assert tuple(name in found for name in names) == sees, (way.__name__, user, doctype)
		frappe.set_user("Administrator")


def test_nothing_of_ours_is_in_the_global_search():
	"""Frappe's own search shows what is in it to everybody who may read the DocType, whatever their limits."""
	for doctype in of_people():
		assert not frappe.get_meta(doctype).get_global_search_fields(), doctype


def test_without_limits_a_list_costs_nothing_more(world, as_user):
	from smooth_lms_hr import permissions

	for role in ("HR Manager", "System Manager"):
		assert permissions.conditions_of_assignment(world.users[role], NOTIFICATION) == ""
	assert "in (" in permissions.conditions_of_assignment(
		world.users["company-limited HR Manager"], NOTIFICATION
	)
	for user in ("Guest", factory.user("Projects User", learner=False)):
		assert permissions.conditions_of_assignment(user, NOTIFICATION) == "1=0"


def test_what_was_said_of_a_deleted_assignment_is_for_who_sees_all(world, as_user):
	name = notification_of(world.people["team"])
	frappe.db.delete(ASSIGNMENT, {"name": world.people["team"].assignment})
	for role, sees in (("HR Manager", True), ("company-limited HR Manager", False)):
		as_user(world.users[role])
		assert (name in in_list(NOTIFICATION, ())) is sees
		assert frappe.has_permission(NOTIFICATION, "read", doc=name) is sees
