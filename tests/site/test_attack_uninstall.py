"""An uninstall: all that is the app's goes, and all that points at it, and nothing of anybody else's."""

import os

import click
import frappe
import pytest

from smooth_lms_hr.setup import references, uninstall
from tests.site import factory
from tests.site.test_attack_setup import (
	ASSIGNMENT,
	RULE,
	_metas_forget,  # noqa: F401, for every test here too
	picture,
)


def link_fields():
	"""Return where the site's DocTypes point at records: DocType, table or single, and its columns."""
	single = set(frappe.get_all("DocType", {"issingle": 1}, pluck="name"))
	rows = frappe.get_all(
		"DocField",
		{"fieldtype": ("in", ["Link", "Dynamic Link"]), "is_virtual": 0},
		["parent", "fieldname", "fieldtype", "options"],
	)
	for row in frappe.get_all("Custom Field", {"fieldtype": ("in", ["Link", "Dynamic Link"])}, ["*"]):
		rows.append(frappe._dict(row, parent=row.dt))
	tables = set(frappe.db.get_tables(cached=False))
	for row in rows:
		row.single = row.parent in single
		if row.single or (
			f"tab{row.parent}" in tables and row.fieldname in frappe.db.get_table_columns(row.parent)
		):
			yield row


def own_doctypes():
	return frappe.get_all("DocType", {"module": uninstall.MODULE}, pluck="name")


def named_ours() -> list:
	"""Return every link and dynamic link on the site that names a DocType of ours, or points at a document of one."""
	own, found = own_doctypes(), []
	for row in link_fields():
		if row.parent in own:
			continue
		column = row.options if row.fieldtype == "Dynamic Link" else row.fieldname
		to_documents = row.fieldtype == "Link" and row.options in own
		if row.fieldtype == "Link" and row.options != "DocType" and not to_documents:
			continue
		if row.single:
			value = frappe.db.get_singles_dict(row.parent).get(column)
			hit = bool(value) and (to_documents or value in own)
		else:
			condition = ("is", "set") if to_documents else ("in", own)
			hit = column in frappe.db.get_table_columns(row.parent) and frappe.db.exists(
				row.parent, {column: condition}
			)
		if hit:
			found.append((row.parent, column))
	return found


def insert_row(doctype: str, **values) -> str | None:
	"""Write a row as it is, whatever its DocType would say; None where this Frappe has no such DocType."""
	if not frappe.db.exists("DocType", doctype):
		return None
	doc = frappe.get_doc({"doctype": doctype, **values})
	doc.set("name", doc.name or frappe.generate_hash(length=10))
	doc.set_user_and_timestamp()
	frappe.flags.currently_saving.clear()
	doc.creation, doc.owner = doc.modified, "Administrator"
	doc.db_insert()
	for child in doc.get_all_children():
		child.update({"parent": doc.name, "name": frappe.generate_hash(length=10)})
		child.db_insert()
	return doc.name


def rows_about(doctype: str, name: str) -> dict[str, str]:
	"""Write a row into everything that has a field for a DocType, and return their names by DocType.

	Made from the DocTypes, so that one that comes with another Frappe is in it.
	"""
	made, fields = {}, {}
	for row in link_fields():
		if row.parent not in own_doctypes() and not row.single:
			fields.setdefault(row.parent, []).append(row)
	for parent, rows in sorted(fields.items()):
		values = {}
		for row in rows:
			if row.fieldtype == "Link" and row.options == "DocType":
				values[row.fieldname] = doctype
		for row in rows:
			if row.fieldtype == "Dynamic Link" and row.options in values:
				values[row.fieldname] = name
		if not values or parent in ("DocField", "DocType"):
			continue
		if frappe.get_meta(parent).autoname == "autoincrement":
			continue
		made[parent] = (
			insert_row(parent, **values, parent="Nobody", parenttype="Nothing")
			if frappe.get_meta(parent).istable
			else insert_row(parent, **values)
		)
	return made


@pytest.fixture
def debt():
	factory.course()
	member = factory.user()
	factory.onboarding(employee=factory.employee(member).name)
	return factory.assignment(member=member)


@pytest.fixture
def neighbour():
	"""Something of another DocType, with the same said of it."""
	return factory.user()


def test_uninstalling_leaves_nothing_that_names_ours(debt, neighbour):
	about_others = rows_about("User", neighbour)
	about_ours = rows_about(ASSIGNMENT, debt.name)
	assert {
		"ToDo",
		"Tag Link",
		"File",
		"User Permission",
		"List Filter",
		"Property Setter",
		"Custom Field",
		"Notification",
	} <= set(about_ours)
	frappe.db.set_single_value("Customize Form", "doc_type", ASSIGNMENT)
	assert len(named_ours()) > 40
	uninstall.remove_references()
	assert named_ours() == []
	left = {doctype for doctype, name in about_others.items() if not frappe.db.exists(doctype, name)}
	assert left == set(), "of others nothing goes"


def test_what_is_somebody_elses_loses_the_reference_alone(debt):
	mail = insert_row(
		"Communication", subject="About it", reference_doctype=ASSIGNMENT, reference_name=debt.name
	)
	workspace = frappe.get_all("Workspace", {"module": uninstall.MODULE}, pluck="name")[0]
	user = factory.user()
	frappe.db.set_value("User", user, "default_workspace", workspace)
	uninstall.remove_references()
	fields = ["subject", "reference_doctype", "reference_name"]
	assert frappe.db.get_value("Communication", mail, fields) == ("About it", None, None)
	assert frappe.db.get_value("User", user, ["name", "default_workspace"]) == (user, None)


def test_prepared_reports_of_ours_go_and_others_stay():
	ours, others = (
		insert_row("Prepared Report", report_name=name, status="Completed")
		for name in ("Training KPIs", "Database Storage Usage By Tables")
	)
	uninstall.remove_references()
	assert frappe.get_all("Prepared Report", {"name": ("in", (ours, others))}, pluck="name") == [others]


def test_what_a_site_built_on_ours_goes_with_what_belongs_to_it(debt):
	report = insert_row(
		"Report", report_name="Of the site", ref_doctype=ASSIGNMENT, report_type="Report Builder"
	)
	mailed = insert_row("Auto Email Report", report=report, user="Administrator")
	workflow = insert_row(
		"Workflow",
		workflow_name="x",
		document_type=ASSIGNMENT,
		states=[
			{
				"state": "Open",
				"doctype": "Workflow Document State",
				"parenttype": "Workflow",
				"parentfield": "states",
			}
		],
	)
	standard = frappe.get_all("Report", {"module": uninstall.MODULE}, pluck="name")
	shortcut = insert_row(
		"Workspace Shortcut", type="Report", link_to=standard[0], parent="Nobody", parenttype="Workspace"
	)
	other = insert_row("Report", report_name="Another", ref_doctype="User", report_type="Report Builder")
	uninstall.remove_references()
	for doctype, name in (
		("Report", report), ("Auto Email Report", mailed), ("Workflow", workflow), ("Workspace Shortcut", shortcut)
	):  # fmt: skip
		assert not frappe.db.exists(doctype, name), doctype
	assert not frappe.db.exists("Workflow Document State", {"parent": workflow})
	assert frappe.db.exists("Report", other)


@pytest.mark.parametrize("belongs_to", ["another app", "the site"])
def test_a_record_of_another_app_stays_though_it_has_to_point_at_something(debt, belongs_to):
	"""As an app or a site could have a DocType like Frappe's."""
	like = rows_about(ASSIGNMENT, debt.name)
	values = {"module": "LMS"} if belongs_to == "another app" else {"custom": 1}
	frappe.db.set_value("DocType", "Client Script", values)
	uninstall.remove_references()
	name = like["Client Script"]
	assert frappe.db.get_value("Client Script", name, ["name", "dt"]) == (name, None)
	assert not frappe.db.exists("Calendar View", like["Calendar View"])


def test_our_own_records_are_left_to_frappe(debt):
	row = insert_row("LMS Training Notification", assignment=debt.name)
	uninstall.remove_references()
	assert frappe.db.get_value("LMS Training Notification", row, "assignment") == debt.name


def test_files_come_first_and_a_dynamic_link_before_the_link_that_says_of_what():
	fields = [(field.parent == "File", field.fieldtype) for field in references._link_fields()]
	# True and "Dynamic Link" come first in either.
	assert [is_file for is_file, _type in fields] == sorted(
		(is_file for is_file, _type in fields), reverse=True
	)
	others = [fieldtype for is_file, fieldtype in fields if not is_file]
	assert others == sorted(others)


def test_the_side_bars_and_icons_that_frappe_makes_of_workspaces_go(neighbour):
	if not frappe.db.exists("DocType", "Workspace Sidebar"):
		pytest.skip("Frappe 16 has them")
	(workspace,) = frappe.get_all("Workspace", {"module": uninstall.MODULE}, pluck="name")
	names = (workspace, f"{workspace}-{neighbour}", "Another")
	for name in names:
		if not frappe.db.exists("Workspace Sidebar", name):
			insert_row(
				"Workspace Sidebar", name=name, title=name, for_user=neighbour if "-" in name else None
			)
	ours, others = (
		# Ours may be there already, from the folder that Frappe 16 reads.
		frappe.db.get_value("Desktop Icon", {"label": name})
		or insert_row("Desktop Icon", label=name, link_type="Workspace Sidebar", link_to=name)
		for name in (workspace, "Another")
	)
	below = insert_row("Desktop Icon", label="Below", parent_icon=ours)
	uninstall.remove_references()
	assert [bool(frappe.db.exists("Workspace Sidebar", name)) for name in names] == [False, False, True]
	assert not frappe.db.exists("Desktop Icon", ours)
	assert frappe.db.exists("Desktop Icon", others)
	assert frappe.db.get_value("Desktop Icon", below, ["name", "parent_icon"]) == (below, None)


def test_a_file_is_gone_from_the_disk(debt):
	def attach(doctype, name, content):
		return frappe.get_doc(
			{
				"doctype": "File", "file_name": "proof.txt", "content": content, "is_private": 1,
				"attached_to_doctype": doctype, "attached_to_name": name,
			}
		).insert()  # fmt: skip

	mine, others = attach(ASSIGNMENT, debt.name, "mine " * 9), attach("User", debt.member, "theirs " * 9)
	assert os.path.exists(mine.get_full_path())
	uninstall.remove_references()
	assert not os.path.exists(mine.get_full_path())
	assert os.path.exists(others.get_full_path())
	others.delete()


def test_what_names_ours_in_plain_text_goes(debt):
	for doctype in (ASSIGNMENT, "User"):
		insert_row("Deleted Document", deleted_doctype=doctype, deleted_name="x", data="{}")
		insert_row("List View Settings", name=doctype) if not frappe.db.exists(
			"List View Settings", doctype
		) else None
		insert_row(RULE, parent=doctype, role="Employee", read=1)
		frappe.db.sql(
			"insert into `__UserSettings` (user, doctype, data) values (%s, %s, %s)",
			("x@example.com", doctype, "{}"),
		)
	uninstall.remove_references()
	settings = {
		row[0] for row in frappe.db.sql("select doctype from `__UserSettings` where user = 'x@example.com'")
	}
	assert settings == {"User"}
	for doctype, column in (
		("Deleted Document", "deleted_doctype"),
		("List View Settings", "name"),
		(RULE, "parent"),
	):
		assert not frappe.db.exists(doctype, {column: ("in", own_doctypes())}), doctype
		assert frappe.db.exists(doctype, {column: "User"}), doctype


def test_fields_that_others_have_for_ours_go(debt):
	own = {"dt": "Task", "fieldname": "of_the_site", "label": "x", "fieldtype": "Link"}
	for fieldname, options in (("training", ASSIGNMENT), ("person", "User")):
		insert_row(
			"Custom Field", **{**own, "fieldname": fieldname, "options": options}, name=f"Task-{fieldname}"
		)
	uninstall.remove_references()
	assert not frappe.db.exists("Custom Field", "Task-training")
	assert frappe.db.exists("Custom Field", "Task-person")


def test_a_dry_run_touches_nothing(monkeypatch):
	monkeypatch.setattr(frappe.db, "sql_ddl", lambda statement: pytest.fail(statement))
	before = picture()
	with click.Context(click.Command("uninstall-app")) as command:
		command.params = {"dry_run": True}
		uninstall.before_uninstall()
	assert picture() == before
	assert not uninstall.is_dry_run()


def test_the_steps_of_the_onboarding_go_and_those_that_another_has_too_stay():
	for name in ("Ours", "Shared", "Theirs"):
		insert_row("Onboarding Step", name=name, title=name, action="Go to Page", path="lms-course")
	for parent, module, steps in (
		("A", uninstall.MODULE, ("Ours", "Shared")),
		("B", "HR", ("Shared", "Theirs")),
	):
		insert_row("Module Onboarding", name=parent, title=parent, module=module)
		for step in steps:
			insert_row(
				"Onboarding Step Map",
				parent=parent,
				parenttype="Module Onboarding",
				parentfield="steps",
				step=step,
			)
	uninstall.remove_references()
	left = frappe.get_all("Onboarding Step", {"name": ("in", ("Ours", "Shared", "Theirs"))}, pluck="name")
	assert sorted(left) == ["Shared", "Theirs"]
