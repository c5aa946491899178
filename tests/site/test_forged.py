"""The forged request: every whitelisted method, called by everybody who has no business with it, changes nothing."""

import importlib
from pathlib import Path

import frappe
import pytest

import smooth_lms_hr
from smooth_lms_hr import api
from tests.site import binders, factory
from tests.site.test_attack_matrix import public_path

ASSIGNMENT = "LMS Training Assignment"
ROLES = ("HR User", "employee", "LMS Student", "Course Creator", "manager of another team", "Guest")
CHARTS = "smooth_lms_hr.smooth_lms_hr.dashboard_chart_source"
REFUSED = "refused"
# What the session user gets is their own, or counts of what they may see: of another's there is nothing in it.
NOTHING_OF_OTHERS = "nothing of others"
# It is theirs to read.
READS = "reads"

# By method: what is sent, and what becomes of it for whom; "*" for everybody else.
METHODS = {
	"api.get_my_training_assignments": (
		lambda victim: {"include_completed": True}, {"Guest": REFUSED, "*": NOTHING_OF_OTHERS}
	),
	"api.get_my_training_calendar": (lambda victim: {}, {"Guest": REFUSED, "*": NOTHING_OF_OTHERS}),
	"api.log_card_error": (lambda victim: {"message": "x"}, {"Guest": REFUSED, "*": NOTHING_OF_OTHERS}),
	"api.get_team_training_status": (
		lambda victim: {"manager": victim.boss}, {"HR User": READS, "*": REFUSED}
	),
	"api.get_onboarding_training": (
		lambda victim: {"onboarding": victim.onboarding}, {"*": REFUSED}
	),
	"desk.get_course_training": (
		lambda victim: {"course": victim.course},
		{"HR User": READS, "Guest": REFUSED, "*": NOTHING_OF_OTHERS},
	),
	"desk.get_on_time_rate": (lambda victim: {}, {"HR User": READS, "Guest": REFUSED, "*": NOTHING_OF_OTHERS}),
	"desk.count_exceptions": (lambda victim: {}, {"HR User": READS, "*": REFUSED}),
	"desk.get_daily_status": (lambda victim: {}, {"*": REFUSED}),
	"api.get_campaign": (lambda victim: {"run": victim.run}, {"*": "unknown"}),
	"api.assign_mandatory_training": (
		lambda victim: {"employees": [victim.employee], "courses": [victim.other_course]}, {"*": REFUSED}
	),
	"api.assign_onboarding_training": (lambda victim: {"onboarding": victim.onboarding}, {"*": REFUSED}),
	"api.preview_campaign": (lambda victim: {"people": {"employees": [victim.employee]}}, {"*": REFUSED}),
	"api.start_campaign": (lambda victim: {"people": {"employees": [victim.employee]}}, {"*": REFUSED}),
	"api.explain_training": (
		lambda victim: {"employee": victim.employee}, {"HR User": READS, "Guest": REFUSED, "*": "not yours"}
	),
	"api.preview_rule": (lambda victim: {"rule": victim.rule}, {"*": REFUSED}),
	"api.apply_rule": (lambda victim: {"rule": victim.rule}, {"*": REFUSED}),
	"api.extend_due_date": (
		lambda victim: {"assignments": [victim.assignment], "due_date": "2027-06-30", "reason": "Forged"},
		{"*": "failed"},
	),
	"api.waive": (lambda victim: {"assignments": [victim.assignment], "reason": "Forged"}, {"*": "failed"}),
	"api.withdraw_waiver": (
		lambda victim: {"assignments": [victim.assignment], "reason": "Forged"},
		{"*": "failed"},
	),
	"api.revoke_completion": (
		lambda victim: {"assignments": [victim.assignment], "reason": "Forged"},
		{"*": "failed"},
	),
	"api.request_training": (
		lambda victim: {"assignment": victim.assignment, "kind": "Exemption", "reason": "Forged"},
		{"Guest": REFUSED, "*": "not yours"},
	),
	"api.sign_statement": (
		lambda victim: {"assignment": victim.assignment, "signed_as": "Forged", "password": "Forged"},
		{"Guest": REFUSED, "*": "not yours"},
	),
	"api.request_signing_code": (
		lambda victim: {"assignment": victim.assignment}, {"Guest": REFUSED, "*": "not yours"}
	),
	"api.withdraw_request": (
		lambda victim: {"request": victim.request}, {"Guest": REFUSED, "*": "not yours"}
	),
	"api.answer_request": (
		lambda victim: {"requests": [victim.request], "grant": True, "answer": "Forged"},
		{"Guest": REFUSED, "*": "failed"},
	),
	"desk.apply_validity": (lambda victim: {"course": victim.course}, {"*": REFUSED}),
	"api.cancel_training": (
		lambda victim: {"assignments": [victim.assignment], "reason": "Forged"}, {"*": "failed"}
	),
	"api.set_course_training": (
		lambda victim: {"course": victim.course, "is_mandatory": False}, {"*": REFUSED}
	),
	"api.add_my_document": (
		lambda victim: {"document_type": "Forged", "file": victim.file}, {"Guest": REFUSED, "*": "not yours"}
	),
	"api.withdraw_my_document": (
		lambda victim: {"document": victim.document}, {"Guest": REFUSED, "*": "not yours"}
	),
	"api.verify_documents": (
		lambda victim: {"documents": [victim.document]}, {"Guest": REFUSED, "*": "failed"}
	),
	"api.verify_compliance": (lambda victim: {"names": [victim.compliance]}, {"*": "failed"}),
	"api.waive_compliance": (
		lambda victim: {"names": [victim.compliance], "reason": "Forged"}, {"*": "failed"}
	),
	"api.revoke_compliance": (
		lambda victim: {"names": [victim.compliance], "reason": "Forged"}, {"*": "failed"}
	),
	"api.reopen_compliance": (
		lambda victim: {"names": [victim.compliance], "reason": "Forged"}, {"*": "failed"}
	),
	"api.hold_record": (
		lambda victim: {"employees": [victim.employee], "reason": "Forged"}, {"*": REFUSED}
	),
	"api.release_record": (
		lambda victim: {"employees": [victim.employee], "reason": "Forged"}, {"*": REFUSED}
	),
	"desk.get_hold": (lambda victim: {"employee": victim.employee}, {"*": NOTHING_OF_OTHERS}),
	"desk.find_people": (lambda victim: {"text": victim.member}, {"*": REFUSED}),
	"desk.preview_reminders": (
		lambda victim: {"person": victim.member},
		{"HR User": READS, "manager of another team": NOTHING_OF_OTHERS, "*": REFUSED},
	),
	"api.send_reminder": (
		lambda victim: {"assignments": [victim.assignment]}, {"Guest": REFUSED, "*": "failed"}
	),
	"api.verify_audit_trail": (lambda victim: {}, {"*": REFUSED}),
	"api.export_evidence": (
		lambda victim: {"employees": [victim.employee]}, {"HR User": READS, "*": REFUSED}
	),
	"api.export_my_evidence": (lambda victim: {}, {"Guest": REFUSED, "*": NOTHING_OF_OTHERS}),
	"api.get_evidence_export": (lambda victim: {"run": victim.run}, {"*": "unknown"}),
	"desk.verify_audit_trail": (lambda victim: {}, {"*": REFUSED}),
	"desk.run_daily_now": (lambda victim: {}, {"*": REFUSED}),
	"desk.send_test_mail": (lambda victim: {}, {"*": REFUSED}),
	"desk.get_changed_defaults": (lambda victim: {}, {"*": REFUSED}),
	"desk.restore_defaults": (lambda victim: {}, {"*": REFUSED}),
	f"{CHARTS}.overdue_trainings_by_department.overdue_trainings_by_department.get": (
		lambda victim: {}, {"HR User": READS, "Guest": REFUSED, "*": NOTHING_OF_OTHERS}
	),
	f"{CHARTS}.trainings_completed_per_month.trainings_completed_per_month.get": (
		lambda victim: {}, {"HR User": READS, "Guest": REFUSED, "*": NOTHING_OF_OTHERS}
	),
}  # fmt: skip


def path_of(method: str) -> str:
	return method if method.startswith("smooth_lms_hr.") else f"smooth_lms_hr.{method}"


@pytest.fixture
def victim():
	course, boss = factory.course("Safety", lessons=0), factory.employee(factory.user())
	worker = factory.employee(factory.user(), reports_to=boss.name)
	onboarding = factory.onboarding(employee=worker.name)
	factory.mail_account()
	assignment = factory.assignment(member=worker.user_id).name
	frappe.set_user(worker.user_id)
	asked = api.request_training(assignment, "Extension", "On a project", wanted_date="2027-03-01")
	frappe.set_user("Administrator")
	of_type = factory.compliance_type(documents=["Licence"])
	return frappe._dict(
		document=factory.verified_document(worker.name, "Passport", verified_by=None, verified_on=None),
		compliance=factory.compliance(worker.name, of_type).name,
		file=factory.private_file(worker.user_id).name,
		request=asked["request"],
		employee=worker.name,
		member=worker.user_id,
		boss=boss.name,
		course=course,
		other_course=factory.course("Another", lessons=0, is_mandatory=0),
		onboarding=onboarding.name,
		assignment=assignment,
		rule=factory.rule(
			courses=[course],
			audience=[("Designation", factory.named("Designation", "designation_name", "Nobody's"))],
		).name,
		run="0123456789",
	)


def somebody(role: str) -> str:
	if role == "Guest":
		return role
	if role in ("HR User", "LMS Student", "Course Creator"):
		return factory.user(role)
	person = factory.employee(factory.user("Employee"))
	if role == "manager of another team":
		factory.employee(factory.user(), reports_to=person.name)
	return person.user_id


def everything():
	"""Return what a forged request could have changed."""
	return {
		doctype: frappe.get_all(doctype, fields=["*"], order_by="name")
		for doctype in (
			ASSIGNMENT,
			"LMS Enrollment",
			"Employee Onboarding",
			"LMS Training Notification",
			"Email Queue",
			"Comment",
			"Version",
			"LMS Course",
			"LMS Training Event",
			"Employee Compliance",
			"Employee Document",
		)
	}


def test_every_whitelisted_method_is_named_here():
	app = Path(smooth_lms_hr.__file__).parent
	found = set()
	for file in app.rglob("*.py"):
		if "@frappe.whitelist" in file.read_text():
			module = importlib.import_module(".".join(file.relative_to(app.parent).with_suffix("").parts))
			found |= {
				public_path(function)
				for function in frappe.whitelisted
				if function.__module__ == module.__name__
			}
	assert found == {path_of(method) for method in METHODS}


def test_a_forged_request_changes_and_shows_nothing(victim):
	users = {role: somebody(role) for role in ROLES}
	before = everything()
	for method, (build, outcomes) in METHODS.items():
		for role, user in users.items():
			frappe.set_user(user)
			outcome = outcomes.get(role) or outcomes["*"]
			assert outcome_of(path_of(method), build(victim), victim, outcome), (method, role, outcome)
			frappe.set_user("Administrator")
			assert everything() == before, (method, role)


def outcome_of(method: str, arguments: dict, victim, expected: str) -> bool:
	"""Call a method, and return whether what comes of it is what is expected."""
	call = frappe.get_attr(method)
	# As at the beginning of a request: what an earlier one was told is not in it.
	frappe.local.response = frappe._dict(docs=[])
	refusals = {
		REFUSED: frappe.PermissionError, "unknown": frappe.DoesNotExistError, "not yours": frappe.ValidationError
	}  # fmt: skip
	if error := refusals.get(expected):
		with pytest.raises(error):
			call(**arguments)
		return True
	answer = call(**arguments)
	if expected == "failed":
		(failed,) = answer["failed"]
		return not answer["done"] and failed["name"] in (
			victim.assignment,
			victim.request,
			victim.document,
			victim.compliance,
		)
	if expected == NOTHING_OF_OTHERS:
		said = frappe.as_json([binders.readable(answer), frappe.response])
		return not any(secret in said for secret in (victim.assignment, victim.employee, victim.member))
	return expected == READS
