"""How people stand with what they have to hold, as far as whoever asks may see it (rule 9): one page of people at a time."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Count, Sum
from frappe.utils import cint, getdate

from smooth_lms_hr.sources.names import COMPLIANCE
from smooth_lms_hr.sources.visibility import visible
from smooth_lms_hr.training.compliance import COUNTS

# What narrows the people down by one of the cells of their row.
OF_CELLS = ("compliance_type", "status")


class Cell(NamedTuple):
	"""How somebody stands with one Compliance Type.

	:param name: of the record
	:param ends_on: the first day on which it does not count any more, None for never
	:param company: of the person, as ``department``
	"""

	name: str
	status: str
	ends_on: date | None
	company: str | None
	department: str | None


class Sums(NamedTuple):
	"""
	:param by_type: how many of each type and status
	:param people: who has to hold anything, of them ``compliant`` all that they have to
	"""

	by_type: dict[str, Counter]
	people: int
	compliant: int


class Asked:
	"""What is asked for: the current cycles that the session user may see, of some people.

	:param filters: any of company, department, employee, compliance_type, status, ends_by (a day): those who have a row that
	        meets them all. Of each, all that they have to hold is shown
	"""

	def __init__(self, filters: Mapping):
		self._table = frappe.qb.DocType(COMPLIANCE)
		self._filters = filters
		self._seen = visible(
			COMPLIANCE,
			is_current=1,
			**{name: filters.get(name) for name in ("company", "department", "employee")},
		)
		self._meant = self._seen
		for name in OF_CELLS:
			if filters.get(name):
				self._meant = self._meant.where(self._table[name] == filters[name])
		if filters.get("ends_by"):
			self._meant = self._meant.where(self._table.next_renewal_date <= filters["ends_by"])

	def people(self, start: int, limit: int) -> list[frappe._dict]:
		"""Return a page of the people, by name: rows of employee and employee_name."""
		table = self._table
		# In the order of an index, of which no more is read than up to the page.
		return (
			self._meant.select(table.employee, table.employee_name)
			.groupby(table.employee_name, table.employee)
			.orderby(table.employee_name)
			.orderby(table.employee)
			.limit(limit)
			.offset(start)
			.run(as_dict=True)
		)

	def cells(self, employees: list[str]) -> dict[tuple[str, str], Cell]:
		"""Return how employees stand, by their name and the Compliance Type."""
		if not employees:
			return {}
		table = self._table
		rows = (
			self._seen.select(
				table.name,
				table.employee,
				table.compliance_type,
				table.status,
				table.next_renewal_date,
				table.company,
				table.department,
			)
			.where(table.employee.isin(employees))
			.run(as_dict=True)
		)
		return {
			(row.employee, row.compliance_type): Cell(
				row.name,
				row.status,
				getdate(row.next_renewal_date) if row.next_renewal_date else None,
				row.company,
				row.department,
			)
			for row in rows
		}

	def sums(self) -> Sums:
		"""Return how many there are, whatever the page."""
		table = self._table
		by_type: dict[str, Counter] = {}
		counted = self._meant.select(table.compliance_type, table.status, Count(table.name))
		for of_type, status, number in (
			counted.groupby(table.compliance_type, table.status).orderby(table.compliance_type).run()
		):
			by_type.setdefault(of_type, Counter())[status] = cint(number)
		missing = Sum(Case().when(table.status.isin(COUNTS), 0).else_(1)).as_("missing")
		grouped = self._meant.select(table.employee, missing).groupby(table.employee_name, table.employee)
		people = grouped.as_("people")
		((number, compliant),) = (
			frappe.qb.from_(people)
			.select(Count("*"), Sum(Case().when(people.missing == 0, 1).else_(0)))
			.run()
		)
		return Sums(by_type, cint(number), cint(compliant))
