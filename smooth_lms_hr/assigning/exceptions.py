"""What HR has to look after: who should have been assigned what and was not (rule 10), and what went past the gate (rule 8).

Written while rules are asked, and by the daily run; gone once it is solved.
"""

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
COMPLETED_PAST_THE_GATE = "Completed Past the Gate"
CONFIRMED_PAST_THE_GATE = "Confirmed Past the Gate"
OF_GATE = (COMPLETED_PAST_THE_GATE, CONFIRMED_PAST_THE_GATE)


# What makes a row the same as another one.
KEY = ("employee", "rule", "course", "onboarding")


@dataclass(frozen=True)
class Unmet:
	"""What a rule asks of an employee and cannot be met, or what went past the gate.

	:param rule: "" for what went past the gate
	:param course: None for whatever the rule asks for
	:param kind: one of the kinds above
	:param why: in words
	:param onboarding: that was completed, None for whatever is none
	"""

	employee: str
	rule: str
	course: str | None
	kind: str
	why: str
	onboarding: str | None = None

	@property
	def key(self) -> tuple[str, str, str, str]:
		return self.employee, self.rule, self.course or "", self.onboarding or ""


def known(employees: Collection[str], rules: Collection[str]) -> dict[tuple, frappe._dict]:
	"""Return what is written so far, by the key of what it is.

	:param rules: names, "" for what went past the gate
	"""
	if not employees or not rules:
		return {}
	rows = frappe.get_all(
		EXCEPTION,
		filters={"employee": ("in", list(employees)), "rule": ("in", list(rules))},
		fields=["name", *KEY, "kind", "why"],
		order_by="name",
	)
	return {_key(row): row for row in rows}


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


def make_way(fieldname: str, old: str, new: str) -> None:
	"""Take away what two records that become one have both, before Frappe moves the one's rows to the other.

	Where the merge is only asked for, whatever goes is found again by the next daily run.

	:param fieldname: what names the records here: one of ``KEY``
	"""
	rows = frappe.get_all(
		EXCEPTION, filters={fieldname: ("in", [old, new])}, fields=["name", *KEY], order_by="name"
	)
	remain = {_key(row) for row in rows if row[fieldname] == new}
	if gone := [row.name for row in rows if row[fieldname] == old and _key(row | {fieldname: new}) in remain]:
		frappe.db.delete(EXCEPTION, {"name": ("in", gone)})


def _key(row: dict) -> tuple[str, ...]:
	return tuple(row[fieldname] or "" for fieldname in KEY)


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
				"onboarding": one.onboarding or "",
				"kind": one.kind,
				"why": plain_text(one.why),
				"since": now_datetime(),
			}
		)
		doc.name = frappe.generate_hash(length=10)
		docs.append(doc)
	# Who was asked by two at once stands in it once.
	bulk_insert(EXCEPTION, docs, ignore_duplicates=True)
