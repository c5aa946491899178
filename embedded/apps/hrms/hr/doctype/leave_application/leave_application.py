import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, getdate


class OverlapError(frappe.ValidationError):
	pass


class LeaveApplication(Document):
	def validate(self):
		if getdate(self.to_date) < getdate(self.from_date):
			frappe.throw(_("To date cannot be before from date"))
		self.validate_leave_overlap()

	def validate_leave_overlap(self):
		for other in frappe.get_all(
			"Leave Application",
			{
				"employee": self.employee,
				"docstatus": ("<", 2),
				"status": ("in", ("Open", "Approved")),
				"to_date": (">=", self.from_date),
				"from_date": ("<=", self.to_date),
				"name": ("!=", self.name or ""),
			},
			["name", "from_date", "to_date", "half_day", "half_day_date"],
		):
			# two halves of one day are two leaves
			halves = cint(self.half_day) and cint(other.half_day)
			same_day = halves and getdate(self.half_day_date) == getdate(other.half_day_date)
			touch = getdate(self.to_date) == getdate(other.from_date) or getdate(other.to_date) == getdate(
				self.from_date
			)
			if not (same_day and touch):
				frappe.throw(
					_("Employee {0} has already applied: {1}").format(self.employee, other.name), OverlapError
				)

	def on_submit(self):
		if self.status in ("Open", "Cancelled"):
			frappe.throw(_("Only Leave Applications with status 'Approved' and 'Rejected' can be submitted"))
		self.reload()

	def before_cancel(self):
		self.status = "Cancelled"
