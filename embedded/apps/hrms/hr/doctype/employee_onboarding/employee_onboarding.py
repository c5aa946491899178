import frappe
from frappe import _
from frappe.model.mapper import get_mapped_doc

from hrms.controllers.employee_boarding_controller import EmployeeBoardingController


class IncompleteTaskError(frappe.ValidationError):
	pass


class EmployeeOnboarding(EmployeeBoardingController):
	def validate(self):
		super().validate()
		if not self.employee:
			self.employee = frappe.db.get_value("Employee", {"job_applicant": self.job_applicant}, "name")
		self.validate_duplicate()

	def validate_duplicate(self):
		other = frappe.db.exists(
			"Employee Onboarding", {"job_applicant": self.job_applicant, "docstatus": ("!=", 2)}
		)
		if other and other != self.name:
			frappe.throw(
				_("Employee Onboarding: {0} already exists for Job Applicant: {1}").format(
					frappe.bold(other), frappe.bold(self.job_applicant)
				)
			)

	def on_update_after_submit(self):
		self.create_tasks()

	def validate_employee_creation(self):
		if self.docstatus != 1:
			frappe.throw(_("Submit this to create the Employee record"))
		for activity in self.activities:
			if activity.required_for_employee_creation:
				status = frappe.db.get_value("Task", activity.task, "status")
				if status not in ("Completed", "Cancelled"):
					frappe.throw(
						_("All the mandatory tasks for employee creation are not completed yet."),
						IncompleteTaskError,
					)

	@frappe.whitelist()
	def mark_onboarding_as_completed(self):
		for activity in self.activities:
			frappe.db.set_value("Task", activity.task, "status", "Completed")
		frappe.db.set_value("Project", self.project, "status", "Completed")
		self.boarding_status = "Completed"
		self.save()


@frappe.whitelist()
def make_employee(source_name, target_doc=None):
	"""An unsaved Employee, filled in from the onboarding."""
	frappe.get_doc("Employee Onboarding", source_name).validate_employee_creation()

	def set_missing_values(source, target):
		target.personal_email = frappe.db.get_value("Job Applicant", source.job_applicant, "email_id")
		target.status = "Active"

	mapping = {
		"Employee Onboarding": {
			"doctype": "Employee",
			"field_map": {"first_name": "employee_name", "employee_grade": "grade"},
		}
	}
	return get_mapped_doc("Employee Onboarding", source_name, mapping, target_doc, set_missing_values)
