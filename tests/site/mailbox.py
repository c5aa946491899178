"""What people were written, and people who are to be written to."""

import frappe

from smooth_lms_hr import daily
from tests.site import factory
from tests.site.conftest import harness


def owe(employee, *titles, **fields):
	"""Make a person owe courses whose first mail is still to be sent."""
	for title in titles:
		factory.course(title, **fields)
	factory.onboarding(employee=employee.name)


def owe_and_know(*employees, titles=("Safety",)):
	"""Make people owe courses of which they have been told in the first mail."""
	for title in titles:
		factory.course(title)
	for employee in employees:
		factory.onboarding(employee=employee.name)
	harness.run_jobs()
	read_mails()
	frappe.db.delete("Notification Log")


def read_mails(user=None):
	"""Return (recipient, subject, text) of what was queued since the last call."""
	found = []
	for row in frappe.get_all("Email Queue", ["name", "message"], order_by="creation, name"):
		recipients = frappe.get_all("Email Queue Recipient", {"parent": row.name}, pluck="recipient")
		found.append((recipients[0], *factory.parse_mail(row.message)))
		frappe.delete_doc("Email Queue", row.name, force=True)
	return [mail for mail in found if user in (None, mail[0])]


def run_days(clock, *days):
	said = {}
	for day in days:
		clock(day)
		daily.run()
		if found := read_mails():
			said[day] = sorted((to, subject) for to, subject, _text in found)
	return said
