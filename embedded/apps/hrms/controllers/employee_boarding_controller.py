import frappe
from erpnext.setup.doctype.employee.employee import get_holiday_list_for_employee
from erpnext.setup.doctype.holiday_list.holiday_list import is_holiday
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, flt


class EmployeeBoardingController(Document):
	def validate(self):
		if self.amended_from:
			for activity in self.activities:
				activity.task = ""

	def on_submit(self):
		project = frappe.get_doc(
			{
				"doctype": "Project",
				"project_name": f"{_(self.doctype)} : {self.job_applicant}",
				"expected_start_date": self.date_of_joining,
				"department": self.department,
				"company": self.company,
			}
		).insert(ignore_permissions=True, ignore_mandatory=True)
		self.db_set("project", project.name)
		self.db_set("boarding_status", "Pending")
		self.reload()
		self.create_tasks()

	def create_tasks(self):
		holiday_list = self.get_holiday_list()
		for activity in self.activities:
			if not activity.task:
				task = self.task_for(activity, holiday_list).insert(ignore_permissions=True)
				activity.db_set("task", task.name)

	def task_for(self, activity, holiday_list):
		start = end = None
		if activity.begin_on is not None:
			start = self.working_day(activity.begin_on, holiday_list)
			if activity.duration is not None:
				end = self.working_day(activity.begin_on + activity.duration, holiday_list)
		return frappe.get_doc(
			{
				"doctype": "Task",
				"project": self.project,
				"subject": f"{activity.activity_name} : {self.employee_name}",
				"description": activity.description,
				"department": self.department,
				"company": self.company,
				"task_weight": activity.task_weight,
				"exp_start_date": start,
				"exp_end_date": end,
			}
		)

	def working_day(self, days, holiday_list):
		date = add_days(self.boarding_begins_on, days)
		while is_holiday(holiday_list, date):
			date = add_days(date, 1)
		return date

	def get_holiday_list(self):
		if self.employee:
			return get_holiday_list_for_employee(self.employee)
		if not self.holiday_list:
			frappe.throw(_("Please set the Holiday List."), frappe.MandatoryError)
		return self.holiday_list

	def on_cancel(self):
		for task in frappe.get_all("Task", filters={"project": self.project}, pluck="name"):
			frappe.delete_doc("Task", task, force=1)
		frappe.delete_doc("Project", self.project, force=1)
		self.db_set("project", "")
		for activity in self.activities:
			activity.db_set("task", "")


def update_employee_boarding_status(project, event=None):
	"""Project validate, and by way of Task on_update: written without any event of the onboarding's."""
	onboarding = frappe.db.exists("Employee Onboarding", {"project": project.name})
	if not onboarding:
		return
	done = flt(project.percent_complete)
	status = "Completed" if done == 100 else "In Process" if done > 0 else "Pending"
	frappe.db.set_value("Employee Onboarding", onboarding, "boarding_status", status)


def update_task(task, event=None):
	if task.project and not task.flags.from_project:
		update_employee_boarding_status(frappe.get_cached_doc("Project", task.project))
