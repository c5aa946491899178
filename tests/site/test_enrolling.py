"""Enrolments whose rows are written together are what they are where each is inserted by itself."""

import frappe
import pytest
from frappe.model.document import Document

from smooth_lms_hr import api, daily
from smooth_lms_hr.sources import inserting, learning
from tests.site import differences, factory
from tests.site.enrolling import alone, enrolled, rows_written, together
from tests.site.faults.others import ENROLLMENT, hang
from tests.site.queries import Queries, number_of

EVENTS = (
	"before_insert", "before_validate", "validate", "before_save", "after_insert", "on_update", "on_change",
)  # fmt: skip


@pytest.fixture
def courses():
	return [factory.course(title) for title in ("A", "B", "C")]


@pytest.fixture
def heard(monkeypatch):
	"""All that Frappe calls and says on the way of an enrolment, in order, as it was at that moment."""
	found = []
	run_method, realtime, forget = Document.run_method, frappe.publish_realtime, frappe.clear_document_cache

	def note(kind, doc, *more):
		found.append(
			(
				doc.course,
				kind,
				*more,
				bool(doc.name),
				doc.owner == doc.member,
				doc.is_new(),
				bool(doc.flags.in_insert),
				doc.docstatus,
				doc.member_name,
				frappe.session.user,
				doc.get_doc_before_save(),
				# The row is there when after_insert runs, and not before.
				bool(doc.name and frappe.db.exists(ENROLLMENT, doc.name)),
			)
		)

	def run(self, method, *args, **kwargs):
		if self.doctype == ENROLLMENT:
			note(f"method {method}", self)
		return run_method(self, method, *args, **kwargs)

	def publish(event=None, message=None, *args, **kwargs):
		if ENROLLMENT in str(message) + str(kwargs):
			found.append((event, sorted(kwargs)))
		return realtime(event, message, *args, **kwargs)

	def clear(doctype, name=None):
		if doctype == ENROLLMENT:
			found.append(("forgotten", bool(name)))
		return forget(doctype, name)

	monkeypatch.setattr(Document, "run_method", run)
	monkeypatch.setattr(frappe, "publish_realtime", publish)
	monkeypatch.setattr(frappe, "clear_document_cache", clear)
	for event in EVENTS:
		hang(monkeypatch, lambda doc, method: note(f"hook {method}", doc, method), ENROLLMENT, event)
	return found


def test_each_has_the_events_of_an_insert_in_their_order(heard, courses):
	member = factory.user()
	alone(member, courses[0])
	of_one, heard[:] = list(heard), []
	with Queries() as queries:
		together(member, *courses[1:])
	assert rows_written(queries) == 1
	# One is wholly told before the row, then the next; then one after the other, wholly.
	begins = next(number for number, each in enumerate(of_one) if each[1] == "method after_insert")

	def of(course):
		return [(course, *each[1:]) if each[0] == courses[0] else each for each in of_one]

	second, third = of(courses[1]), of(courses[2])
	assert heard == second[:begins] + third[:begins] + second[begins:] + third[begins:]
	kinds = [str(each[1]) for each in heard]
	assert set(kinds) >= {f"hook {event}" for event in EVENTS}


def test_each_has_the_row_of_an_insert_in_every_column(courses):
	one, other = factory.user(), factory.user()
	first = alone(one, courses[0]) + alone(other, courses[0])
	written = together(one, *courses[1:]) + together(other, *courses[1:])

	def row(each):
		values = frappe.db.sql(f"select * from `tab{ENROLLMENT}` where name = %s", each.name, as_dict=True)[0]
		return {column: value for column, value in values.items() if column not in ("name", "course")}

	assert len(row(first[0])) > 10
	for each in written:
		assert row(each) == row(first[0] if each.member == one else first[1])
	assert row(first[0])["owner"] == (one if differences.enrolments_belong_to_learners() else "Administrator")
	assert row(first[0])["modified_by"] == "Administrator"


def test_a_document_is_as_an_insert_leaves_it(courses, monkeypatch):
	left = []
	complete = inserting.complete

	def look(doc):
		complete(doc)
		left.append(doc)

	monkeypatch.setattr(inserting, "complete", look)
	member = factory.user()
	together(member, *courses[:2])
	single = learning._new_enrolment(member, courses[2])
	single.insert(ignore_permissions=True, set_name=frappe.generate_hash(length=10))
	own = ("name", "course")
	for doc in left:
		assert {k: str(v) for k, v in vars(doc).items() if k not in own} == {
			k: str(v) for k, v in vars(single).items() if k not in own
		}


def test_an_event_reads_all_rows_of_the_batch(courses, monkeypatch):
	member, seen = factory.user(), []
	hang(monkeypatch, lambda doc, method: seen.append(enrolled(doc.member)), ENROLLMENT)
	together(member, *courses)
	assert seen == [set(courses)] * 3


def test_few_queries_each_and_a_statement_for_all_rows(monkeypatch):
	"""Learning and Frappe ask about an enrolment; what others hang on it and do not write costs nothing."""

	def cost(number):
		member = factory.user()
		made = [factory.course(lessons=0) for _ in range(number)]
		return number_of(lambda: together(member, *made))

	for event in EVENTS:
		hang(monkeypatch, lambda doc, method: None, ENROLLMENT, event)
	cost(4)
	assert cost(12) - cost(7) <= 5 * differences.queries_of_an_enrolment()


def test_a_class_of_a_sites_own_inserts_as_it_likes(courses, monkeypatch):
	inserted = []
	kind = type(frappe.get_doc({"doctype": ENROLLMENT}))

	def insert(self, *args, **kwargs):
		Document.insert(self, *args, **kwargs)
		inserted.append(self.course)
		return self

	monkeypatch.setattr(kind, "insert", insert, raising=False)
	member = factory.user()
	together(member, *courses)
	assert inserted == courses
	assert enrolled(member) == set(courses)


def test_a_notification_hears_of_each_and_what_breaks_in_it_is_one_enrolments(hire, hr):
	frappe.set_user("Administrator")
	notification = frappe.get_doc(
		{
			"doctype": "Notification",
			"name": factory.unique("Notification"),
			"subject": "Enrolled in {{ doc.course }}",
			"message": "Look",
			"document_type": ENROLLMENT,
			"event": "New",
			"channel": "System Notification",
			"recipients": [{"receiver_by_document_field": "member"}],
		}
	).insert()
	courses = [factory.course(title) for title in ("A", "B", "C")]
	notification.db_set("condition", f"doc.course != '{courses[1]}' or no_such_name")
	frappe.clear_document_cache("Notification", notification.name)
	frappe.set_user(hr)
	doc = factory.onboarding(employee=hire.name)
	told = frappe.get_all("Notification Log", {"for_user": hire.user_id, "type": "Alert"}, pluck="subject")
	wanted = {course for course in courses if any(course in subject for subject in told)}
	assert wanted == {courses[0], courses[2]} == enrolled(hire.user_id) - {courses[1]}
	assert doc.training_status in ("Assigned", "Partly Assigned")


def test_a_server_script_hears_of_each(courses, monkeypatch):
	if not frappe.db.table_exists("Server Script"):
		pytest.skip("no server scripts here")
	from frappe.utils import safe_exec

	monkeypatch.setattr(safe_exec, "is_safe_exec_enabled", lambda: True)
	frappe.cache.delete_value("server_script_map")
	script = "frappe.get_doc({'doctype': 'ToDo', 'description': 'script ' + doc.course}).insert()"
	frappe.get_doc(
		{
			"doctype": "Server Script",
			"name": factory.unique("script"),
			"script_type": "DocType Event",
			"reference_doctype": ENROLLMENT,
			"doctype_event": "After Insert",
			"script": script,
		}
	).insert()
	try:
		together(factory.user(), *courses)
		assert all(frappe.db.exists("ToDo", {"description": f"script {course}"}) for course in courses)
	finally:
		frappe.cache.delete_value("server_script_map")


def test_an_old_completion_and_todays_debt_are_of_one_enrolment(hr, clock):
	"""Learned without an enrolment (it was deleted), and no longer valid: two assignments are written."""
	course, member = factory.course("Safety", validity_days=10), factory.user()
	frappe.set_user("Administrator")
	(one,) = alone(member, course)
	factory.complete_lessons(member, course)
	frappe.db.delete(ENROLLMENT, {"name": one.name})
	clock(30)
	frappe.set_user(hr)
	assert len(api.assign_mandatory_training([member], courses=[course])["created"]) == 2
	(name,) = frappe.get_all(ENROLLMENT, {"member": member}, pluck="name")
	assert [row.enrollment for row in factory.assignments(member=member)] == [name, name]


def test_lost_enrolments_are_made_again_together(hire, hr):
	courses = [factory.course(title) for title in ("A", "B", "C")]
	factory.onboarding(employee=hire.name)
	frappe.set_user("Administrator")
	frappe.db.delete(ENROLLMENT, {"member": hire.user_id})
	frappe.set_user(hr)
	with Queries() as queries:
		api.assign_mandatory_training([hire.user_id], courses=courses)
	assert rows_written(queries) == 1
	names = dict(frappe.get_all(ENROLLMENT, {"member": hire.user_id}, ["course", "name"], as_list=True))
	assert {row.course: row.enrollment for row in factory.assignments(member=hire.user_id)} == names
	frappe.set_user("Administrator")
	daily.run()
	assert len(enrolled(hire.user_id)) == 3
