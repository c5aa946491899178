"""Many people and what they owe, written straight into the tables, and those who read lists of it.

Needs MariaDB, whose tables of numbers make the rows.
"""

import json

import frappe
from frappe.desk.reportview import get as get_page
from frappe.desk.reportview import get_count

from tests.site import bench_harness, differences, factory

ASSIGNMENT, EVENT = "LMS Training Assignment", "LMS Training Event"
TABLES = (ASSIGNMENT, EVENT, "Employee", "Activity Log")
# People below a director, and of those below a manager.
DEPARTMENT, TEAM = 3_000, 5
BIG, SMALL, TINY, EMPTY = "Big Ltd", "Small Ltd", "Tiny Ltd", "Empty Ltd"
FIELDS = (
	"name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", "status", "due_date", "progress",
	"employee_name", "department", "course_title", "member_name",
)  # fmt: skip
FIELDS_OF_EVENT = ("name", "assignment", "event", "happened_on", "done_by", "before", "after", "modified")
# The day that the site's clock stands still on in tests.
TODAY = "2026-11-23"
LONG_AGO = "2001-01-01 00:00:00"


def fill(assignments: int, people: int) -> None:
	"""Write people in one tree of reports_to, what they owe, and three events of each.

	Of a hundred people one is of a company of few, nine are of a small one. What is owed was assigned in the two years
	up to today.
	"""
	_write_people(people)
	frappe.db.sql(
		f"""insert into `tab{ASSIGNMENT}` (name, creation, modified, owner, modified_by, member, member_name, employee,
			employee_name, course, course_title, cycle, company, department, assigned_on, due_date, original_due_date,
			status, completed_on, progress, source)
		select concat('TB-', lpad(seq, 8, '0')), now(), timestampadd(second, crc32(concat('m', seq)) % 60000000,
			'2024-12-01'), 'Administrator', 'Administrator', user_id, employee_name, e.name, employee_name,
			concat('course-', seq div {people}), concat('Course number ', seq div {people}), 1, company, department,
			timestampadd(day, - age, '{TODAY} 09:00'), timestampadd(day, 30 - age, '{TODAY}'),
			timestampadd(day, 30 - age, '{TODAY}'),
			case when luck < 7 then 'Completed' when age <= 30 then 'Pending' when luck < 9 then 'Overdue'
				else 'Waived' end,
			if(luck < 7, timestampadd(day, 10 - age, '{TODAY}'), null), 20, if(seq % 3, 'Manual', 'Onboarding')
		from (select seq, cast(crc32(concat('a', seq)) as signed) % 720 age, crc32(concat('s', seq)) % 10 luck
			from seq_0_to_{assignments - 1}) numbers
		join `tabEmployee` e on e.name = concat('R-EMP-', lpad(seq % {people}, 6, '0'))"""
	)
	frappe.db.sql(
		f"""insert into `tab{EVENT}` (name, creation, modified, owner, modified_by, assignment, event, happened_on,
			done_by, `before`, `after`, member, employee, course, as_written, row_hash)
		select concat('E-', a.name, '-', seq), assigned_on, assigned_on, 'Administrator', 'Administrator', a.name,
			elt(seq, 'Assigned', 'Begun', 'Completed'), timestampadd(day, 5 * (seq - 1), assigned_on),
			if(seq = 1, 'hr@example.com', 'Administrator'), null, elt(seq, due_date, 'In Progress', 'Completed'),
			member, employee, course, repeat('0123456789', 30), sha2(a.name, 256)
		from `tab{ASSIGNMENT}` a join seq_1_to_3"""
	)
	# Nobody logs in as these; who really reads is there already.
	frappe.db.sql(
		f"""insert ignore into `tabUser` (name, email, full_name, enabled, creation, modified)
		select user_id, user_id, employee_name, 1, '{LONG_AGO}', '{LONG_AGO}' from `tabEmployee`
		where name like 'R-EMP-%'"""
	)
	frappe.db.sql(
		"""insert into `tabActivity Log` (name, creation, modified, operation, status, user)
		select concat('R-', name), '2024-01-01', '2024-01-01', 'Login', 'Success', user_id from `tabEmployee`
		where name like 'R-EMP-%'"""
	)


def analyze(*doctypes: str) -> None:
	"""Let the database count what is in tables, from beside: it would end a transaction that is to be undone.

	:param doctypes: those of the readers where none is named
	"""
	with bench_harness.second_connection() as run:
		run(lambda: [frappe.db.sql(f"analyze table `tab{doctype}`") for doctype in doctypes or TABLES])


def clear(people: dict[str, str]) -> None:
	"""Delete what was committed, by a run that was killed too, and the readers: as ``readers`` returned them.

	:raises RuntimeError: on a site that is not there to be thrown away, before anything is deleted
	"""
	bench_harness.refuse_all_but_scratch_sites()
	frappe.db.delete(EVENT)
	frappe.db.delete(ASSIGNMENT)
	frappe.db.delete("Employee", {"name": ("like", "R-EMP-%")})
	frappe.db.delete("Activity Log", {"name": ("like", "R-R-EMP-%")})
	frappe.db.delete("User", {"name": ("like", "reader-%"), "creation": LONG_AGO})
	left = frappe.get_all("User", filters={"name": ("like", "reader-%")}, pluck="name")
	for name in {*people.values(), *left}:
		frappe.db.delete("User Permission", {"user": name})
		frappe.delete_doc("User", name, force=True, ignore_permissions=True)
	frappe.db.commit()


def _write_people(people: int) -> None:
	tick = max(frappe.db.sql("select max(rgt) from `tabEmployee`")[0][0] or 0, 0)
	left, right, above = {}, {}, {}

	def enter(number, boss):
		nonlocal tick
		tick += 1
		left[number], above[number] = tick, boss

	def leave(number):
		nonlocal tick
		tick += 1
		right[number] = tick

	enter(0, None)
	number = 1
	while number < people:
		director, end = number, min(number + DEPARTMENT + 1, people)
		enter(director, 0)
		number += 1
		while number < end:
			manager = number
			enter(manager, director)
			number += 1
			for each in range(number, min(number + TEAM, end)):
				enter(each, manager)
				leave(each)
				number += 1
			leave(manager)
		leave(director)
	leave(0)
	columns = [
		"name",
		"employee_name",
		"user_id",
		"status",
		"company",
		"department",
		"reports_to",
		"lft",
		"rgt",
	]
	columns += ["creation", "modified"]
	frappe.db.bulk_insert(
		"Employee",
		columns,
		(
			(
				employee(each), f"Person {each}", user(each), "Active", company_of(each),
				f"Department {each // 100 % 30}", employee(above[each]) if above[each] is not None else None,
				left[each], right[each], TODAY, TODAY,
			)
			for each in range(people)
		),
	)  # fmt: skip


def employee(number: int) -> str:
	return f"R-EMP-{number:06d}"


def user(number: int) -> str:
	return f"reader-{number:06d}@example.com"


def company_of(number: int) -> str:
	return TINY if number % 100 == 0 else SMALL if number % 100 < 10 else BIG


def readers() -> dict[str, str]:
	"""Make and return who reads, by what they are: users of the people that ``fill`` is to write, and of HR."""
	for number in range(4):
		factory.user("Employee", name=user(number))
	found = {
		"employee": user(3),
		"manager of 5": user(2),
		"director of 3,000": user(1),
		"everybody's boss": user(0),
	}
	found["HR"] = factory.user("HR User", "HR Manager")
	for company in (BIG, TINY, EMPTY):
		found[f"HR of {company}"] = hr = factory.user("HR User", "HR Manager")
		permission = {"doctype": "User Permission", "user": hr, "allow": "Company", "for_value": company}
		frappe.get_doc(permission).insert(ignore_links=True)
	return found


def pages() -> dict:
	"""Return what a desk asks for, by name: pages of the lists, and how many rows there are."""
	return {
		"page by due date": lambda: page(ASSIGNMENT, FIELDS, "due_date asc"),
		"newest first": lambda: page(ASSIGNMENT, FIELDS, differences.newest_first()),
		"overdue": lambda: page(ASSIGNMENT, FIELDS, "due_date asc", {"status": "Overdue"}),
		"events": lambda: page(EVENT, FIELDS_OF_EVENT, "happened_on desc"),
		"events, newest first": lambda: page(EVENT, FIELDS_OF_EVENT, differences.newest_first()),
		"count": lambda: count(ASSIGNMENT),
		"count of events": lambda: count(EVENT),
	}


def page(doctype: str, fields, order: str, filters: dict | None = None):
	"""Ask for the first page of a list, as the desk does."""
	frappe.local.form_dict = frappe._dict(
		doctype=doctype,
		fields=json.dumps([f"`tab{doctype}`.`{fieldname}`" for fieldname in fields]),
		filters=json.dumps(filters or {}),
		order_by=f"`tab{doctype}`.`{order.partition(' ')[0]}` {order.partition(' ')[2]}",
		start="0",
		page_length="20",
	)
	return get_page()


def count(doctype: str) -> int:
	"""Ask how many rows a list has, as the desk does: it does not want to know more than a thousand."""
	frappe.local.form_dict = frappe._dict(
		doctype=doctype, filters="{}", fields="[]", distinct="false", limit=1001
	)
	return get_count()
