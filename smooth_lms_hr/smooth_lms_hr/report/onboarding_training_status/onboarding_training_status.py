"""One row per hire: how far onboarding and training are, and whether the person is ready to start."""

import frappe
from frappe import _
from frappe.query_builder import Case
from frappe.query_builder.functions import Count, Min, Sum
from frappe.utils import cint, flt, getdate

from smooth_lms_hr.services.facts import ASSIGNMENT
from smooth_lms_hr.services.onboarding import ONBOARDING, WAITING
from smooth_lms_hr.services.reporting import (
	MAX_ROWS,
	column,
	departments_from,
	onboarding_tasks,
	visible_assignments,
)
from smooth_lms_hr.training.status import CANCELLED, COMPLETED, DONE_PERCENT, OPEN, OVERDUE, WAIVED

READY, TRAINING_OPEN, TASKS_OPEN, BOTH_OPEN = (
	"Ready",
	"Training open",
	"Tasks open",
	"Tasks and training open",
)


def execute(filters: dict | None = None):
	"""Return columns, rows, message, chart and summary, as far as the session user may see them."""
	filters = frappe._dict(filters or {})
	hires = _hires(filters)
	tasks = onboarding_tasks([hire.name for hire in hires])
	training = _training(hires)
	rows = [_row(hire, tasks.get(hire.name, (0, 0)), training.get(hire.name)) for hire in hires]
	if filters.ready:
		rows = [row for row in rows if (row["ready"] == READY) == (filters.ready == "Ready")]
	return _columns(), rows, None, _chart(rows), _summary(rows)


def _hires(filters) -> list[frappe._dict]:
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


def _training(hires: list[frappe._dict]) -> dict[str, frappe._dict]:
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
			Sum(Case().when(table.status == OVERDUE, 1).else_(0)).as_("overdue"),
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
		total.next_due = min(filter(None, (total.next_due, due)), default=None)
	return totals


def _row(hire, tasks: tuple[int, int], training: frappe._dict | None) -> dict:
	tasks_total, tasks_done = tasks
	training = training or frappe._dict(courses=0, done=0, overdue=0, progress=0, next_due=None)
	finished = hire.boarding_status == "Completed" or (hire.docstatus == 1 and tasks_done == tasks_total)
	tasks_open = 0 if finished else tasks_total - tasks_done
	courses_open = training.courses - training.done
	waiting = hire.training_status in WAITING
	missing = []
	if not finished:
		missing.append(
			_("{0} of {1} tasks").format(tasks_open, tasks_total) if tasks_total else _("submission")
		)
	if waiting:
		missing.append(_(hire.training_status))
	if courses_open:
		missing.append(_("{0} of {1} courses").format(courses_open, training.courses))
	trained = not (courses_open or waiting)
	ready = {
		(True, True): READY,
		(True, False): TRAINING_OPEN,
		(False, True): TASKS_OPEN,
		(False, False): BOTH_OPEN,
	}[finished, trained]
	return {
		"onboarding": hire.name,
		"employee_name": hire.employee_name,
		"employee": hire.employee,
		"department": hire.department,
		"date_of_joining": hire.date_of_joining,
		"boarding_status": hire.boarding_status,
		"tasks_percent": 100 if finished else _percent(tasks_done, tasks_total),
		"training_status": hire.training_status,
		"courses": training.courses,
		"completed": training.done,
		"overdue": training.overdue,
		"training_percent": round(training.progress / training.courses, 1) if training.courses else None,
		"next_due": training.next_due,
		"ready": ready,
		"missing": ", ".join(missing),
	}


def _percent(part: int, whole: int) -> float:
	return round(100 * part / whole, 1) if whole else 0


def _columns() -> list[dict]:
	return [
		column("employee_name", _("Employee Name"), width=160),
		column("ready", _("Ready to Start"), width=200),
		column("missing", _("What Is Missing"), width=220),
		column("date_of_joining", _("Joining"), "Date"),
		column("tasks_percent", _("Onboarding Tasks"), "Percent", 140),
		column("training_percent", _("Training"), "Percent", 110),
		column("courses", _("Courses"), "Int", 90),
		column("completed", _("Done"), "Int", 80),
		column("overdue", _("Overdue"), "Int", 90),
		column("next_due", _("Next Due Date"), "Date", 120),
		column("training_status", _("Training Status"), width=160),
		column("department", _("Department"), "Link", 150, "Department"),
		column("boarding_status", _("Onboarding Status"), width=140),
		column("onboarding", _("Employee Onboarding"), "Link", 190, ONBOARDING),
		column("employee", _("Employee"), "Link", 140, "Employee"),
	]


def _counts(rows: list[dict]) -> dict[str, int]:
	counts = dict.fromkeys((READY, TRAINING_OPEN, TASKS_OPEN, BOTH_OPEN), 0)
	for row in rows:
		counts[row["ready"]] += 1
	return counts


def _chart(rows: list[dict]) -> dict | None:
	if not rows:
		return None
	counts = _counts(rows)
	return {
		"data": {
			"labels": [_(state) for state in counts],
			"datasets": [{"name": _("Hires"), "values": list(counts.values())}],
		},
		"type": "bar",
		"colors": ["#2f9d58"],
	}


def _summary(rows: list[dict]) -> list[dict]:
	waiting = sum(row["training_status"] in WAITING for row in rows)
	late = sum(1 for row in rows if row["overdue"])
	return [
		{"label": _("Hires"), "value": len(rows), "datatype": "Int"},
		{
			"label": _("Ready to Start"),
			"value": _counts(rows)[READY],
			"datatype": "Int",
			"indicator": "Green",
		},
		{"label": _("Late With Training"), "value": late, "datatype": "Int", "indicator": "Red"},
		{"label": _("Training Not Assigned Yet"), "value": waiting, "datatype": "Int", "indicator": "Orange"},
	]
