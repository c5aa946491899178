"""The indexes that the app adds to other apps' DocTypes: what it asks of them often, and they have none for."""

from dataclasses import dataclass

import frappe


@dataclass(frozen=True)
class Index:
	"""
	:param key: what it is recorded as, for ever
	:param name: in the database
	"""

	key: str
	doctype: str
	fields: tuple[str, ...]
	name: str

	def add(self) -> bool:
		if frappe.db.has_index(f"tab{self.doctype}", self.name):
			return False
		frappe.db.add_index(self.doctype, list(self.fields), self.name)
		return True

	def remove(self) -> None:
		if frappe.db.has_index(f"tab{self.doctype}", self.name):
			frappe.db.sql_ddl(f"alter table `tab{self.doctype}` drop index `{self.name}`")  # nosemgrep


# Each of two columns: one of a single column whose field has no index of its own Frappe takes away as it alters the table.
INDEXES = (
	# Every list asks for a user's Employee record.
	Index("Index on Employee", "Employee", ("user_id", "status"), "user_id_status_index"),
	# Rules ask for people's onboardings, and the daily run for those that are completed.
	Index(
		"Index on Employee Onboarding by Employee",
		"Employee Onboarding",
		("employee", "boarding_status"),
		"training_employee_index",
	),
	# With the gate on, each save of a task asks whether it is one of an onboarding that is not completed.
	Index(
		"Index on Employee Onboarding by Project",
		"Employee Onboarding",
		("project", "boarding_status"),
		"training_project_index",
	),
	# With each lesson it is counted which ones of a course that person has completed: of each, among all that they ever did.
	Index(
		"Index on LMS Course Progress",
		"LMS Course Progress",
		("member", "lesson"),
		"training_member_lesson_index",
	),
)
