import frappe
from erpnext.setup.doctype.employee.employee import Employee
from frappe import _
from frappe.model.naming import set_name_by_naming_series


class EmployeeMaster(Employee):
	def autoname(self):
		method = frappe.db.get_single_value("HR Settings", "emp_created_by")
		if not method:
			frappe.throw(_("Please setup Employee Naming System in Human Resource > HR Settings"))
		if method == "Naming Series":
			set_name_by_naming_series(self)
		elif method == "Employee Number":
			self.name = self.employee_number
		else:
			self.name = " ".join(filter(None, (self.first_name, self.middle_name, self.last_name)))
		self.employee = self.name


def validate_onboarding_process(doc, method=None):
	"""Employee validate: the submitted onboarding learns its employee here, on insert before the row exists."""
	if not doc.job_applicant:
		return
	waiting = frappe.get_all(
		"Employee Onboarding",
		filters={"job_applicant": doc.job_applicant, "docstatus": 1, "boarding_status": ("!=", "Completed")},
		pluck="name",
	)
	if waiting:
		onboarding = frappe.get_doc("Employee Onboarding", waiting[0])
		onboarding.validate_employee_creation()
		onboarding.db_set("employee", doc.name)


def update_job_applicant_and_offer(doc, method=None):
	"""Employee after_insert: who is employed has accepted."""
	if not doc.job_applicant:
		return
	frappe.db.set_value("Job Applicant", doc.job_applicant, "status", "Accepted")
	offer = frappe.db.get_value("Job Offer", {"job_applicant": doc.job_applicant, "docstatus": ("!=", 2)})
	if offer:
		offer = frappe.get_doc("Job Offer", offer)
		offer.status = "Accepted"
		offer.flags.ignore_mandatory = offer.flags.ignore_permissions = True
		offer.save()


def update_approver_role(doc, method=None):
	"""Employee on_update."""
	for fieldname, role in (("leave_approver", "Leave Approver"), ("expense_approver", "Expense Approver")):
		if doc.get(fieldname):
			user = frappe.get_doc("User", doc.get(fieldname))
			user.flags.ignore_permissions = True
			user.add_roles(role)
