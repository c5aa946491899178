"""What people were written, and people who are to be written to."""

from email import message_from_string, policy

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


def read_parts(user):
	"""Return the mails queued for somebody as messages, in order, and take them away."""
	found = []
	for row in frappe.get_all("Email Queue", ["name", "message"], order_by="creation, name"):
		if frappe.db.exists("Email Queue Recipient", {"parent": row.name, "recipient": user}):
			found.append(message_from_string(row.message, policy=policy.default))
			frappe.delete_doc("Email Queue", row.name, force=True)
	return found


def part(mail, kind):
	"""Return the text of a mail that is plain, html or calendar; None without one."""
	for each in mail.walk():
		if each.get_content_subtype() == kind:
			return each.get_content().replace("\r\n", "\n")
	return None
