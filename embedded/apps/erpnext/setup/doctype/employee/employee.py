import frappe
from frappe import _
from frappe.model.naming import set_name_by_naming_series
from frappe.permissions import add_user_permission, has_permission, remove_user_permission
from frappe.utils import getdate, validate_email_address
from frappe.utils.nestedset import NestedSet, update_nsm


class EmployeeUserDisabledError(frappe.ValidationError):
	pass


class InactiveEmployeeStatusError(frappe.ValidationError):
	pass


class Employee(NestedSet):
	nsm_parent_field = "reports_to"

	def autoname(self):
		set_name_by_naming_series(self)
		self.employee = self.name

	def validate(self):
		self.employee = self.name
		self.employee_name = " ".join(filter(None, (self.first_name, self.middle_name, self.last_name)))
		self.validate_dates()
		for email in (self.company_email, self.personal_email):
			if email:
				validate_email_address(email, throw=True)
		if self.reports_to and self.reports_to == self.name:
			frappe.throw(_("Employee cannot report to himself."))
		if self.status == "Left":
			self.validate_leaving()
		if self.prefered_contact_email:
			self.prefered_email = self.get(frappe.scrub(self.prefered_contact_email))

		if self.user_id:
			self.validate_user()
		elif unlinked := frappe.db.get_value("Employee", self.name, "user_id"):
			# the user stays, and loses what being an employee gave
			user = frappe.get_doc("User", unlinked)
			validate_employee_role(user, ignore_emp_check=True)
			user.save(ignore_permissions=True)
			remove_user_permission("Employee", self.name, unlinked)

	def validate_dates(self):
		if self.date_of_birth and getdate(self.date_of_birth) > getdate():
			frappe.throw(_("Date of Birth cannot be greater than today."))
		self.validate_from_to_dates("date_of_birth", "date_of_joining")
		self.validate_from_to_dates("date_of_joining", "relieving_date")

	def validate_leaving(self):
		if frappe.db.exists("Employee", {"reports_to": self.name, "status": "Active"}):
			frappe.throw(
				_("Employees are still reporting to {0}").format(self.employee_name),
				InactiveEmployeeStatusError,
			)
		if not self.relieving_date:
			frappe.throw(_("Please enter relieving date."))

	def validate_user(self):
		enabled = frappe.db.get_value("User", self.user_id, "enabled")
		if enabled is None:
			self.user_id = None
			return
		if self.status == "Active" and not enabled:
			frappe.throw(_("User {0} is disabled").format(self.user_id), EmployeeUserDisabledError)
		other = {"user_id": self.user_id, "status": "Active", "name": ("!=", self.name)}
		if taken := frappe.db.exists("Employee", other):
			frappe.throw(
				_("User {0} is already assigned to Employee {1}").format(self.user_id, taken),
				frappe.DuplicateEntryError,
			)

	def on_update(self):
		update_nsm(self)
		if self.user_id:
			self.update_user()
			self.update_user_permissions()

	def update_user(self):
		user = frappe.get_doc("User", self.user_id)
		user.flags.ignore_permissions = True
		user.append_roles("Employee")
		if not (user.first_name and user.last_name):
			first, *rest = self.employee_name.split()
			user.first_name = first
			if rest:
				user.last_name = rest[-1]
		user.gender = self.gender or user.gender
		user.birth_date = self.date_of_birth or user.birth_date
		user.save()

	def update_user_permissions(self):
		if not (self.has_value_changed("user_id") or self.has_value_changed("create_user_permission")):
			return
		# decided by who saves: without the right to restrict users, HR saves an employee and restricts nobody
		if not has_permission("User Permission", ptype="write"):
			return
		own = {"allow": "Employee", "for_value": self.name, "user": self.user_id}
		exists = frappe.db.exists("User Permission", own)
		if self.create_user_permission and not exists:
			add_user_permission("Employee", self.name, self.user_id)
			add_user_permission("Company", self.company, self.user_id)
		elif exists and not self.create_user_permission:
			remove_user_permission("Employee", self.name, self.user_id)
			remove_user_permission("Company", self.company, self.user_id)

	def on_trash(self):
		update_nsm(self)


def validate_employee_role(doc, method=None, ignore_emp_check=False):
	"""User validate: the Employee role is for users who have an Employee."""
	if ignore_emp_check or not frappe.db.get_value("Employee", {"user_id": doc.name}):
		doc.set("roles", [row for row in doc.get("roles") if row.role != "Employee"])


def update_user_permissions(doc, method=None):
	"""User on_update."""
	if any(row.role == "Employee" for row in doc.get("roles")) and has_permission(
		"User Permission", ptype="write"
	):
		frappe.get_doc("Employee", {"user_id": doc.name}).update_user_permissions()


def get_holiday_list_for_employee(employee, raise_exception=True):
	holiday_list, company = frappe.db.get_value("Employee", employee, ["holiday_list", "company"])
	holiday_list = holiday_list or frappe.db.get_value("Company", company, "default_holiday_list")
	if not holiday_list and raise_exception:
		frappe.throw(
			_("Please set a default Holiday List for Employee {0} or Company {1}").format(employee, company)
		)
	return holiday_list


@frappe.whitelist()
def create_user(employee, user=None, email=None):
	doc = frappe.get_doc("Employee", employee)
	first_name, _space, last_name = doc.employee_name.partition(" ")
	user = frappe.get_doc(
		{
			"doctype": "User",
			"email": email or doc.prefered_email,
			"first_name": first_name,
			"last_name": last_name,
			"enabled": 1,
		}
	).insert()
	doc.user_id = user.name
	doc.save()
	return user.name


def on_doctype_update():
	frappe.db.add_index("Employee", ["lft", "rgt"])
