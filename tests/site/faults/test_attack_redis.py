"""Redis down or slow during each whitelisted method, and during HR's saves: what was to be saved is, nobody sees why.

Who writes does so as twins: for the one nothing is wrong, for the other the queue or the cache is gone. Both get
the same answer, and after the next daily run the same has come of it.
"""

import re
from contextlib import nullcontext

import frappe
import pytest
from werkzeug.wrappers import Response

from smooth_lms_hr import api, daily
from smooth_lms_hr.assigning import campaign_runs
from smooth_lms_hr.showing import binder
from smooth_lms_hr.sources.identity import NoCode
from smooth_lms_hr.sources.jobs import QueueDown
from tests.site import differences, factory, signatures
from tests.site.binders import Binder
from tests.site.conftest import ENGINE, harness
from tests.site.faults.others import status_of
from tests.site.faults.outages import down
from tests.site.filing import upload
from tests.site.signatures import PASSWORD
from tests.site.test_attack_matrix import whitelisted

ASSIGNMENT, LEDGER, ONBOARDING = "LMS Training Assignment", "LMS Training Notification", "Employee Onboarding"
FAULTS = [("queue", "refused"), ("queue", "slow"), ("cache", "refused")]
API, DESK = "smooth_lms_hr.api.", "smooth_lms_hr.desk."
CHARTS = "smooth_lms_hr.smooth_lms_hr.dashboard_chart_source."

# Who calls each whitelisted method, and with what.
CALLS = {
	API + "get_my_training_assignments": ("member", lambda scene: {}),
	API + "assign_mandatory_training": (
		"hr",
		lambda scene: {"members": [scene.member], "courses": [scene.other]},
	),
	API + "get_onboarding_training": ("hr", lambda scene: {"onboarding": scene.onboarding}),
	API + "assign_onboarding_training": ("hr", lambda scene: {"onboarding": scene.onboarding}),
	API + "get_my_training_calendar": ("member", lambda scene: {}),
	API + "get_team_training_status": ("hr", lambda scene: {"course": scene.course}),
	API + "log_card_error": ("member", lambda scene: {"message": "The card broke"}),
	API + "preview_campaign": (
		"hr",
		lambda scene: {"people": {"members": [scene.member]}, "courses": [scene.other]},
	),
	API + "start_campaign": (
		"hr",
		lambda scene: {"people": {"members": [scene.member]}, "courses": [scene.other]},
	),
	API + "get_campaign": ("hr", lambda scene: {"run": scene.run}),
	API + "explain_training": ("hr", lambda scene: {"employee": scene.employee}),
	API + "preview_rule": ("hr", lambda scene: {"rule": scene.rule}),
	API + "apply_rule": ("hr", lambda scene: {"rule": scene.rule}),
	API + "extend_due_date": (
		"hr",
		lambda scene: {"assignments": [scene.owed], "due_date": "2027-03-01", "reason": "Leave"},
	),
	API + "withdraw_waiver": ("hr", lambda scene: {"assignments": [scene.waived], "reason": "It is over"}),
	API + "revoke_completion": (
		"hr",
		lambda scene: {"assignments": [scene.completed], "reason": "Somebody else did it"},
	),
	API + "waive": ("hr", lambda scene: {"assignments": [scene.owed], "reason": "Has a licence"}),
	API + "cancel_training": ("hr", lambda scene: {"assignments": [scene.owed], "reason": "A mistake"}),
	API + "request_training": (
		"member",
		lambda scene: {"assignment": scene.owed, "kind": "Exemption", "reason": "Has a licence"},
	),
	API + "sign_statement": (
		"member",
		lambda scene: {"assignment": scene.to_sign, "signed_as": "Ana Lima", "password": PASSWORD},
	),
	API + "request_signing_code": ("without_password", lambda scene: {"assignment": scene.to_sign_by_code}),
	API + "withdraw_request": ("member", lambda scene: {"request": scene.request}),
	API + "answer_request": (
		"hr",
		lambda scene: {"requests": [scene.request], "grant": True, "answer": "Take your time"},
	),
	API + "set_course_training": ("hr", lambda scene: {"course": scene.free, "validity_days": 365}),
	API + "add_my_document": (
		"member",
		lambda scene: {"document_type": "Passport", "file": scene.upload},
	),
	API + "withdraw_my_document": ("member", lambda scene: {"document": scene.handed_in}),
	API + "verify_documents": ("hr", lambda scene: {"documents": [scene.handed_in]}),
	API + "verify_compliance": ("hr", lambda scene: {"names": [scene.to_confirm]}),
	API + "waive_compliance": ("hr", lambda scene: {"names": [scene.held], "reason": "Has a desk now"}),
	API + "revoke_compliance": ("hr", lambda scene: {"names": [scene.held], "reason": "Not theirs"}),
	API + "reopen_compliance": ("hr", lambda scene: {"names": [scene.let_off], "reason": "Drives again"}),
	API + "hold_record": ("hr", lambda scene: {"employees": [scene.employee], "reason": "File 12"}),
	API + "release_record": ("hr", lambda scene: {"employees": [scene.kept], "reason": "File 12 is closed"}),
	DESK + "get_hold": ("hr", lambda scene: {"employee": scene.employee}),
	DESK + "find_people": ("hr", lambda scene: {"text": "nobody is called so"}),
	DESK + "preview_reminders": ("hr", lambda scene: {}),
	API + "send_reminder": ("hr", lambda scene: {"assignments": [scene.owed]}),
	API + "verify_audit_trail": ("admin", lambda scene: {}),
	API + "export_evidence": ("hr", lambda scene: {"employees": [scene.employee]}),
	API + "export_my_evidence": ("member", lambda scene: {}),
	API + "get_evidence_export": ("hr", lambda scene: {"run": scene.binder}),
	DESK + "verify_audit_trail": ("admin", lambda scene: {}),
	DESK + "apply_validity": ("hr", lambda scene: {"course": scene.course}),
	DESK + "get_course_training": ("hr", lambda scene: {"course": scene.course}),
	DESK + "get_on_time_rate": ("hr", lambda scene: {}),
	DESK + "count_exceptions": ("hr", lambda scene: {}),
	DESK + "get_daily_status": ("admin", lambda scene: {}),
	DESK + "run_daily_now": ("admin", lambda scene: {}),
	DESK + "send_test_mail": ("admin", lambda scene: {}),
	DESK + "get_changed_defaults": ("admin", lambda scene: {}),
	DESK + "restore_defaults": ("admin", lambda scene: {}),
	**{
		f"{CHARTS}{name}.{name}.get": ("hr", lambda scene: {})
		for name in ("trainings_completed_per_month", "overdue_trainings_by_department")
	},
}
# Their very purpose is the queue, or what only Redis knows: they say in words that it does not answer.
ASK_THE_QUEUE = {
	(API + "get_campaign", "queue"): "queue does not answer",
	(API + "get_evidence_export", "queue"): "queue does not answer",
	(API + "apply_rule", "queue"): "queue does not answer",
	(DESK + "apply_validity", "queue"): "queue does not answer",
	(DESK + "run_daily_now", "queue"): "queue does not answer",
	(API + "request_signing_code", "cache"): "No code can be made",
}
COUNTS = re.compile(r'("(?:events|evidence)": )\d+')
NAMES = re.compile(r"\b(TA-\d+|HR-EMP-ONB-[\d-]+|HR-EMP-\d+|[0-9a-f]{20}|[0-9a-z]{10})\b")


def test_every_whitelisted_method_has_its_place_in_the_table():
	assert set(CALLS) == set(whitelisted())


@pytest.fixture(autouse=True)
def _mail(monkeypatch):
	factory.mail_account()
	frappe.db.delete("Has Role", {"role": "HR Manager", "parenttype": "User"})


def fault(what: str, how: str, request):
	"""Return the fault as a context: on the throw-away site there is no Redis, so its queue is told to fail."""
	if ENGINE == "bench":
		return down(what, how)
	if (what, how) != ("queue", "refused"):
		pytest.skip("needs Redis")
	queue = request.getfixturevalue("queue")
	queue.fail()
	return _mended_at_the_end(queue)


class _mended_at_the_end:
	def __init__(self, queue):
		self.queue = queue

	def __enter__(self):
		return self

	def __exit__(self, *error):
		self.queue.mend()


def make_scene() -> frappe._dict:
	"""Make somebody who owes a course, has been told so, and has an onboarding; and a course that nobody owes yet."""
	frappe.set_user("Administrator")
	employee = factory.employee(factory.user())
	scene = frappe._dict(
		hr=factory.hr_manager(),
		admin=factory.user("System Manager"),
		member=employee.user_id,
		employee=employee.name,
		name_of_employee=employee.employee_name,
		course=factory.course("The owed", is_mandatory=0),
		other=factory.course("The other", is_mandatory=0),
	)
	frappe.set_user(scene.hr)
	scene.onboarding = factory.onboarding(employee=employee.name).name
	(created,) = api.assign_mandatory_training([scene.member], courses=[scene.course])["created"]
	scene.owed = created["assignment"]
	scene.free, scene.extended, scene.learned = (
		factory.course(f"The {what}", is_mandatory=0) for what in ("free", "extended", "learned")
	)
	courses = [scene.free, scene.extended, scene.learned]
	created = api.assign_mandatory_training([scene.member], courses=courses)["created"]
	scene.waived, scene.longer, scene.completed = (row["assignment"] for row in created)
	factory.complete_lessons(scene.member, scene.learned)
	assert api.waive([scene.waived], "Has a licence")["done"]
	_learn_what_is_to_be_signed(scene)
	_file_and_hold(scene, employee)
	frappe.set_user(scene.member)
	asked = {"reason": "On a project", "wanted_date": "2027-03-01"}
	scene.request = api.request_training(scene.longer, "Extension", **asked)["request"]
	frappe.set_user(scene.hr)
	nobody = factory.named("Designation", "designation_name", "Nobody's")
	scene.rule = factory.rule(
		courses=[factory.course("Ruled", is_mandatory=0)], audience=[("Designation", nobody)]
	).name
	harness.run_jobs()
	# One that has not begun yet: somebody else's training, of a course that nobody here asks about.
	with pytest.MonkeyPatch.context() as patched:
		patched.setattr(campaign_runs, "AT_ONCE", 0)
		elsewhere = factory.course("Elsewhere", is_mandatory=0)
		scene.run = api.start_campaign({"members": [factory.user()]}, courses=[elsewhere])["run"]
		patched.setattr(binder, "AT_ONCE", 0)
		scene.binder = api.export_evidence([scene.employee])["run"]
	return scene


def _file_and_hold(scene: frappe._dict, employee) -> None:
	"""Let somebody have documents on their file and things to hold, and another one's record be kept."""
	scene.handed_in = factory.verified_document(
		employee.name, "Driving Licence", verified_by=None, verified_on=None, owner=scene.member
	)
	factory.verified_document(employee.name, "Lift Licence")
	for name, terms in (("to_confirm", {"needs_verification": 1}), ("held", {}), ("let_off", {})):
		of_type = factory.compliance_type(documents=["Lift Licence"], **terms)
		scene[name] = factory.compliance(employee.name, of_type).name
	assert api.waive_compliance([scene.let_off], "Has no car")["done"]
	scene.kept = factory.employee(factory.user()).name
	assert api.hold_record("File 12", employees=[scene.kept])["done"]
	scene.upload = upload(scene.member).name


def _learn_what_is_to_be_signed(scene: frappe._dict) -> None:
	scene.without_password, scene.signed = factory.user(), signatures.course("The signed", is_mandatory=0)
	people = [signatures.with_password(scene.member), scene.without_password]
	created = api.assign_mandatory_training(people, courses=[scene.signed])["created"]
	for row in created:
		factory.complete_lessons(row["member"], scene.signed)
	by_member = {row["member"]: row["assignment"] for row in created}
	scene.to_sign, scene.to_sign_by_code = (by_member[each] for each in people)


def call(path: str, scene: frappe._dict):
	who, arguments = CALLS[path]
	frappe.set_user(scene[who])
	frappe.local.message_log, frappe.local.response = [], frappe._dict(docs=[])
	answer = frappe.call(whitelisted()[path], **arguments(scene))
	# As at the end of the request: what waits for the commit runs, and a failure of it would be shown.
	frappe.db.commit()
	# When it was made, and the sums that differ by that, are nobody's concern here.
	return sorted(Binder(answer).names()) if isinstance(answer, Response) else answer


def normal(value, scene: frappe._dict) -> str:
	"""Return a value as text in which nothing tells one twin from the other."""
	text = frappe.as_json(value)
	for key, name in sorted(scene.items()):
		text = text.replace(str(name), f"<{key}>")
	# How much is on record grows with every twin.
	return COUNTS.sub(r"\1<number>", NAMES.sub("<name>", text))


def came_of_it(scene: frappe._dict) -> str:
	"""Let what waits be done, and a daily run pass; return what is on record of the scene."""
	frappe.set_user("Administrator")
	harness.run_jobs()
	daily.run()
	mine = {"member": scene.member}
	return normal(
		[
			sorted(
				(row.course, row.status, str(row.due_date), row.source) for row in factory.assignments(**mine)
			),
			sorted(frappe.get_all("LMS Enrollment", mine, pluck="course")),
			sorted(
				frappe.get_all(
					"LMS Training Event",
					mine,
					["course", "event", "`before`", "after", "reason"],
					as_list=True,
				),
				# What is about no course has none.
				key=str,
			),
			sorted(frappe.get_all(LEDGER, {"recipient": scene.member}, ["kind", "audience"], as_list=True)),
			frappe.db.count("Email Queue Recipient", {"recipient": scene.member}),
			frappe.db.count("Email Queue Recipient", {"recipient": scene.admin}),
			frappe.db.get_value(ONBOARDING, scene.onboarding, "training_status"),
		],
		scene,
	)


def writes(path: str) -> bool:
	return frappe.allowed_http_methods_for_whitelisted_func[whitelisted()[path]] == ["POST"]


@pytest.mark.parametrize(("what", "how"), FAULTS)
def test_who_asks_gets_the_same_answer_without_redis(what, how, request):
	scene = make_scene()
	for path in CALLS:
		if writes(path):
			continue
		wanted = call(path, scene)
		with fault(what, how, request):
			if said := ASK_THE_QUEUE.get((path, what)):
				with pytest.raises((QueueDown, NoCode), match=said):
					call(path, scene)
			else:
				assert call(path, scene) == wanted, path


@pytest.mark.parametrize("path", [path for path in CALLS if writes(path)])
def test_what_somebody_does_is_done_without_redis(path, request):
	"""The queue and live updates are slow or gone, or the cache is."""
	twin = make_scene()
	wanted = normal(call(path, twin), twin)
	wanted_of_it = came_of_it(twin)
	for what, how in FAULTS if ENGINE == "bench" else FAULTS[:1]:
		scene = make_scene()
		with fault(what, how, request):
			if said := ASK_THE_QUEUE.get((path, what)):
				with pytest.raises((QueueDown, NoCode), match=said):
					call(path, scene)
				continue
			answer = call(path, scene)
		assert normal(answer, scene) == wanted, (what, how)
		assert came_of_it(scene) == wanted_of_it, (what, how)


@pytest.mark.parametrize(("what", "how"), FAULTS)
def test_hrs_saves_are_saved_without_redis(what, how, bench_only, hr, request):
	"""An onboarding of somebody who can learn, and an Employee for whom an onboarding has waited."""
	course = factory.course("Safety")
	hire, applicant, late = factory.employee(factory.user()), factory.applicant(), factory.applicant()
	offer = factory.offer(applicant)
	waiting = factory.onboarding(job_applicant=late)
	late_user = factory.user()
	frappe.db.commit()
	as_for_people = differences.going_on_without_a_cache() if what == "cache" else nullcontext()
	with fault(what, how, request), as_for_people:
		doc = factory.onboarding(job_applicant=applicant, job_offer=offer, employee=hire.name)
		frappe.db.commit()
		factory.employee(late_user, job_applicant=late)
		frappe.db.commit()
	assert (doc.training_status, status_of(doc), status_of(waiting)) == ("Assigned",) * 3
	assert [(row.member, row.course) for row in factory.assignments()] == [
		(hire.user_id, course),
		(late_user, course),
	]
	frappe.set_user("Administrator")
	for _again in range(2):
		harness.run_jobs()
		daily.run()
	for member in (hire.user_id, late_user):
		assert frappe.db.count("Email Queue Recipient", {"recipient": member}) == 1
		assert frappe.db.count(LEDGER, {"recipient": member, "kind": "Assigned"}) == 1
