"""Requests on the pages: /my-training for who asks, /my-team-training for who answers."""

import re
from datetime import timedelta

import frappe
import pytest
from frappe.utils import global_date_format, set_request
from frappe.website.serve import get_response

from smooth_lms_hr import api
from smooth_lms_hr.showing import requests
from tests.site import factory
from tests.site.asking import answer, let_managers_answer
from tests.site.conftest import TODAY
from tests.site.queries import number_of

MARKUP = '"<img src=x onerror=alert(1)>"'
LATER = TODAY + timedelta(days=60)


@pytest.fixture(autouse=True)
def _no_request_remains():
	yield
	for name in ("request", "request_ip"):
		if hasattr(frappe.local, name):
			delattr(frappe.local, name)


def page(user, path):
	"""Return the HTML that somebody's browser gets."""
	frappe.set_user(user)
	set_request(method="GET", path=path)
	html = get_response().get_data(as_text=True)
	frappe.set_user("Administrator")
	return html


def words_of(html):
	"""Return what a page says, without its markup."""
	return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def test_an_open_card_offers_to_ask_and_shows_what_was_asked(team, worker):
	html = page(worker.user_id, "/my-training")
	assert html.count("data-ask ") == 1
	assert "Withdraw" not in html
	factory.request(team().name, reason=MARKUP, wanted_date=str(LATER))
	html = page(worker.user_id, "/my-training")
	said = words_of(html)
	for part in ("Extension", "Open", f"until {global_date_format(LATER)}", "Withdraw"):
		assert part in said, part
	assert "<img src=x" not in html
	# What is asked already is not offered.
	assert 'data-kinds="Exemption,Done Elsewhere"' in html


def test_an_answer_stays_on_the_card_with_its_words(team, worker, as_user):
	name = factory.request(team().name)
	as_user(factory.hr_manager())
	answer(name, grant=False, words="It is the <b>law</b>")
	html = page(worker.user_id, "/my-training")
	assert "Refused" in words_of(html)
	assert "answered: It is the ‹b&gt;law‹/b&gt;" in html
	assert 'data-kinds="Extension,Exemption,Done Elsewhere"' in html


def test_of_each_kind_the_last_request_is_shown(team, worker, as_user):
	hr = factory.hr_manager()
	as_user(hr)
	first = factory.request(team().name)
	frappe.db.set_value("LMS Training Request", first, "creation", "2026-11-20 10:00:00")
	answer(first, grant=False, words="No")
	second = factory.request(team().name, reason="Once more")
	about = requests.of_learner(worker.user_id, [team()])[team().name]
	assert [row.name for row in about["requests"]] == [second]
	assert about["kinds"] == ["Exemption", "Done Elsewhere"]


def test_many_requests_cost_as_many_queries_as_one(boss, worker):
	for _each in range(4):
		factory.course()
	factory.onboarding(employee=worker.name)
	rows = factory.assignments(member=worker.user_id)
	hr = factory.hr_manager()

	def count():
		requests.to_answer(hr)
		requests.of_learner(worker.user_id, rows)
		return number_of(lambda: requests.to_answer(hr)), number_of(
			lambda: requests.of_learner(worker.user_id, rows)
		)

	factory.request(rows[0].name)
	before = count()
	for row in rows[1:]:
		factory.request(row.name)
	assert count() == before
	assert len(requests.to_answer(hr)["rows"]) == 4


def test_hr_sees_what_waits_for_an_answer(team):
	name = factory.request(team().name, reason=MARKUP, wanted_date=str(LATER))
	html = page(factory.hr_manager(), "/my-team-training")
	assert f'data-request="{name}"' in html
	said = words_of(html)
	for part in ("Requests", "Safety", "Extension", f"Until {global_date_format(LATER)}", "Grant", "Refuse"):
		assert part in said, part
	assert "<img src=x" not in html


def test_who_answers_nothing_sees_no_requests(team, boss):
	factory.request(team().name)
	for user in (factory.user("HR User"), boss.user_id):
		assert 'id="requests"' not in page(user, "/my-team-training")


def test_a_manager_sees_the_extensions_of_the_team(team, boss, worker):
	let_managers_answer()
	assert "Nobody is waiting for an answer." in page(boss.user_id, "/my-team-training")
	mine = factory.request(team().name)
	exemption = factory.request(team().name, "Exemption")
	stranger = factory.employee(factory.user())
	factory.onboarding(employee=stranger.name)
	others = factory.request(factory.assignment(member=stranger.user_id).name)
	html = page(boss.user_id, "/my-team-training")
	assert mine in html
	assert exemption not in html
	assert others not in html


def test_nobody_is_offered_their_own_to_answer(as_user):
	hr = factory.hr_manager()
	factory.course("Safety")
	factory.onboarding(employee=factory.employee(hr).name)
	factory.request(factory.assignment(member=hr).name)
	as_user(hr)
	assert requests.to_answer(hr)["rows"] == []


def test_the_oldest_come_first_and_the_page_says_that_there_are_more(boss, worker, monkeypatch):
	monkeypatch.setattr(requests, "SHOWN", 2)
	for _each in range(3):
		factory.course()
	factory.onboarding(employee=worker.name)
	asked = [factory.request(row.name) for row in factory.assignments(member=worker.user_id)]
	for hour, name in enumerate(asked):
		frappe.db.set_value("LMS Training Request", name, "creation", f"2026-11-20 1{9 - hour}:00:00")
	hr = factory.hr_manager()
	found = requests.to_answer(hr)
	assert ([row.name for row in found["rows"]], found["more"]) == ([asked[2], asked[1]], True)
	assert "There are more" in page(hr, "/my-team-training")


def test_the_workspaces_card_counts_what_is_open(team, as_user):
	factory.request(team().name)
	as_user(factory.hr_manager())
	card = {"document_type": "LMS Training Request", "function": "Count"}
	from frappe.desk.doctype.number_card.number_card import get_result

	assert get_result(frappe._dict(card), [["LMS Training Request", "status", "=", "Open"]]) == 1
	api.answer_request(frappe.get_all("LMS Training Request", pluck="name"), True)
	assert get_result(frappe._dict(card), [["LMS Training Request", "status", "=", "Open"]]) == 0
