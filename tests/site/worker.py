"""One of several processes that work on the scratch site of a bench at once, with real commits.

python -m tests.site.worker <function> <arguments as JSON> prints what the function returns, as JSON.
"""

import json
import sys
import time

import frappe

from tests.site import bench_harness, factory


def make_hire(courses: int, onboardings: int) -> dict:
	"""Commit a person, mandatory courses, and as many onboardings' worth of applicants and offers."""
	hr = factory.hr_manager()
	employee = factory.employee(factory.user())
	made = {
		"hr": hr,
		"member": employee.user_id,
		"employee": employee.name,
		"courses": [factory.course(lessons=0) for _ in range(courses)],
		"offers": [],
	}
	for _ in range(onboardings):
		applicant = factory.applicant()
		made["offers"].append([applicant, factory.offer(applicant)])
	factory.holiday_list()
	return made


def onboard(hr: str, employee: str, applicant: str, offer: str, start_at: float) -> dict:
	"""Insert an onboarding at the agreed moment, as HR.

	:param start_at: seconds since the epoch
	"""
	frappe.set_user(hr)
	doc = factory.new_onboarding(job_applicant=applicant, job_offer=offer, employee=employee)
	# Everybody's view of the database is from before anybody has written.
	frappe.db.sql("select count(*) from `tabLMS Training Assignment`")
	time.sleep(max(0, start_at - time.time()))
	doc.insert()
	return {"onboarding": doc.name, "status": doc.training_status, "note": doc.training_note}


def owed(member: str) -> dict:
	fields = ["course", "name", "cycle", "enrollment"]
	return {
		"assignments": frappe.get_all("LMS Training Assignment", {"member": member}, fields, order_by="name"),
		"enrolments": frappe.get_all(
			"LMS Enrollment", {"member": member}, ["course", "name"], order_by="name"
		),
	}


def clean_up(member: str, employee: str, hr: str, courses: list[str], offers: list) -> None:
	frappe.db.delete("LMS Training Assignment", {"member": member})
	frappe.db.delete("LMS Enrollment", {"member": member})
	applicants = [applicant for applicant, _offer in offers]
	for name in frappe.get_all("Employee Onboarding", {"job_applicant": ("in", applicants)}, pluck="name"):
		frappe.delete_doc("Employee Onboarding", name, force=True)
	for applicant, offer in offers:
		frappe.delete_doc("Job Offer", offer, force=True)
		frappe.delete_doc("Job Applicant", applicant, force=True)
	for course in courses:
		frappe.delete_doc("LMS Course", course, force=True)
	frappe.delete_doc("Employee", employee, force=True)
	for user in (member, hr):
		frappe.delete_doc("User", user, force=True)


if __name__ == "__main__":
	bench_harness.start()
	answer = globals()[sys.argv[1]](**json.loads(sys.argv[2]))
	frappe.db.commit()
	print("\n" + frappe.as_json(answer, indent=None))
	frappe.destroy()
