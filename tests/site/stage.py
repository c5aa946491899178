"""The stage on which a scratch site acts out a simulation, with real commits: run by worker.py in processes of its own."""

import os
import random
import signal
import sys
import time
import traceback
from collections import Counter, defaultdict
from datetime import date

import frappe
import frappe.email.queue
import frappe.utils.data
from frappe.utils import cint, getdate

from smooth_lms_hr import api
from smooth_lms_hr.services import daily, reminders
from smooth_lms_hr.setup.install import DEFAULT_LADDER
from tests.site import bench_harness, factory, simulation
from tests.site.simulation import COURSES, DOMAIN, HR, HR_TOO, LEARNERS, Pair, address

ASSIGNMENT = "LMS Training Assignment"
LEDGER = "LMS Training Notification"
OURS = ("like", f"%@{DOMAIN}")
DEPARTMENT, ACCOUNT = "Simulated department", "Simulated account"


def set_up(port: int) -> None:
	"""Put a company on the site, and an account that sends its mail to a port of this machine."""
	tear_down()
	_stop_clock(simulation.START)
	# Frappe refuses more than sixty new users an hour from anybody but an import.
	frappe.flags.in_import = True
	factory.user("HR Manager", "HR User", name=address(HR))
	factory.user(name=address(simulation.APPROVER))
	for title, days in COURSES.items():
		factory.course(title, is_mandatory=0, training_due_days=days)
	department = frappe.get_doc(
		{
			"doctype": "Department",
			"department_name": DEPARTMENT,
			"company": factory.company(),
			"leave_approvers": [{"approver": address(simulation.APPROVER)}],
		}
	).insert()
	employees = {}
	for name, person in simulation.company().items():
		user = factory.user(*(["HR Manager"] if name == HR_TOO else []), name=address(name))
		if person.employed:
			employees[name] = factory.employee(
				user,
				first_name=name,
				date_of_joining="2026-01-01",
				reports_to=employees.get(person.boss),
				department=department.name if person.approver else None,
				# HR that may see nobody but itself is told of nobody.
				create_user_permission=int(name != HR_TOO),
			).name
	frappe.flags.in_import = False
	_use_default_settings()
	frappe.flags.in_test = False
	frappe.get_doc(
		{
			"doctype": "Email Account",
			"email_account_name": ACCOUNT,
			"email_id": address("training"),
			"enable_outgoing": 1,
			"default_outgoing": 1,
			"smtp_server": "127.0.0.1",
			"smtp_port": str(port),
			"no_smtp_authentication": 1,
		}
	).insert()


def _use_default_settings() -> None:
	"""The oracle knows the defaults; a scratch site has no other settings to lose."""
	settings = frappe.get_doc("LMS Training Settings")
	settings.update(
		{
			"send_reminders": 1,
			"notify_on_assignment": 1,
			"repeat_every_days": 7,
			"stop_after_days": 90,
			"manager_digest": "Weekly",
			"reminder_ladder": [dict(row) for row in DEFAULT_LADDER],
		}
	)
	settings.save()


def start_over() -> None:
	"""Take back what a story did to the company."""
	users = _our(("User", "name"))
	employees = frappe.get_all("Employee", {"user_id": OURS}, pluck="name")
	assignments = frappe.get_all(ASSIGNMENT, {"member": OURS}, pluck="name")
	_delete(
		{
			LEDGER: {"assignment": ("in", assignments)},
			ASSIGNMENT: {"name": ("in", assignments)},
			"Comment": {"reference_doctype": ASSIGNMENT, "reference_name": ("in", assignments)},
			"Version": {"ref_doctype": ASSIGNMENT, "docname": ("in", assignments)},
			"LMS Enrollment": {"member": OURS},
			"LMS Course Progress": {"member": OURS},
			"Notification Log": {"document_type": ASSIGNMENT, "document_name": ("in", assignments)},
		}
	)
	mails = frappe.get_all("Email Queue", {"reference_doctype": ASSIGNMENT}, pluck="name")
	_delete(
		{
			"Email Queue": {"name": ("in", mails)},
			"Email Queue Recipient": {"parent": ("in", mails)},
			"Error Log": {"reference_doctype": "Email Queue", "reference_name": ("in", mails)},
			"Notification Log": {"document_type": "Email Queue", "document_name": ("in", mails)},
		}
	)
	frappe.db.set_value("User", {"name": ("in", users)}, "enabled", 1)
	frappe.db.set_value("Employee", {"name": ("in", employees)}, {"status": "Active", "relieving_date": None})
	by_name = {frappe.db.get_value("Employee", name, "first_name"): name for name in employees}
	for name, person in simulation.company().items():
		if name in by_name:
			frappe.db.set_value("Employee", by_name[name], "reports_to", by_name.get(person.boss))
	frappe.db.commit()
	frappe.clear_cache()


def _our(*wanted):
	((doctype, fieldname),) = wanted
	return frappe.get_all(doctype, {fieldname: OURS}, pluck="name")


def tear_down() -> None:
	...
