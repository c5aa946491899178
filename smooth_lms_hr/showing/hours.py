"""How many hours of training people had in a year, by what is on record of it, as far as whoever asks may see it (rule 9)."""

from collections.abc import Mapping
from datetime import date

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Coalesce, Count, Sum
from frappe.utils import cint, flt

from smooth_lms_hr.record.evidence import VALID
from smooth_lms_hr.sources import conditions
from smooth_lms_hr.sources.departments import departments_from
from smooth_lms_hr.sources.names import EVIDENCE
from smooth_lms_hr.sources.visibility import of_text


class Asked:
	"""The employees who are asked for and whom the session user may see: the active, and who has had training that year.

	:param year: of the completions
	:param filters: any of company, department (with those below it), employee
	"""

	def __init__(self, year: int, filters: Mapping):
		self._employee, evidence = frappe.qb.DocType("Employee"), frappe.qb.DocType(EVIDENCE)
		# The year's rows once, by their day; then people by their primary key.
		self._hours = (
			frappe.qb.from_(evidence)
			.select(
				evidence.employee,
				Count(evidence.name).as_("completed"),
				Sum(Coalesce(evidence.training_hours, 0)).as_("hours"),
			)
			.where(evidence.completed_on[date(year, 1, 1) : date(year, 12, 31)])
			.where((evidence.status == VALID) & evidence.employee.isnotnull())
			.groupby(evidence.employee)
		).as_("hours")
		query = (
			frappe.qb.from_(self._employee)
			.left_join(self._hours)
			.on(self._hours.employee == self._employee.name)
			.where((self._employee.status == "Active") | self._hours.employee.isnotnull())
		)
		if seen := conditions.of_people("Employee", frappe.session.user, "name"):
			query = query.where(of_text(seen, "Employee"))
		if filters.get("company"):
			query = query.where(self._employee.company == filters["company"])
		if filters.get("department"):
			query = query.where(self._employee.department.isin(departments_from(filters["department"])))
		if filters.get("employee"):
			query = query.where(self._employee.name == filters["employee"])
		self._asked = query

	def rows(self, start: int, limit: int) -> list[frappe._dict]:
		"""Return a page of them, by name: rows of employee, employee_name, company, department, completed and hours."""
		employee = self._employee
		rows = (
			self._asked.select(
				employee.name.as_("employee"),
				employee.employee_name,
				employee.company,
				employee.department,
				self._hours.completed,
				self._hours.hours,
			)
			.orderby(employee.employee_name)
			.orderby(employee.name)
			.limit(limit)
			.offset(start)
			.run(as_dict=True)
		)
		for row in rows:
			row.completed, row.hours = cint(row.completed), flt(row.hours, 2)
		return rows

	def sums(self, target: float) -> tuple[int, float, int]:
		"""Return how many people these are, their hours in all, and how many have had the target.

		:param target: hours
		"""
		hours = Coalesce(self._hours.hours, 0)
		((people, total, reached),) = self._asked.select(
			Count(self._employee.name), Sum(hours), Sum(Case().when(hours >= target, 1).else_(0))
		).run()
		return cint(people), flt(total, 2), cint(reached)
