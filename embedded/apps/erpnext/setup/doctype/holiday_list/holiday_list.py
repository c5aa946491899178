import frappe
from frappe.model.document import Document
from frappe.utils import nowdate


class HolidayList(Document):
	pass


def is_holiday(holiday_list, date=None):
	return bool(frappe.db.exists("Holiday", {"parent": holiday_list, "holiday_date": date or nowdate()}))
