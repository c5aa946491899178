"""Who should have been assigned training and was not, and what went past the gate: since when, and why."""

from frappe import _

from smooth_lms_hr.showing import unmet
from smooth_lms_hr.showing.tables import answer, column
from smooth_lms_hr.sources.filters import check
from smooth_lms_hr.sources.names import RULE
from smooth_lms_hr.sources.validation import one_of


def execute(filters: dict | None = None):
	"""Return columns and rows, the longest waiting first, as far as the session user may see them."""
	filters = check(filters, *("company", "department", "rule", "course"), kind=one_of(*unmet.KINDS))
	rows = [{**row, "solution": _solution(row["action"])} for row in unmet.exceptions(filters)]
	return answer(_columns(), rows, None, None, _summary(rows))


def _columns() -> list[dict]:
	return [
		column("employee", _("Employee"), "Link", 140, "Employee"),
		column("employee_name", _("Employee Name"), width=160),
		column("why", _("Why"), width=320),
		column("solution", _("What Solves It"), width=170),
		column("since", _("Since"), "Datetime", 180),
		column("rule", _("Rule"), "Link", 160, RULE),
		column("course_title", _("Course"), width=180),
		column("kind", _("Kind"), width=130),
		column("onboarding", _("Employee Onboarding"), "Link", 180, "Employee Onboarding"),
		column("company", _("Company"), "Link", 140, "Company"),
		column("department", _("Department"), "Link", 140, "Department"),
	]


def _solution(action: str) -> str:
	"""Return what the report offers to do in the words of its button, for what is printed or exported."""
	words = {
		"enter user": _("Enter User"),
		"enter joining date": _("Enter Joining Date"),
		"open employee": _("Open Employee"),
		"open onboarding": _("Open Onboarding"),
		"apply again": _("Apply Again"),
	}
	return words[action]


def _summary(rows: list[dict]) -> list[dict]:
	people = {row["employee"] or row["onboarding"] for row in rows}
	return [
		{"label": _("Exceptions"), "value": len(rows), "datatype": "Int", "indicator": "Orange"},
		{"label": _("People"), "value": len(people), "datatype": "Int"},
	]
