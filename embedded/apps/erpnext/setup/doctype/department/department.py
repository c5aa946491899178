import frappe
from frappe.utils.nestedset import NestedSet, get_root_of


class Department(NestedSet):
	nsm_parent_field = "parent_department"

	def autoname(self):
		# "Sales - ACME": two companies may have a department of the same name
		abbr = self.company and frappe.get_cached_value("Company", self.company, "abbr")
		self.name = f"{self.department_name} - {abbr}" if abbr else self.department_name

	def validate(self):
		if not self.parent_department:
			self.parent_department = get_root_of("Department")
