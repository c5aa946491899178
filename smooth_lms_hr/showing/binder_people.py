"""Of whom somebody may export the record: of everybody whom HR and auditors see, of themselves anybody else."""

from collections.abc import Collection

import frappe
from frappe import _
from frappe.utils import escape_html

from smooth_lms_hr.sources import visibility
from smooth_lms_hr.sources.departments import departments_from
from smooth_lms_hr.sources.filters import refuse_missing
from smooth_lms_hr.sources.names import EVIDENCE
from smooth_lms_hr.sources.people import NOT_PEOPLE

# A kind of record and its name: somebody without an Employee is known by the user alone.
EMPLOYEE, MEMBER = "employee", "member"
Who = tuple[str, str]
# In one binder. What is larger is fetched by nobody, and read by nobody.
MOST = 5_000
OF_EMPLOYEE = (
	"name", "employee_name", "user_id", "company", "department", "designation", "status", "date_of_joining",
	"relieving_date",
)  # fmt: skip


def may_export_of_others(user: str) -> bool:
	"""Return whether a user oversees training and may export evidence."""
	return visibility.sees_all(user) and bool(frappe.has_permission(EVIDENCE, "export", user=user))


def own(user: str) -> list[Who]:
	"""Return a user as one of whom there is a record: each Employee of theirs, or the user alone."""
	if user in NOT_PEOPLE:
		return []
	employees = frappe.get_all("Employee", {"user_id": user}, pluck="name", order_by="name")
	return [(EMPLOYEE, name) for name in employees] or [(MEMBER, user)]


def choose(employees: Collection[str], department: str | None, company: str | None) -> list[Who]:
	"""Return those who are meant, each of whom the session user may export the record of.

	:param employees: names, nothing for everybody
	:param department: with those below it, and ``company``: they work there, where it is given
	:raises frappe.PermissionError: where somebody else is meant, and the session user may export their own record alone
	:raises frappe.ValidationError: for a name that there is not, or that the session user does not see; where nobody is
	        left, and where they are more than MOST
	"""
	user = frappe.session.user
	mine = own(user)
	if not may_export_of_others(user):
		if department or company or not {(EMPLOYEE, name) for name in employees} <= set(mine):
			frappe.throw(_("You can export your own training record alone."), frappe.PermissionError)
		return _not_nobody([who for who in mine if not employees or who[1] in employees])
	for doctype, name in (("Department", department), ("Company", company)):
		if name:
			refuse_missing(doctype, name)
	found = _seen(user, employees, department, company)
	if unknown := sorted(set(employees).difference(found)):
		if department or company:
			unknown = sorted(set(unknown).difference(_seen(user, unknown, None, None)))
		if unknown:
			frappe.throw(
				_("There is no employee {0} whose record you may export.").format(
					frappe.bold(escape_html(unknown[0]))
				)
			)
	if len(found) > MOST:
		frappe.throw(
			_(
				"{0} people are more than {1} in one export. Do it in parts: a department, or a company."
			).format(len(found), MOST)
		)
	return _not_nobody([(EMPLOYEE, name) for name in found])


def still_seen(people: Collection[Who]) -> dict[Who, frappe._dict]:
	"""Return what is known of those of some people whose record the session user may export now.

	:return: OF_EMPLOYEE by person, without what there is not; of a user "name", "employee_name" and "user_id"
	"""
	user = frappe.session.user
	mine, found = set(own(user)), {}
	names = [name for kind, name in people if kind == EMPLOYEE]
	seen = visibility.employees_of(names, user) if may_export_of_others(user) else set()
	for row in frappe.get_all(
		"Employee", {"name": ("in", names or [""])}, list(OF_EMPLOYEE), order_by="name"
	):
		if row.name in seen or (EMPLOYEE, row.name) in mine:
			found[EMPLOYEE, row.name] = row
	for who in people:
		if who[0] == MEMBER and who in mine:
			full_name = frappe.db.get_value("User", user, "full_name")
			found[who] = frappe._dict(name=user, employee_name=full_name, user_id=user)
	return found


def _seen(user: str, employees: Collection[str], department: str | None, company: str | None) -> list[str]:
	filters = {"name": ("in", list(employees))} if employees else {}
	if department:
		filters["department"] = ("in", departments_from(department))
	if company:
		filters["company"] = company
	# Who has left has a record as well.
	fields = ["name", "user_id", *visibility.OF_THE_PERSON]
	rows = frappe.get_all("Employee", filters, fields, order_by="name")
	seen = visibility.employees(rows, user)
	return [row.name for row in rows if row.name in seen]


def _not_nobody(people: list[Who]) -> list[Who]:
	if not people:
		frappe.throw(_("There is nobody whose record you may export."))
	return people
