"""One row per hire: how far onboarding and training are, and whether the person is ready to start."""

import frappe
from frappe import _

from smooth_lms_hr.assigning.onboarding import ONBOARDING, STATUSES, UNFINISHED
from smooth_lms_hr.showing import onboardings
from smooth_lms_hr.showing.onboardings import onboarding_tasks
from smooth_lms_hr.showing.tables import GREEN, answer, column
from smooth_lms_hr.sources.filters import check
from smooth_lms_hr.sources.validation import one_of

READY, TRAINING_OPEN, TASKS_OPEN, BOTH_OPEN = (
	"Ready",
	"Training open",
	"Tasks open",
	"Tasks and training open",
)
# What the filter "ready" offers beside READY.
NOT_YET = "Not yet"


def execute(filters: dict | None = None):
	"""Return columns, rows, message, chart and summary, as far as the session user may see them."""
	filters = check(
		filters,
		*("company", "department", "from_date", "to_date"),
		training_status=one_of(*(status for status in STATUSES if status)),
		ready=one_of(READY, NOT_YET),
	)
	hires = onboardings.hires(filters)
	tasks = onboarding_tasks([hire.name for hire in hires])
	training = onboardings.training_of(hires)
	rows = [_row(hire, tasks.get(hire.name, (0, 0)), training.get(hire.name)) for hire in hires]
	if filters.ready:
		rows = [row for row in rows if (row["ready"] == READY) == (filters.ready == READY)]
	return answer(_columns(), rows, None, _chart(rows), _summary(rows))


def _row(hire, tasks: tuple[int, int], training: frappe._dict | None) -> dict:
	tasks_total, tasks_done = tasks
	training = training or frappe._dict(courses=0, done=0, overdue=0, progress=0, next_due=None)
	finished = hire.boarding_status == "Completed" or (hire.docstatus == 1 and tasks_done == tasks_total)
	tasks_open = 0 if finished else tasks_total - tasks_done
	courses_open = training.courses - training.done
	unassigned = hire.training_status in UNFINISHED
	missing = []
	if not finished:
		missing.append(
			_("{0} of {1} tasks").format(tasks_open, tasks_total) if tasks_total else _("submission")
		)
	if unassigned:
		missing.append(_(hire.training_status))
	if courses_open:
		missing.append(_("{0} of {1} courses").format(courses_open, training.courses))
	trained = not (courses_open or unassigned)
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
		"colors": [GREEN],
	}


def _summary(rows: list[dict]) -> list[dict]:
	unassigned = sum(row["training_status"] in UNFINISHED for row in rows)
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
		{
			"label": _("Training Not Assigned Yet"),
			"value": unassigned,
			"datatype": "Int",
			"indicator": "Orange",
		},
	]
