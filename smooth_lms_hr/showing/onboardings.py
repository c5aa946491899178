"""How far hires are: the onboardings that the session user may see, their tasks, and what their people owe."""

import re
from collections.abc import Collection
from html import unescape

import frappe
from frappe.model.docstatus import DocStatus
from frappe.query_builder import Case
from frappe.query_builder.functions import Count, Min, Sum
from frappe.utils import add_days, cint, flt, getdate

from smooth_lms_hr.assigning.onboarding import ONBOARDING
from smooth_lms_hr.showing.tables import MAX_ROWS
from smooth_lms_hr.sources.conditions import is_late
from smooth_lms_hr.sources.departments import departments_from
from smooth_lms_hr.sources.names import ASSIGNMENT
from smooth_lms_hr.sources.visibility import visible_assignments
from smooth_lms_hr.training.status import (
	CANCELLED,
	COMPLETED,
	DONE_PERCENT,
	IN_PROGRESS,
	OPEN,
	OVERDUE,
	PENDING,
	WAIVED,
)

ACTIVITY = "Employee Boarding Activity"
# How far an activity is, by the status of its task. What has none, or any other, nobody has begun.
STATES = {
	"Working": IN_PROGRESS,
	"Pending Review": IN_PROGRESS,
	"Overdue": OVERDUE,
	"Completed": COMPLETED,
	"Cancelled": CANCELLED,
}
MARKUP = re.compile(r"<[^>]*>")


def hires(filters) -> list[frappe._dict]:
	"""Return the onboardings that filters leave, the latest to join first.

	:param filters: company, department (with those below it), training_status, from_date, to_date
	"""
	conditions = {"docstatus": ("!=", 2)}
	for fieldname in ("company", "training_status"):
		if filters.get(fieldname):
			conditions[fieldname] = filters[fieldname]
	if filters.department:
		conditions["department"] = ("in", departments_from(filters.department))
	if filters.from_date and filters.to_date:
		conditions["date_of_joining"] = ("between", [getdate(filters.from_date), getdate(filters.to_date)])
	elif filters.from_date or filters.to_date:
		sign, day = (">=", filters.from_date) if filters.from_date else ("<=", filters.to_date)
		conditions["date_of_joining"] = (sign, getdate(day))
	return frappe.get_list(
		ONBOARDING,
		filters=conditions,
		fields=[
			"name", "employee", "employee_name", "company", "department", "date_of_joining", "boarding_status",
			"training_status", "docstatus",
		],
		order_by="date_of_joining desc, name desc",
		limit_page_length=MAX_ROWS,
	)  # fmt: skip


def training_of(hires: list[frappe._dict]) -> dict[str, frappe._dict]:
	"""Return the sums of what each hire owes: by the onboarding, and whatever else the employee was assigned."""
	if not hires:
		return {}
	table = frappe.qb.DocType(ASSIGNMENT)
	names = {hire.name for hire in hires}
	of_employee = {hire.employee: hire.name for hire in hires if hire.employee}
	settled = Case().when(table.status.isin((COMPLETED, WAIVED)), 1).else_(0)
	open_due = Case().when(table.status.isin(OPEN), table.due_date)
	groups = (
		visible_assignments()
		.where(table.status != CANCELLED)
		.where(table.onboarding.isin(list(names)) | table.employee.isin(list(of_employee) or [""]))
		.select(
			table.onboarding,
			table.employee,
			Count(table.name).as_("courses"),
			Sum(settled).as_("done"),
			Sum(Case().when(is_late(table, getdate()), 1).else_(0)).as_("overdue"),
			Sum(Case().when(settled == 1, DONE_PERCENT).else_(table.progress)).as_("progress"),
			Min(open_due).as_("next_due"),
		)
		.groupby(table.onboarding, table.employee)
		.run(as_dict=True)
	)
	totals: dict[str, frappe._dict] = {}
	for group in groups:
		name = group.onboarding if group.onboarding in names else of_employee.get(group.employee)
		total = totals.setdefault(
			name, frappe._dict(courses=0, done=0, overdue=0, progress=0.0, next_due=None)
		)
		for key in ("courses", "done", "overdue"):
			total[key] += cint(group[key])
		total.progress += flt(group.progress)
		due = getdate(group.next_due) if group.next_due else None
		total.next_due = min((day for day in (total.next_due, due) if day), default=None)
	return totals


def onboarding_tasks(onboardings: Collection[str]) -> dict[str, tuple[int, int]]:
	"""Return how many tasks each onboarding has and how many of them are done; drafts have none that could be.

	:param onboardings: names of Employee Onboardings that the caller may see
	"""
	if not onboardings:
		return {}
	activity, task = frappe.qb.DocType(ACTIVITY), frappe.qb.DocType("Task")
	done = Case().when(task.status.isin(("Completed", "Cancelled")), 1).else_(0)
	rows = (
		frappe.qb.from_(activity)
		.left_join(task)
		.on(task.name == activity.task)
		.where(activity.parenttype == ONBOARDING)
		.where(activity.parent.isin(list(onboardings)))
		.select(activity.parent, Count(activity.name), Sum(done))
		.groupby(activity.parent)
		.run()
	)
	return {name: (cint(total), cint(finished)) for name, total, finished in rows}


def tasks_of(member: str) -> list[frappe._dict]:
	"""Return what a new hire has to do themselves in an onboarding of theirs that is not completed, in its order.

	Theirs is what names their user, or a role that they have, as Frappe HR asks who has it.

	:param member: the user
	:return: rows of activity, description (text, without markup), state (a status as of assignments), due_on (None without
	        one); all is the onboarding's own but the state, which Frappe HR keeps at the task of an activity
	"""
	begins = _open_onboardings(member)
	if not begins:
		return []
	roles = frappe.get_all(
		"Has Role", {"parenttype": "User", "parent": member}, pluck="role", order_by="role"
	)
	rows = [
		row
		for row in frappe.get_all(
			ACTIVITY,
			filters={"parenttype": ONBOARDING, "parent": ("in", list(begins))},
			fields=["parent", "activity_name", "user", "role", "description", "begin_on", "duration", "task"],
			order_by="parent, idx",
		)
		if row.user == member or row.role in roles
	]
	named = [row.task for row in rows if row.task]
	tasks = {
		task.name: task
		for task in frappe.get_all(
			"Task", {"name": ("in", named or [""])}, ["name", "status", "exp_end_date"], order_by="name"
		)
	}
	return [_task(row, begins[row.parent], tasks.get(row.task)) for row in rows]


def _task(row: frappe._dict, begins, task: frappe._dict | None) -> frappe._dict:
	days = cint(row.begin_on) + cint(row.duration)
	# Frappe HR moves it to a working day.
	due_on = (task and task.exp_end_date) or (begins and add_days(begins, days))
	return frappe._dict(
		activity=row.activity_name,
		description=" ".join(unescape(MARKUP.sub(" ", row.description or "")).split()),
		state=STATES.get(task and task.status, PENDING),
		due_on=getdate(due_on) if due_on else None,
	)


def _open_onboardings(member: str) -> dict:
	"""Return when each onboarding of somebody begins that is neither completed nor cancelled, by its name."""
	employees = frappe.get_all(
		"Employee", {"user_id": member, "status": "Active"}, ["name", "job_applicant"], order_by="name"
	)
	if not employees:
		return {}
	# Linked by Frappe HR, or by the applicant alone where every task was done before the Employee was made.
	theirs = {"employee": ("in", [employee.name for employee in employees])}
	if applicants := [employee.job_applicant for employee in employees if employee.job_applicant]:
		theirs["job_applicant"] = ("in", applicants)
	rows = frappe.get_all(
		ONBOARDING,
		filters={"docstatus": ("!=", DocStatus.cancelled()), "boarding_status": ("!=", COMPLETED)},
		or_filters=theirs,
		fields=["name", "boarding_begins_on"],
		order_by="boarding_begins_on, name",
	)
	return {row.name: row.boarding_begins_on for row in rows}
