"""/training-record: who reads whose record on a page, and what is on it."""

import frappe
import pytest
from frappe.utils import set_request
from frappe.website.serve import get_response

from smooth_lms_hr import api
from smooth_lms_hr.sources.names import EVIDENCE
from tests.site import factory, two_companies
from tests.site.binders import Binder, with_file
from tests.site.sealing import learned
from tests.site.test_binder_file import document

PATH = "/training-record"
MARKUP = "<img src=x onerror=alert(1)>"


@pytest.fixture(autouse=True)
def _no_request_remains():
	yield
	for name in ("request", "request_ip"):
		if hasattr(frappe.local, name):
			delattr(frappe.local, name)


@pytest.fixture
def page(as_user):
	def open_as(reader: str, **parameters) -> tuple[int, str]:
		"""Return the status and the HTML that a browser is given."""
		as_user(reader)
		frappe.session.data.user_type = "System User"
		frappe.local.form_dict = frappe._dict(parameters)
		set_request(method="GET", path=PATH, query_string=parameters)
		response = get_response()
		return response.status_code, response.get_data(as_text=True)

	return open_as


@pytest.fixture
def certified(owed):
	"""Evidence of what the hire owes, with a certificate."""
	return frappe.get_doc(EVIDENCE, with_file(learned(owed)))


def test_hr_reads_what_was_owed_done_and_is_held_with_the_files_where_they_are(page, certified, hire, hr):
	document(hire)
	status, html = page(hr, employee=hire.name)
	assert status == 200
	for words in ("What was owed", "Fire Safety", "History", "Documents", "Forklift &lt;licence&gt;"):
		assert words in html
	address = frappe.db.get_value(EVIDENCE, certified.name, "certificate_file")
	assert f'href="{address}"' in html
	assert f"/app/employee/{hire.name}" in html
	assert "data-print" in html
	assert f"up to {frappe.utils.formatdate(frappe.utils.getdate())}<" in html


def test_a_page_of_a_binder_is_the_same_without_the_bar_and_asks_no_server(page, certified, hire, hr):
	binder = Binder(api.export_evidence([hire.name])).page(hire.name)
	assert "data-print" not in binder
	assert "script" not in binder
	_status, html = page(hr, employee=hire.name)
	section = html[html.index("<section>") :].split("</section>")[0]
	address = frappe.db.get_value(EVIDENCE, certified.name, "certificate_file")
	path = f"../certificates/{hire.name}/Fire_Safety-{certified.name}.pdf"
	assert section.replace(address, path) in binder


def test_everybody_reads_their_own(page, certified, hire):
	status, html = page(hire.user_id)
	assert status == 200
	assert "Fire Safety" in html
	assert page(hire.user_id, employee=hire.name)[0] == 200
	assert "/app/employee/" not in html


def test_who_is_not_to_see_somebody_finds_what_there_is_where_there_is_nobody(page, certified, hire):
	stranger = factory.employee(factory.user("Employee")).user_id
	found, missing = page(stranger, employee=hire.name), page(stranger, employee="HR-EMP-NONE")
	assert found[0] == missing[0] == 404
	for _status, html in (found, missing):
		assert hire.employee_name not in html
		assert "Fire Safety" not in html
	assert page(stranger, user=hire.user_id)[0] == 404


def test_what_one_is_not_to_see_is_there_for_the_next(page, certified, hire, hr):
	stranger = factory.employee(factory.user("Employee")).user_id
	for _time in range(2):
		assert page(stranger, employee=hire.name)[0] == 404
		assert page(hr, employee=hire.name)[0] == 200


def test_a_manager_reads_of_the_team_what_is_the_managers_to_read(page, hire, certified):
	document(hire, title="Health check")
	boss = factory.employee(factory.user("Employee"))
	frappe.db.set_value("Employee", hire.name, "reports_to", boss.name)
	hire.reload()
	hire.reports_to = boss.name
	hire.save()
	status, html = page(boss.user_id, employee=hire.name)
	assert status == 200
	assert "Fire Safety" in html
	assert "Health check" not in html
	assert "Joined" not in html


def test_hr_of_one_company_reads_nobody_of_the_other(page):
	world = two_companies.build()
	user = world.users["company-limited HR Manager"]
	assert page(user, employee=world.people["team"].employee)[0] == 200
	assert page(user, employee=world.people["there"].employee)[0] == 404


def test_somebody_without_an_employee_has_a_page_too(page, hr):
	frappe.set_user("Administrator")
	contractor, course = factory.user(), factory.course("Ladders")
	frappe.set_user(hr)
	assert page(hr, user=contractor)[0] == 404
	api.assign_mandatory_training(members=[contractor], courses=[course])
	status, html = page(hr, user=contractor)
	assert status == 200
	assert "Ladders" in html
	assert page(contractor)[0] == 200


def test_what_others_typed_is_text(page, hire, owed, hr):
	frappe.db.set_value("Employee", hire.name, "employee_name", MARKUP)
	frappe.db.set_value(
		"LMS Training Assignment", owed.name, {"course_title": MARKUP, "due_date_basis": MARKUP}
	)
	_status, html = page(hr, employee=hire.name)
	assert "<img" not in html
	assert "&lt;img src=x" in html


@pytest.mark.parametrize("nasty", ["\0", "x" * 10_000, "' or 1=1 --", "../..", MARKUP])
def test_no_name_is_nasty_enough(page, hr, nasty):
	for parameter in ("employee", "user"):
		status, html = page(hr, **{parameter: nasty})
		assert status == 404
		assert MARKUP not in html


def test_guests_are_asked_to_log_in(page):
	assert page("Guest")[0] in (301, 302)


def test_a_file_that_the_record_only_names_is_no_link(page, certified, hire, hr):
	frappe.db.set_value(EVIDENCE, certified.name, "certificate_file", "javascript:alert(1)")
	_status, html = page(hr, employee=hire.name)
	assert "javascript:" not in html
