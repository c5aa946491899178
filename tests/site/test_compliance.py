"""What people have to hold follows its proofs by itself (rule 17)."""

import frappe
import pytest
from frappe.utils import add_days, getdate

from smooth_lms_hr import api, daily
from smooth_lms_hr.assigning import compliance as writer
from smooth_lms_hr.following import compliance, validity_changes
from smooth_lms_hr.sources.names import COMPLIANCE, COMPLIANCE_TYPE
from tests.site import factory
from tests.site.queries import number_of

TODAY = "2026-11-23"


@pytest.fixture
def licence(course, hr):
	"""A type that asks for the course Forklift."""
	return factory.compliance_type([course])


def learn(employee, course: str) -> None:
	if not factory.assignments(member=employee.user_id, course=course, status=("!=", "Cancelled")):
		api.assign_mandatory_training(employees=[employee.name], courses=[course])
	factory.complete_lessons(employee.user_id, course)


def test_it_is_pending_until_the_course_is_completed_and_then_names_its_evidence(hire, licence, course):
	assert factory.compliance(hire.name, licence).status == "Pending"
	learn(hire, course)
	row = factory.stands(hire.name, licence)
	assert (row.status, str(row.completed_on), row.next_renewal_date) == ("Complete", TODAY, None)
	evidence = frappe.get_value("LMS Training Evidence", {"employee": hire.name}, "name")
	assert factory.proofs(row.name) == [(frappe.get_value("LMS Course", course, "title"), evidence, TODAY)]


def test_the_form_shows_what_it_stands_at_with_the_save_that_makes_it(hire, licence, course):
	learn(hire, course)
	doc = frappe.get_doc({"doctype": COMPLIANCE, "employee": hire.name, "compliance_type": licence}).insert()
	assert (doc.status, len(doc.proofs), doc.company) == ("Complete", 1, hire.company)
	doc.save()


def test_a_completion_that_is_revoked_takes_it_back(hire, licence, course):
	factory.compliance(hire.name, licence)
	learn(hire, course)
	assignment = factory.assignment(member=hire.user_id)
	api.revoke_completion([assignment.name], "Somebody else sat there")
	row = factory.stands(hire.name, licence)
	assert (row.status, row.completed_on, factory.proofs(row.name)) == ("Pending", None, [])


def test_it_ends_with_the_completion_that_it_rests_on(hire, hr, clock):
	course = factory.course("Forklift", is_mandatory=0, validity_days=100)
	licence = factory.compliance_type([course])
	learn(hire, course)
	row = factory.compliance(hire.name, licence)
	assert getdate(row.next_renewal_date) == getdate(add_days(TODAY, 101))
	for days, status in ((70, "Complete"), (71, "Due for Renewal"), (101, "Expired")):
		clock(days)
		daily.run()
		assert factory.stands(hire.name, licence).status == status, days


def test_days_that_change_on_record_move_its_end(hire, hr):
	course = factory.course("Forklift", is_mandatory=0, validity_days=100)
	licence = factory.compliance_type([course])
	learn(hire, course)
	factory.compliance(hire.name, licence)
	frappe.db.set_value("LMS Course", course, "validity_days", 300)
	validity_changes.apply(course)
	row = factory.stands(hire.name, licence)
	assert getdate(row.next_renewal_date) == getdate(add_days(TODAY, 301))


def test_a_course_that_needs_its_certificate_waits_for_it(hire, hr):
	from lms.lms.doctype.lms_certificate.lms_certificate import create_certificate

	course = factory.course("Safety", is_mandatory=0, enable_certification=1)
	licence = factory.compliance_type([course], certificate=1)
	factory.compliance(hire.name, licence)
	learn(hire, course)
	assert factory.stands(hire.name, licence).status == "Pending"
	frappe.set_user(hire.user_id)
	create_certificate(course)
	row = factory.stands(hire.name, licence)
	assert (row.status, "with its certificate" in factory.proofs(row.name)[0][0]) == ("Complete", True)


def test_a_document_proves_it_once_hr_has_looked_at_it_and_as_long_as_it_counts(hire, hr, clock):
	licence = factory.compliance_type(documents=["Driving Licence"])
	name = factory.verified_document(
		hire.name, " driving licence ", verified_on=None, expires_on="2027-01-31"
	)
	assert factory.compliance(hire.name, licence).status == "Pending"
	frappe.db.set_value("Employee Document", name, "verified_on", "2026-11-23 10:00:00")
	compliance.follow([hire.name])
	row = factory.stands(hire.name, licence)
	assert (row.status, str(row.next_renewal_date)) == ("Complete", "2027-02-01")
	clock(75)
	daily.run()
	assert factory.stands(hire.name, licence).status == "Expired"
	factory.verified_document(hire.name, "Driving Licence", issued_on="2027-02-05", expires_on="2030-02-05")
	daily.run()
	row = factory.stands(hire.name, licence)
	assert (row.status, row.cycle, str(row.next_renewal_date)) == ("Complete", 1, "2030-02-06")


def test_an_event_of_a_training_program_proves_it_and_an_absence_takes_it_back(hire, hr):
	program = factory.named(
		"Training Program",
		"training_program",
		factory.unique("First Aid"),
		company=factory.company(),
		description="Every second year",
	)
	aid = factory.compliance_type(programs=[program])
	factory.compliance(hire.name, aid)
	factory.training_event({hire.name: "Present"})
	assert factory.stands(hire.name, aid).status == "Pending"
	event = factory.training_event({hire.name: "Present"}, training_program=program)
	row = factory.stands(hire.name, aid)
	assert (row.status, str(row.completed_on)) == ("Complete", "2026-11-16")
	event.reload()
	event.cancel()
	assert factory.stands(hire.name, aid).status == "Pending"


def test_nobody_types_how_somebody_stands(hire, licence):
	doc = frappe.get_doc(
		{
			"doctype": COMPLIANCE,
			"employee": hire.name,
			"compliance_type": licence,
			"status": "Complete",
			"completed_on": TODAY,
			"verified_by": "Administrator",
			"proofs": [{"requirement": "All of it", "kind": "Course", "proved_on": TODAY}],
		}
	).insert()
	assert (doc.status, doc.completed_on, doc.verified_by, doc.proofs) == ("Pending", None, None, [])
	doc.update({"status": "Complete", "completed_on": TODAY, "reason": "I say so"})
	doc.append("proofs", {"requirement": "All of it", "kind": "Course", "proved_on": TODAY})
	doc.save()
	doc.reload()
	assert (doc.status, doc.completed_on, doc.proofs) == ("Pending", None, [])
	assert doc.reason != "I say so"


def test_nobody_holds_the_same_twice(hire, licence):
	factory.compliance(hire.name, licence)
	with pytest.raises(frappe.DuplicateEntryError, match="already"):
		factory.compliance(hire.name, licence)
	row = {"doctype": COMPLIANCE, "employee": hire.name, "compliance_type": licence, "cycle": 1}
	doc = frappe.get_doc(row)
	doc.set_new_name()
	with pytest.raises(frappe.UniqueValidationError):
		doc.db_insert()


def test_who_has_left_has_nothing_to_hold_and_who_is_back_has(hire, licence, course):
	factory.compliance(hire.name, licence)
	# ERPNext 16 disables the user of who has left, too.
	frappe.set_user("Administrator")
	hire.reload()
	hire.update({"status": "Left", "relieving_date": "2026-11-23"})
	hire.save(ignore_permissions=True)
	assert factory.stands(hire.name, licence).is_current == 0
	stranger = factory.employee(factory.user(), status="Left", relieving_date="2026-11-23")
	with pytest.raises(frappe.ValidationError, match="has left"):
		factory.compliance(stranger.name, licence)
	hire.reload()
	hire.update({"status": "Active", "relieving_date": None})
	hire.save(ignore_permissions=True)
	assert factory.stands(hire.name, licence).is_current == 1


def test_it_moves_with_its_person(hire, licence):
	factory.compliance(hire.name, licence)
	other = factory.company("Moved Ltd")
	hire.reload()
	hire.company = other
	hire.save(ignore_permissions=True)
	assert factory.stands(hire.name, licence).company == other


def test_of_an_employee_who_is_deleted_the_name_stays(hire, licence):
	row = factory.compliance(hire.name, licence)
	frappe.set_user("Administrator")
	frappe.delete_doc("Employee", hire.name, force=True)
	employee, name, current = frappe.db.get_value(
		COMPLIANCE, row.name, ["employee", "employee_name", "is_current"]
	)
	assert (employee, name, current) == (None, hire.employee_name, 0)


def test_of_two_records_of_a_person_who_become_one_nothing_is_lost(licence, course, hr):
	old, new = factory.employee(factory.user()), factory.employee(factory.user())
	for employee in (old, new):
		factory.compliance(employee.name, licence)
	learn(old, course)
	frappe.set_user("Administrator")
	frappe.rename_doc("Employee", old.name, new.name, merge=True)
	rows = factory.cycles(new.name, licence)
	assert [row.is_current for row in rows] == [0, 1]
	assert rows[-1].status == "Complete"


def test_what_somebody_learned_before_they_were_an_employee_is_theirs(licence, course, hr):
	user = factory.user()
	api.assign_mandatory_training(members=[user], courses=[course])
	factory.complete_lessons(user, course)
	employee = factory.employee(user)
	assert factory.compliance(employee.name, licence).status == "Complete"


# A type that changes


def test_a_requirement_that_is_added_is_missing_from_everybody_and_one_taken_away_is_not(
	hire, licence, course
):
	factory.compliance(hire.name, licence)
	learn(hire, course)
	doc = frappe.get_doc(COMPLIANCE_TYPE, licence)
	doc.append("requirements", {"kind": "Document", "document_type": "Passport"})
	doc.save()
	assert factory.stands(hire.name, licence).status == "Pending"
	doc.requirements = doc.requirements[:1]
	doc.save()
	assert factory.stands(hire.name, licence).status == "Complete"


def test_very_many_follow_a_type_in_the_background(hire, licence, monkeypatch):
	factory.compliance(hire.name, licence)
	queued = []
	monkeypatch.setattr(compliance, "AT_ONCE", 0)
	monkeypatch.setattr(
		compliance.jobs, "enqueue_after_commit", lambda *args, **kwargs: queued.append((args, kwargs))
	)
	doc = frappe.get_doc(COMPLIANCE_TYPE, licence)
	doc.description = "Text alone changes nothing"
	doc.save()
	assert not queued
	doc.renew_every = 2
	doc.save()
	((_path,), arguments) = queued.pop()
	assert arguments["of_type"] == licence
	compliance.follow_everybody(licence)


@pytest.mark.parametrize(
	("fields", "said"),
	[
		({"renew_every": -1}, "Renew Every"),
		({"renew_every": 101, "renew_unit": "Years"}, "Renew Every"),
		({"alert_days_before": 5000}, "Alert Before"),
		({"retain_years_after_exit": 500}, "Retain After Exit"),
		({"renew_unit": "Centuries"}, "Unit"),
	],
)
def test_numbers_that_make_no_sense_are_refused_by_name(course, fields, said):
	with pytest.raises(frappe.ValidationError, match=said):
		factory.compliance_type([course], **fields)


def test_the_same_is_asked_for_once(course):
	with pytest.raises(frappe.ValidationError, match="ask for the same"):
		factory.compliance_type([course, course])
	with pytest.raises(frappe.ValidationError, match="ask for the same"):
		factory.compliance_type(documents=["Passport", "passport "])


def test_what_a_row_does_not_name_is_asked_for(course):
	with pytest.raises(frappe.ValidationError, match="Document Type"):
		factory.compliance_type(documents=[" "])


def test_its_words_are_text(hire, hr):
	licence = factory.compliance_type(
		documents=["<img src=x onerror=alert(1)>"], description="<script>alert(1)</script>"
	)
	stored = frappe.get_doc(COMPLIANCE_TYPE, licence)
	assert "<script" not in stored.description
	assert "<img" not in stored.requirements[0].document_type


def test_types_are_not_merged_and_one_that_people_hold_is_not_deleted(hire, licence, course):
	other = factory.compliance_type([course])
	with pytest.raises(frappe.ValidationError, match="cannot be merged"):
		frappe.rename_doc(COMPLIANCE_TYPE, other, licence, merge=True)
	frappe.delete_doc(COMPLIANCE_TYPE, other)
	factory.compliance(hire.name, licence)
	with pytest.raises(frappe.LinkExistsError):
		frappe.delete_doc(COMPLIANCE_TYPE, licence)


# The timeline, and what it costs


def test_every_change_explains_itself(hire, licence, course):
	row = factory.compliance(hire.name, licence)
	learn(hire, course)
	(version,) = frappe.get_all("Version", {"ref_doctype": COMPLIANCE, "docname": row.name}, pluck="data")
	data = frappe.parse_json(version)
	assert ["status", "Pending", "Complete"] in data["changed"]
	assert [table for table, _row in data["added"]] == ["proofs"]


def test_a_second_look_changes_nothing(hire, licence, course):
	factory.compliance(hire.name, licence)
	learn(hire, course)
	before = factory.stands(hire.name, licence)
	assert writer.settle([hire.name], getdate()) == {}
	assert factory.stands(hire.name, licence) == before


def test_what_one_costs_very_many_cost(licence, course):
	people = [factory.employee(factory.user()).name for _number in range(6)]
	writer.make({(each, licence): (None, "Why") for each in people})
	for each in people:
		factory.verified_document(each, "Passport")
	# What is read once in a process is read by the first of them.
	writer.settle(people[:1], getdate())
	one = number_of(lambda: writer.settle(people[1:2], getdate()))
	assert number_of(lambda: writer.settle(people[2:], getdate())) == one


def test_where_nobody_has_to_hold_anything_a_completion_asks_the_database_nothing_more(
	hire, course, hr, monkeypatch
):
	api.assign_mandatory_training(employees=[hire.name], courses=[course])
	frappe.db.delete(COMPLIANCE_TYPE)
	writer.compliance.changed()
	writer.compliance.are_there()
	asked = []
	monkeypatch.setattr(writer, "settle", lambda *args: asked.append(args))
	with_nobody = number_of(lambda: writer.follow_proofs([hire.name]))
	factory.complete_lessons(hire.user_id, course)
	assert not asked
	assert with_nobody == 0


def test_a_completion_is_not_lost_because_of_it(hire, licence, course, monkeypatch):
	factory.compliance(hire.name, licence)
	monkeypatch.setattr(writer, "settle", lambda *args: 1 / 0)
	learn(hire, course)
	assert factory.assignment(member=hire.user_id).status == "Completed"
	assert factory.stands(hire.name, licence).status == "Pending"
	monkeypatch.undo()
	daily.run()
	assert factory.stands(hire.name, licence).status == "Complete"


# What the form says is missing


def missing(row) -> list[tuple]:
	doc = frappe.get_doc(COMPLIANCE, row.name)
	doc.run_method("onload")
	return [(one["kind"], one["words"]) for one in doc.get_onload("missing")]


def test_the_form_says_what_is_missing_and_what_is_to_be_renewed(hire, course, hr, clock):
	licence = factory.compliance_type([course], ["Passport"], renew_every=100, renew_unit="Days")
	row = factory.compliance(hire.name, licence)
	title = frappe.db.get_value("LMS Course", course, "title")
	assert missing(row) == [("Course", title), ("Document", "Passport")]
	learn(hire, course)
	assert missing(row) == [("Document", "Passport")]
	factory.verified_document(hire.name, "Passport")
	compliance.follow([hire.name])
	assert missing(row) == []
	clock(80)
	daily.run()
	assert missing(row) == [("Course", title), ("Document", "Passport")]
