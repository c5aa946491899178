"""What the browser tests leave on the scratch site, and how it goes away again.

A server is a process of its own and sees committed rows only, so nothing here can be rolled back. What was created since
the tests began is deleted instead, also when an earlier run was killed half-way.
"""

import os
from datetime import timedelta
from pathlib import Path

import frappe
from frappe.utils import getdate, now
from frappe.utils.password import update_password

from tests.site import factory

# What belongs to this bench and this checkout; the throw-away site has a folder that is gone with its process.
FOLDER = Path(os.environ.get("BENCH_FOLDER", ".")).resolve()
ON_BENCH = "BENCH_FOLDER" in os.environ
ASSIGNMENT = "LMS Training Assignment"
STAMP = FOLDER / "browser-tests-began"
PASSWORD = "Only-4-the-tests!"
# Records of these apps, and of Frappe itself only those that come with the work that the tests do. Nothing that a
# migration might have made meanwhile.
APPS = ("erpnext", "hrms", "lms", "smooth_lms_hr")
OF_FRAPPE = (
	"Activity Log", "Block Module", "Comment", "Contact", "Contact Email", "DefaultValue", "Deleted Document",
	"Dynamic Link", "Email Queue", "Email Queue Recipient", "Error Log", "Has Role", "Notification Log",
	"Notification Settings", "ToDo", "User", "User Email", "User Permission", "User Social Login", "Version",
)  # fmt: skip


_put_back = None


def begin() -> None:
	"""Remember the moment; first clean up after a run that could not."""
	global _put_back
	if not ON_BENCH:
		from embedded import harness

		_put_back = harness.remember()
		return
	if STAMP.exists():
		end()
	STAMP.write_text(now())


def end() -> None:
	if not ON_BENCH:
		_put_back()
		return
	began = STAMP.read_text()
	frappe.db.rollback()
	modules = frappe.get_all("Module Def", {"app_name": ("in", APPS)}, pluck="name")
	doctypes = frappe.get_all("DocType", {"module": ("in", modules), "issingle": 0}, pluck="name")
	for doctype in (*doctypes, *OF_FRAPPE):
		if frappe.db.table_exists(doctype):
			frappe.db.delete(doctype, {"creation": (">=", began)})
	frappe.db.commit()
	frappe.clear_cache()
	STAMP.unlink()


def may_log_in(user: str) -> str:
	"""Give a user the tests' password."""
	update_password(user, PASSWORD)
	return user


def owes(employee, title, due=10, lessons=2, **values):
	"""Make an assignment of a new course that is due in so many days; return its name and the course's."""
	course = factory.course(f"{title} {frappe.generate_hash(length=4)}", lessons=lessons, is_mandatory=0)
	# Only the name has to be unique.
	frappe.db.set_value("LMS Course", course, "title", title)
	doc = frappe.get_doc({"doctype": ASSIGNMENT, "member": employee.user_id, "course": course}).insert()
	values = {"due_date": getdate() + timedelta(days=due), **values}
	frappe.db.set_value(ASSIGNMENT, doc.name, values)
	return doc.name, course
