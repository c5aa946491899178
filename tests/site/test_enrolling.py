"""Enrolments whose rows are written together are what they are where each is inserted by itself."""

import frappe
import pytest
from frappe.model.document import Document

from smooth_lms_hr import api, daily
from smooth_lms_hr.sources import attempts, inserting, learning
from smooth_lms_hr.sources.learning import Enrolling, enrol, enrol_together
from tests.site import differences, factory
from tests.site.faults.others import ENROLLMENT, errors, hang
from tests.site.queries import Queries, number_of

EVENTS = (
	"before_insert", "before_validate", "validate", "before_save", "after_insert", "on_update", "on_change",
)  # fmt: skip


def together(member: str, *courses: str) -> list[Enrolling]:
	wanted = [Enrolling(member, course, frappe.generate_hash(length=10)) for course in courses]
	enrol_together(wanted)
	return wanted


def alone(member: str, *courses: str) -> list[Enrolling]:
	wanted = [Enrolling(member, course, frappe.generate_hash(length=10)) for course in courses]
	for one in wanted:
		enrol(one.member, one.course, one.name)
	return wanted


def enrolled(member: str) -> set[str]:
	return set(frappe.get_all(ENROLLMENT, {"member": member}, pluck="course"))


def rows_written(queries: Queries) -> int:
	return sum(query.lstrip()[:6].upper() == "INSERT" and ENROLLMENT in query for query in queries)


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


def test_who_is_refused_is_refused_alone(courses, monkeypatch):
	first, bad, last = courses

	def refuse(doc, method):
		if doc.course == bad:
			frappe.throw("No seats left")

	hang(monkeypatch, refuse, ENROLLMENT, "validate")
	member, before = factory.user(), errors(reference_name=bad)
	with Queries() as queries:
		answers = together(member, *courses)
	assert rows_written(queries) == 1
	assert [str(one.tried.error or "") for one in answers] == ["", "No seats left", ""]
	assert enrolled(member) == {first, last}
	assert "No seats left" not in str(frappe.local.message_log)
	assert errors(reference_name=bad) == before + 1


@pytest.mark.parametrize("event", ["after_insert", "on_update", "on_change"])
def test_what_breaks_after_the_row_undoes_that_enrolment_and_all_that_was_done_for_it(
	courses, monkeypatch, event
):
	first, bad, last = courses

	def listen(doc, method):
		frappe.get_doc({"doctype": "ToDo", "description": doc.name}).insert(ignore_permissions=True)
		if doc.course == bad:
			frappe.msgprint("Half way in")
			raise RuntimeError("no such field")

	hang(monkeypatch, listen, ENROLLMENT, event)
	member = factory.user()
	answers = together(member, *courses)
	assert [bool(one.tried.error) for one in answers] == [False, True, False]
	assert enrolled(member) == {first, last}
	assert [bool(frappe.db.exists("ToDo", {"description": one.name})) for one in answers] == [
		True,
		False,
		True,
	]
	assert "Half way in" not in str(frappe.local.message_log)


def test_what_was_written_before_the_row_goes_with_it(courses, monkeypatch):
	"""What a hook writes and says before the row is undone too where one of its other hooks breaks after it."""
	first, bad, last = courses

	def write(doc, method):
		frappe.get_doc({"doctype": "ToDo", "description": doc.course}).insert(ignore_permissions=True)

	def say(doc, method):
		if doc.course == bad:
			frappe.msgprint(f"About {doc.course}")

	def break_down(doc, method):
		if doc.course == bad:
			raise RuntimeError("no such field")

	hang(monkeypatch, break_down, ENROLLMENT)
	with monkeypatch.context() as patched:
		hang(patched, write, ENROLLMENT, "validate")
		member = factory.user()
		together(member, *courses)
	assert enrolled(member) == {first, last}
	assert {course for course in courses if frappe.db.exists("ToDo", {"description": course})} == {
		first,
		last,
	}
	hang(monkeypatch, say, ENROLLMENT, "validate")
	member = factory.user()
	together(member, *courses)
	assert enrolled(member) == {first, last}
	assert f"About {bad}" not in str(frappe.local.message_log)


def test_whom_another_app_has_enrolled_meanwhile_is_not_enrolled_twice(courses, monkeypatch):
	first, second, _third = courses

	def bundle(doc, method):
		if doc.course == second:
			frappe.get_doc({"doctype": ENROLLMENT, "member": doc.member, "course": first}).insert(
				ignore_permissions=True
			)

	hang(monkeypatch, bundle, ENROLLMENT, "validate")
	member = factory.user()
	answers = together(member, *courses)
	assert [bool(one.tried.error) for one in answers] == [True, False, False]
	assert "was enrolled by another app" in answers[0].tried.words
	assert sorted(frappe.get_all(ENROLLMENT, {"member": member}, pluck="course")) == sorted(courses)


def test_where_the_statement_fails_the_culprit_is_found(courses, monkeypatch):
	first, bad, last = courses

	def spoil(doc, method):
		if doc.course == bad:
			# No database takes a second row of that name.
			doc.name = taken

	(earlier,) = alone(factory.user(), first)
	taken = earlier.name
	hang(monkeypatch, spoil, ENROLLMENT, "before_save")
	member = factory.user()
	answers = together(member, *courses)
	assert [bool(one.tried.error) for one in answers] == [False, True, False]
	assert enrolled(member) == {first, last}
	assert frappe.db.get_value(ENROLLMENT, taken, "member") == earlier.member


def test_a_deadlock_goes_up(courses, monkeypatch):
	def lose(*args):
		raise frappe.QueryDeadlockError("1213")

	for event in ("validate", "on_update"):
		with monkeypatch.context() as patched:
			hang(patched, lose, ENROLLMENT, event)
			with pytest.raises(frappe.QueryDeadlockError):
				together(factory.user(), *courses)
	monkeypatch.setattr(inserting, "write_rows", lose)
	with pytest.raises(frappe.QueryDeadlockError):
		together(factory.user(), *courses)


@pytest.mark.parametrize("event", ["validate", "after_insert"])
def test_a_hook_that_rolls_everything_back_is_not_called_a_success(courses, monkeypatch, event):
	hang(monkeypatch, lambda doc, method: frappe.db.rollback(), ENROLLMENT, event)
	with pytest.raises(attempts.TransactionLost):
		together(factory.user(), *courses)


def test_a_hook_that_rolls_back_to_a_savepoint_of_its_own_keeps_what_it_has_written(courses, monkeypatch):
	"""Frappe counts its writes from 0 again then: the same number is not the same state."""

	def listen(doc, method):
		frappe.get_doc({"doctype": "ToDo", "description": doc.course}).insert(ignore_permissions=True)
		frappe.db.savepoint("theirs")
		frappe.db.rollback(save_point="theirs")
		while frappe.db.transaction_writes < counted[-1]:
			frappe.db.set_value("ToDo", {"description": doc.course}, "priority", "High")
		if doc.course == last:
			raise RuntimeError("no such field")

	last, counted = courses[-1], []
	begin = attempts.SharedSavepoint.begin

	def count(self):
		begin(self)
		counted.append(int(frappe.db.transaction_writes))

	monkeypatch.setattr(attempts.SharedSavepoint, "begin", count)
	hang(monkeypatch, listen, ENROLLMENT)
	together(factory.user(), *courses)
	assert [bool(frappe.db.exists("ToDo", {"description": each})) for each in courses] == [True, True, False]


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
