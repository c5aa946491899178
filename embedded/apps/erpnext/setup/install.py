import frappe


def after_install():
	for gender in ("Female", "Male", "Other"):
		if not frappe.db.exists("Gender", gender):
			frappe.get_doc({"doctype": "Gender", "gender": gender}).insert()

	# the root of the tree belongs to no company
	root = frappe.get_doc({"doctype": "Department", "department_name": "All Departments", "is_group": 1})
	root.insert(ignore_mandatory=True)
