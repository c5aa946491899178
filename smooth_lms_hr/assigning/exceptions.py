"""Who should have been assigned what and was not: written while rules are asked, gone once it is solved (rule 10)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import frappe
from frappe.model.document import bulk_insert
from frappe.utils import now_datetime

from smooth_lms_hr.sources.names import EXCEPTION
from smooth_lms_hr.sources.people import Problem
from smooth_lms_hr.sources.plain_text import plain_text
from smooth_lms_hr.training.due_dates import DueProblem

REFUSED = "Refused"
OF_PROBLEM = {Problem.NO_USER: "No User", Problem.USER_DISABLED: "User Disabled"}
OF_DUE_PROBLEM = {
	DueProblem.NO_JOINING_DATE: "No Date of Joining",
	DueProblem.IN_THE_PAST: "Due Date Past",
	DueProblem.BAD_DAYS: "No Due Date",
}


@dataclass(frozen=True)
class Unmet:
	"""What a rule asks of an employee and cannot be met.

	:param course: None for whatever the rule asks for
	:param kind: one of the kinds above
	:param why: in words
	"""

	employee: str
	rule: str
	course: str | None
	kind: str
	why: str

	@property
	def key(self) -> tuple[str, str, str]:
		return self.employee, self.rule, self.course or ""


def known(employees: Collection[str], rules: Collection[str]) -> dict[tuple, frappe._dict]:
	"""Return what could not be met so far, by employee, rule and course."""
	if not employees or not rules:
		return {}
	rows = frappe.get_all(
		EXCEPTION,
		filters={"employee": ("in", list(employees)), "rule": ("in", list(rules))},
		fields=["name", "employee", "rule", "course", "kind", "why"],
		order_by="name",
	)
	return {(row.employee, row.rule, row.course or ""): row for row in rows}


def settle(before: Mapping[tuple, frappe._dict], unmet: Collection[Unmet]) -> None:
	"""Keep what cannot be met now, since when it could not; what was solved goes.

	:param before: what ``known`` returned of those who were asked
	:param unmet: all that could not be met of these
	"""
	now = {one.key: one for one in unmet}
	if solved := [row.name for key, row in before.items() if key not in now]:
		frappe.db.delete(EXCEPTION, {"name": ("in", solved)})
	for key in before.keys() & now.keys():
		row, one = before[key], now[key]
		if (row.kind, row.why) != (one.kind, plain_text(one.why)):
			frappe.db.set_value(EXCEPTION, row.name, {"kind": one.kind, "why": plain_text(one.why)})
	_write([one for key, one in now.items() if key not in before])


def _write(unmet: list[Unmet]) -> None:
	if not unmet:
		return
	of = {
		row.name: row
		for row in frappe.get_all(
			"Employee",
			filters={"name": ("in", [one.employee for one in unmet])},
			fields=["name", "employee_name", "company", "department"],
			order_by="name",
		)
	}
	docs = []
	for one in unmet:
		employee = of[one.employee]
		doc = frappe.get_doc(
			{
				"doctype": EXCEPTION,
				"employee": one.employee,
				"employee_name": plain_text(employee.employee_name),
				"company": employee.company,
				"department": employee.department,
				"rule": one.rule,
				# Never null: two of them would not be the same to the unique index.
				"course": one.course or "",
				"kind": one.kind,
				"why": plain_text(one.why),
				"since": now_datetime(),
			}
		)
		doc.name = frappe.generate_hash(length=10)
		docs.append(doc)
	# Who was asked by two at once stands in it once.
	bulk_insert(EXCEPTION, docs, ignore_duplicates=True)
