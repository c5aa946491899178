"""Every whitelisted method and every report, by everybody, about everybody, with every nasty value.

The methods, their parameters and the reports are taken from the app itself, so that what is added later is in it.
"""

import importlib
import inspect
import re
from pathlib import Path

import frappe
import pytest

import smooth_lms_hr
from smooth_lms_hr.assigning import rule_runs
from tests.site import binders, factory, two_companies
from tests.site.queries import Queries
from tests.site.two_companies import HERE, ROLES, THERE, VERIFIERS, WRITERS

NASTY = [
	None, "", " ", 0, -1, 10**20, 1.5, float("nan"), float("inf"), True, [], {}, [[]], [None], [{"a": 1}], {"a": []},
	"\0", "a\0b", "\ud800", "x" * 10_000, "../..", "' or 1=1 --", "<img src=x onerror=alert(1)>", "9999-12-31",
	"0001-01-01", "2026-13-45", "[" * 3000, '{"members": 1}', '["a", 1]', "%s %(a)s {0}", "LMS Training Assignment",
]  # fmt: skip
# Who tries all of them: the others meet the same door.
TRY_ALL = ("company-limited HR Manager", "manager of the team", "LMS Student")
# These keep only what the caller's own browser said, or what the database says of itself.
LOGS = ("Error Log", "Access Log", "Activity Log")
REFUSALS = (frappe.ValidationError, frappe.PermissionError)


@pytest.fixture
def world(monkeypatch):
	factory.mail_account()
	# What goes to the queue is tested where the queue is.
	monkeypatch.setattr(frappe, "enqueue", lambda *args, **kwargs: None)
	monkeypatch.setattr(rule_runs, "start", lambda *args: "0123456789")
	return two_companies.build()


def modules_of_the_app():
	app = Path(smooth_lms_hr.__file__).parent
	for file in sorted(app.rglob("*.py")):
		parts = file.relative_to(app.parent).with_suffix("").parts
		if "patches" not in parts:
			yield importlib.import_module(".".join(parts).removesuffix(".__init__"))


def public_path(function) -> str:
	"""Return the name by which a request calls a function: of the public ones all that is the package's."""
	module = (
		"smooth_lms_hr.api" if function.__module__.startswith("smooth_lms_hr.api.") else function.__module__
	)
	return f"{module}.{function.__name__}"


def whitelisted():
	"""Return every function of the app that a request can call, by its path."""
	for _module in modules_of_the_app():
		pass
	return {
		public_path(function): function
		for function in frappe.whitelisted
		if function.__module__.startswith("smooth_lms_hr.")
	}


def reports():
	"""Return what runs each of our reports, by its path."""
	return {
		f"{module.__name__}.execute": module.execute
		for module in modules_of_the_app()
		if ".report." in module.__name__ and hasattr(module, "execute")
	}


def filters_of(report) -> list[str]:
	"""Return the names of all that a report can be asked for, as its script in the browser offers them."""
	script = Path(inspect.getfile(report)).with_suffix(".js").read_text()
	return sorted(set(re.findall(r'fieldname: "(\w+)"', script)))


def value_for(parameter: str, record: frappe._dict, world: frappe._dict, company: str):
	"""Return what somebody would send for a parameter, by its name."""
	known = {
		"members": [record.member],
		"member": record.member,
		"employees": [record.employee],
		"employee": record.employee,
		"manager": record.employee,
		"user": record.member,
		"courses": [world.other_course],
		"course": world.course,
		"company": company,
		"assignments": [record.assignment],
		"assignment": record.assignment,
		"onboarding": record.onboarding,
		"rule": world.rule,
		"people": {"employees": [record.employee], "members": [record.member]},
		"request": record.request,
		"names": [record.compliance],
		"requests": [record.request],
		"document": record.document,
		"documents": [record.document],
		"document_type": "Forged",
		"kind": "Exemption",
		"grant": True,
		"answer": "Forged",
		"due_date": "2027-01-15",
		"reason": "Forged",
		"message": "Forged",
		"run": "0123456789",
		"training_due_days": 14,
		"text": record.given,
	}
	return known.get(parameter)


def arguments_for(function, record, world, company) -> dict:
	arguments = {}
	for name, parameter in inspect.signature(function).parameters.items():
		if parameter.kind is inspect.Parameter.VAR_KEYWORD:
			continue
		value = value_for(name, record, world, company)
		# What is named in a way that this does not know has to do with some text.
		if value is None and parameter.default is inspect.Parameter.empty:
			value = record.employee
		if value is not None:
			arguments[name] = value
	return arguments


def records_of(role: str, world: frappe._dict):
	yield "own", world.own[role], HERE
	for where, record in world.people.items():
		yield where, record, THERE if where == "there" else HERE


def ask(function, arguments: dict):
	"""Call as a request does; return all that comes back, as text, what was written, and the error, if any."""
	frappe.local.message_log, frappe.local.response = [], frappe._dict(docs=[])
	frappe.flags.error_message = None
	frappe.local.form_dict = frappe._dict(arguments)
	answer, error = None, None
	frappe.db.savepoint("attack")
	with Queries() as queries:
		try:
			if ".report." not in function.__module__:
				frappe.is_whitelisted(function)
			answer = frappe.call(function, **arguments)
		except Exception as raised:
			error = raised
	frappe.db.rollback(save_point="attack")
	frappe.db.value_cache.clear()
	written = [
		query
		for query in queries
		if query.lstrip().lower().startswith(("insert", "update", "delete", "replace"))
		and not any(log in query for log in LOGS)
	]
	refusal = frappe.as_json([str(error or ""), frappe.local.message_log, frappe.flags.error_message])
	said = refusal + frappe.as_json([binders.readable(answer), frappe.local.response])
	return said, refusal, written, error


def attack(function, path: str, role: str, where: str, arguments: dict, world) -> None:
	said, refusal, written, error = ask(function, arguments)
	about = (path, role, where, frappe.as_json(arguments)[:300])
	if error and not isinstance(error, REFUSALS):
		raise AssertionError(f"{about}: {error!r}") from error
	sent = frappe.as_json(arguments)
	leaked = [
		secret for secret in two_companies.secrets_from(world, role) if secret in said and secret not in sent
	]
	assert not leaked, (about, leaked, said)
	assert "<img" not in refusal, about
	# Managers remind their own people, and nothing else.
	remindable = role.startswith("manager") and where in ROLES[role] and path.endswith("send_reminder")
	# Whoever owes something asks about it, and takes back what they have asked or handed in.
	of_own = (".request_training", ".withdraw_request", ".withdraw_my_document")
	asks = where == "own" and path.endswith(of_own)
	verifies = path.endswith(".verify_documents")
	# What names nobody is about whoever asks.
	permitted = where in WRITERS.get(role, ()) or (role in WRITERS and not arguments)
	if verifies:
		permitted = role in VERIFIERS and where in ROLES[role]
	if not (permitted or remindable or asks):
		assert not written, (about, written)


def test_the_matrix_sees_the_app():
	assert len(whitelisted()) >= 20
	assert len(reports()) >= 4
	assert all(filters_of(report) for report in reports().values())


def test_every_argument_of_every_method_is_checked():
	for path, function in whitelisted().items():
		named = [
			name
			for name, parameter in inspect.signature(function).parameters.items()
			if parameter.kind is not inspect.Parameter.VAR_KEYWORD
		]
		# What Frappe wraps is what our own check wrapped, and it hides the annotations from Frappe's.
		door = function.__wrapped__
		assert not named or (hasattr(door, "__wrapped__") and door.__annotations__ == {}), path


def test_nobody_gets_or_changes_what_is_not_theirs(world):
	for path, function in whitelisted().items():
		for role, user in world.users.items():
			frappe.set_user(user)
			for where, record, company in records_of(role, world):
				attack(function, path, role, where, arguments_for(function, record, world, company), world)


def test_no_value_is_nasty_enough(world):
	for path, function in whitelisted().items():
		for role in TRY_ALL:
			frappe.set_user(world.users[role])
			arguments = arguments_for(function, world.people["there"], world, THERE)
			for name in inspect.signature(function).parameters:
				for nasty in NASTY:
					attack(function, path, role, "there", {**arguments, name: nasty}, world)
					if name == "people":
						for key in ("members", "employees", "company", "department", "designation", "branch"):
							attack(function, path, role, "there", {**arguments, name: {key: nasty}}, world)


def test_what_is_missing_is_asked_for_by_name(world):
	frappe.set_user(world.users["HR Manager"])
	for path, function in whitelisted().items():
		arguments = arguments_for(function, world.people["team"], world, HERE)
		for name, parameter in inspect.signature(function).parameters.items():
			if parameter.default is inspect.Parameter.empty and name in arguments:
				rest = {key: value for key, value in arguments.items() if key != name}
				_said, refusal, _written, error = ask(function, rest)
				assert isinstance(error, frappe.ValidationError), (path, name, error)
				assert name in refusal, (path, name, refusal)


def test_no_filter_is_nasty_enough_for_a_report(world):
	roles = [role for role in ROLES if ROLES[role] and not role.startswith("manager")]
	for path, report in reports().items():
		for role in roles:
			frappe.set_user(world.users[role])
			for where, record, company in records_of(role, world):
				for name in filters_of(report):
					value = value_for(name, record, world, company)
					attack(report, path, role, where, {"filters": {name: value} if value else {}}, world)
		frappe.set_user(world.users["company-limited HR Manager"])
		for nasty in NASTY:
			attack(report, path, "company-limited HR Manager", "there", {"filters": nasty}, world)
			for name in filters_of(report):
				attack(report, path, "company-limited HR Manager", "there", {"filters": {name: nasty}}, world)
