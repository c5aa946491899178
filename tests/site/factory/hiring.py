"""Makes what Frappe HR holds of a hire, from the applicant to the employee."""

import frappe
from frappe.utils import add_days, getdate

from tests.site.factory.people import company, may_limit_users, named, unique


def applicant(email: str | None = None) -> str:
	return (
		frappe.get_doc(
			{
				"doctype": "Job Applicant",
				"applicant_name": unique("Applicant"),
				"email_id": email or f"{unique('applicant')}@example.com".lower(),
				"status": "Accepted",
				"designation": named("Designation", "designation_name", "Researcher"),
			}
		)
		.insert(ignore_permissions=True)
		.name
	)


def offer(job_applicant: str) -> str:
	return (
		frappe.get_doc(
			{
				"doctype": "Job Offer",
				"job_applicant": job_applicant,
				"applicant_name": frappe.db.get_value("Job Applicant", job_applicant, "applicant_name"),
				"offer_date": getdate(),
				"designation": named("Designation", "designation_name", "Researcher"),
				"company": company(),
				"status": "Accepted",
			}
		)
		.insert(ignore_permissions=True)
		.name
	)


def holiday_list() -> str:
	return named(
		"Holiday List",
		"holiday_list_name",
		"Training Test Holidays",
		from_date="2026-01-01",
		to_date="2027-12-31",
	)


def new_onboarding(
	job_applicant: str | None = None, job_offer: str | None = None, employee: str | None = None, **fields
):
	"""Return an Employee Onboarding, not inserted yet, with a task that the Employee record waits for."""
	job_applicant = job_applicant or applicant()
	return frappe.get_doc(
		{
			"doctype": "Employee Onboarding",
			"job_applicant": job_applicant,
			"job_offer": job_offer or offer(job_applicant),
			"employee_name": frappe.db.get_value("Job Applicant", job_applicant, "applicant_name"),
			"employee": employee,
			"company": company(),
			"date_of_joining": getdate(),
			"boarding_begins_on": add_days(getdate(), 1),
			"holiday_list": holiday_list(),
			"designation": named("Designation", "designation_name", "Researcher"),
			"activities": [
				{
					"activity_name": "Hand out the keys",
					"required_for_employee_creation": 1,
					"begin_on": 0,
					"duration": 1,
				},
				{"activity_name": "Have lunch together", "begin_on": 2, "duration": 1},
			],
			**fields,
		}
	)


def onboarding(**fields):
	return new_onboarding(**fields).insert()


def finish_tasks(onboarding, required_only: bool = False) -> None:
	"""Complete the tasks of a submitted onboarding.

	:param required_only: just those that the Employee record waits for, as is usual when HR creates it
	"""
	onboarding.reload()
	for activity in onboarding.activities:
		if activity.required_for_employee_creation or not required_only:
			task = frappe.get_doc("Task", activity.task)
			task.status = "Completed"
			task.save(ignore_permissions=True)


def employee_from(onboarding, user_id: str | None = None):
	"""Create the Employee by the button on the onboarding."""
	from hrms.hr.doctype.employee_onboarding.employee_onboarding import make_employee

	doc = make_employee(onboarding.name)
	doc.update(
		{
			"naming_series": "HR-EMP-",
			"first_name": onboarding.employee_name,
			"gender": named("Gender", "gender", "Female"),
			"date_of_birth": "1990-05-08",
			"user_id": user_id,
			"create_user_permission": may_limit_users(),
		}
	)
	return doc.insert()
