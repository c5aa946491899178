"""Takes away what the app added to other apps' records, and what points at its own, and nothing else.

Frappe itself removes the app's own module with its DocTypes and their tables. Enrolments and learners' progress are
Learning's and stay.
"""

import click
import frappe

from smooth_lms_hr.assigning import numbers
from smooth_lms_hr.setup import course_rights, given, learning_sidebar, references
from smooth_lms_hr.setup.defaults import DEFAULTS
from smooth_lms_hr.setup.indexes import INDEXES

APP = "smooth_lms_hr"
MODULE = "Smooth LMS HR"
# What Frappe deletes with the module, and others may point at.
STANDARD = (
	"Dashboard Chart", "Dashboard Chart Source", "Module Onboarding", "Number Card", "Report", "Workspace",
)  # fmt: skip


def before_uninstall():
	# Frappe calls this of `bench uninstall-app --dry-run` too.
	if is_dry_run():
		return
	remove_references()
	for default in reversed(DEFAULTS):
		if given.is_ours(default.key):
			default.remove()
	course_rights.leave_to_learning()
	if given.is_ours("Side Bar Entry"):
		learning_sidebar.remove()
	for index in INDEXES:
		if given.is_ours(index.key):
			index.remove()
	numbers.drop_sequence()
	given.forget()


def is_dry_run() -> bool:
	command = click.get_current_context(silent=True)
	return bool(command and command.params.get("dry_run"))


def remove_references() -> None:
	"""Remove whatever on the site points at the app's DocTypes, at their documents, or at its reports and charts."""
	of_module = {"module": MODULE}
	standard = {doctype: frappe.get_all(doctype, of_module, pluck="name") for doctype in STANDARD}
	jobs = frappe.get_all("Scheduled Job Type", {"method": ("like", f"{APP}.%")}, pluck="name")
	references.remove(
		{
			**standard,
			"Scheduled Job Type": jobs,
			**_sidebars(standard["Workspace"]),
			**_tiles(),
			**_steps(standard["Module Onboarding"]),
		}
	)
	references.remove_doctypes(frappe.get_all("DocType", of_module, pluck="name"))
	for name in frappe.get_all("Prepared Report", {"report_name": ("in", standard["Report"])}, pluck="name"):
		frappe.delete_doc("Prepared Report", name, force=True, delete_permanently=True)
	# Frappe itself would notice at the next migrate only, and run into nothing until then.
	frappe.db.delete("Scheduled Job Type", {"name": ("in", jobs)})
	frappe.db.delete("Patch Log", {"patch": ("like", f"{APP}.%")})


def _sidebars(workspaces: list[str]) -> dict[str, list[str]]:
	"""Delete the side bars that Frappe 16 makes of workspaces, each user's own included, and return their names."""
	if not frappe.db.exists("DocType", "Workspace Sidebar"):
		return {}
	names = frappe.get_all("Workspace Sidebar", {"name": ("in", workspaces)}, pluck="name")
	for workspace in workspaces:
		own = {"title": ("like", f"{workspace}-%"), "for_user": ("is", "set")}
		names += frappe.get_all("Workspace Sidebar", own, pluck="name")
	_delete("Workspace Sidebar", names)
	return {"Workspace Sidebar": names}


def _steps(onboardings: list[str]) -> dict[str, list[str]]:
	"""Delete the steps of the app's onboarding, which belong to no module, and return their names; others' stay."""
	rows = frappe.get_all("Onboarding Step Map", fields=["parent", "step"], order_by="parent, idx")
	others = {row.step for row in rows if row.parent not in onboardings}
	names = sorted({row.step for row in rows if row.parent in onboardings} - others)
	_delete("Onboarding Step", names)
	return {"Onboarding Step": names}


def _tiles() -> dict[str, list[str]]:
	"""Delete the app's tiles on the desktop, hidden ones too, and return their names: Frappe 16 looks for other names."""
	if not frappe.db.exists("DocType", "Desktop Icon"):
		return {}
	names = frappe.get_all("Desktop Icon", {"app": APP}, pluck="name")
	_delete("Desktop Icon", names)
	return {"Desktop Icon": names}


def _delete(doctype: str, names: list[str]) -> None:
	for name in names:
		# Without what a deletion does beside it: on a developer's bench that takes the app's own file away.
		frappe.delete_doc(doctype, name, force=True, ignore_on_trash=True, delete_permanently=True)
