"""Prepares a new scratch site of a bench, whatever its versions: the setup wizard done, a company with its holidays.

python -m tests.site.preparation, in the bench's folder of sites.
"""

import os

import frappe
from erpnext.setup.utils import enable_all_roles_and_domains
from frappe.desk.page.setup_wizard.setup_wizard import setup_complete
from frappe.utils import now_datetime

COMPANY, HOLIDAYS = "_Test Company", "Test Company Holidays"


def prepare() -> None:
	"""Do what is missing of it; doing it again changes nothing."""
	# The wizard makes a user with a password that no policy would take.
	frappe.db.set_single_value("System Settings", "enable_password_policy", 0)
	if not frappe.db.exists("Company", COMPANY):
		_complete_the_setup()
	enable_all_roles_and_domains()
	_give_holidays()


def _complete_the_setup() -> None:
	year = now_datetime().year
	setup_complete(
		{
			"language": "english",
			"country": "India",
			"timezone": "Asia/Kolkata",
			"currency": "INR",
			"full_name": "Test User",
			"email": "test@erpnext.com",
			"password": "test",
			"company_name": COMPANY,
			"company_abbr": "_TC",
			"company_tagline": "Testing",
			"industry": "Manufacturing",
			"chart_of_accounts": "Standard",
			"fy_start_date": f"{year}-01-01",
			"fy_end_date": f"{year}-12-31",
		}
	)


def _give_holidays() -> None:
	# The tests' clock stands in 2026, that of the browser tests shows today.
	first, last = "2026-01-01", f"{now_datetime().year + 1}-12-31"
	if not frappe.db.exists("Holiday List", HOLIDAYS):
		holidays = frappe.get_doc(
			{
				"doctype": "Holiday List",
				"holiday_list_name": HOLIDAYS,
				"from_date": first,
				"to_date": last,
				"weekly_off": "Sunday",
			}
		)
		holidays.get_weekly_off_dates()
		holidays.insert()
	frappe.db.set_value("Company", COMPANY, "default_holiday_list", HOLIDAYS)
	# Frappe HR 16 asks an assignment of the list, and no longer the company.
	assignment = {"doctype": "Holiday List Assignment", "applicable_for": "Company", "assigned_to": COMPANY}
	if frappe.db.exists("DocType", "Holiday List Assignment") and not frappe.db.exists(assignment):
		frappe.get_doc({**assignment, "holiday_list": HOLIDAYS, "from_date": first}).insert().submit()


if __name__ == "__main__":
	frappe.init(os.environ["SITE_NAME"])
	frappe.connect()
	prepare()
	frappe.db.commit()
	frappe.destroy()
