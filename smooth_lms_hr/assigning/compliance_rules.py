"""Who has to hold what by the rules that ask for Compliance Types, and who has not any more (rule 10)."""

from collections.abc import Collection, Mapping

import frappe
from frappe import _
from frappe.utils import getdate
from pypika import Criterion

from smooth_lms_hr.assigning import compliance
from smooth_lms_hr.sources import compliance as sources
from smooth_lms_hr.sources import rules
from smooth_lms_hr.sources.names import COMPLIANCE
from smooth_lms_hr.training.compliance import AWAITING_VERIFICATION, PENDING
from smooth_lms_hr.training.rules import (
	CANCEL,
	CANCEL_WHAT_IS_NOT_BEGUN,
	COMPLIANCE_TYPE,
	Asked,
	Rule,
)

# What an employee has to hold: the name of the Employee, and of the Compliance Type.
Holding = tuple[str, str]
NOT_COMPLETE = (PENDING, AWAITING_VERIFICATION)


class Holdings:
	"""What rules say of some employees, before anything is written.

	:param wanted: the names of the rules that ask, in their order, by employee and type
	"""

	def __init__(self, asked: Collection[Rule], facts: Mapping[str, Asked]):
		"""
		:param asked: the rules; what stands for one that is switched off no longer fits
		:param facts: of the employees who are asked
		"""
		self._rules = {rule.name: rule for rule in asked}
		self._facts = facts
		self.wanted = _wanted(asked, facts)
		self._types = {name for rule in asked for name in types_of(rule)}
		self._rows: dict[Holding, frappe._dict] | None = None

	@property
	def rows(self) -> dict[Holding, frappe._dict]:
		"""The latest cycle of what these employees hold, of the types that are asked for or were asked for by these rules."""
		if self._rows is None:
			# Where there is no type at all, one look into the cache says so.
			asked = self._facts and self._rules and (self._types or sources.are_there())
			self._rows = self._read() if asked else {}
		return self._rows

	def new(self) -> dict[Holding, list[str]]:
		"""Return what is asked of whom and not held, or not asked for any more so far: the rules that ask."""
		return {
			holding: names
			for holding, names in self.wanted.items()
			if (row := self.rows.get(holding)) is None or row.ended_on
		}

	def no_longer_fitting(self) -> list[frappe._dict]:
		"""Return the rows that end, since none of the rules asks for them any more, by the word of the one that did."""
		rows = [
			row
			for holding, row in self.rows.items()
			if row.rule in self._rules and not row.ended_on and holding not in self.wanted
		]
		rows = [row for row in rows if _ends(self._rules[row.rule], row)]
		if not rows:
			return []
		# Another rule, which is not asked just now, may ask for it as well.
		others = [rule for rule in rules.read_rules(enabled=True) if rule.name not in self._rules]
		still = _wanted(others, self._facts)
		return [row for row in rows if (row.employee, row.compliance_type) not in still]

	def is_settled(self) -> bool:
		"""Return whether to carry it out would write nothing."""
		return not (self.new() or self.no_longer_fitting())

	def carry_out(self, held_back: Collection[str] = ()) -> None:
		"""Let employees have to hold what is asked of them, and end what no longer fits. In the caller's transaction.

		:param held_back: rules that may ask nothing new of anybody
		"""
		making: dict[Holding, tuple[str, str]] = {}
		for holding, names in self.new().items():
			if free := [name for name in names if name not in held_back]:
				said = "; ".join(_("Rule {0}").format(self._rules[name].title) for name in free)
				making[holding] = (free[0], said)
		again = {
			self.rows[holding].name: rule for holding, (rule, _said) in making.items() if holding in self.rows
		}
		ending = self.no_longer_fitting()
		if not (making or ending):
			return
		for name, rule in again.items():
			frappe.db.set_value(COMPLIANCE, name, {"ended_on": None, "rule": rule})
		_end(ending)
		compliance.make(making)
		about = {*making, *((row.employee, row.compliance_type) for row in ending)}
		compliance.settle({who for who, _type in about}, getdate(), {of_type for _who, of_type in about})
		self._rows = None

	def _read(self) -> dict[Holding, frappe._dict]:
		table = frappe.qb.DocType(COMPLIANCE)
		rows = (
			frappe.qb.from_(table)
			.select(
				table.name, table.employee, table.compliance_type, table.rule, table.status, table.ended_on,
				table.completed_on,
			)
			.where(table.employee.isin(sorted(self._facts)))
			.where(
				Criterion.any(
					field.isin(sorted(names))
					for field, names in ((table.compliance_type, self._types), (table.rule, self._rules))
					if names
				)
			)
			.orderby(table.cycle)
			.run(as_dict=True)
		)  # fmt: skip
		proved = compliance.held_by([row.name for row in rows])
		for row in rows:
			row.is_begun = row.name in proved
		return {(row.employee, row.compliance_type): row for row in rows}


def types_of(rule: Rule) -> list[str]:
	"""Return the Compliance Types that a rule asks for."""
	return [content.name for content in rule.contents if content.kind == COMPLIANCE_TYPE]


def holders(rule: str, limit: int | None = None) -> list[str]:
	"""Return the employees who have to hold something since a rule asked for it.

	:param limit: more than so many need not be found
	"""
	return frappe.get_all(
		COMPLIANCE,
		{"rule": rule, "is_current": 1},
		pluck="employee",
		order_by="employee",
		limit_page_length=limit or 0,
	)


def forget(rule: Rule) -> None:
	"""Let what people hold follow the word of a rule that is being deleted; what stays is as if HR had asked for it."""
	rows = frappe.get_all(
		COMPLIANCE,
		{"rule": rule.name, "is_current": 1},
		["name", "employee", "compliance_type", "status", "completed_on"],
		order_by="name",
	)
	proved = compliance.held_by([row.name for row in rows])
	for row in rows:
		row.is_begun = row.name in proved
	_end([row for row in rows if _ends(rule, row)])
	frappe.db.set_value(COMPLIANCE, {"rule": rule.name}, "rule", None, update_modified=False)


def _wanted(asked: Collection[Rule], facts: Mapping[str, Asked]) -> dict[Holding, list[str]]:
	found: dict[Holding, list[str]] = {}
	for rule in asked:
		if not rule.enabled or not (names := types_of(rule)):
			continue
		for employee, one in facts.items():
			if not rule.mismatch(one):
				for name in names:
					found.setdefault((employee, name), []).append(rule.name)
	return found


def _ends(rule: Rule, row: frappe._dict) -> bool:
	"""Return whether what nobody asks for any more ends: of what is complete, that is the next renewal."""
	if rule.when_it_no_longer_fits == CANCEL_WHAT_IS_NOT_BEGUN:
		return not (row.status in NOT_COMPLETE and row.is_begun)
	return rule.when_it_no_longer_fits == CANCEL


def _end(rows: Collection[frappe._dict]) -> None:
	if rows:
		filters = {"name": ("in", [row.name for row in rows])}
		frappe.db.set_value(COMPLIANCE, filters, {"ended_on": getdate(), "is_current": 0})
