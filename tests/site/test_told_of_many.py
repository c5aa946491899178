"""Who is told of very many people gets one mail that shows the most urgent, counts all, and holds no more than a chunk."""

import gc

import frappe
import pytest

from smooth_lms_hr import daily
from smooth_lms_hr.record import ledger
from smooth_lms_hr.telling import collect, mails, send
from tests.site import factory
from tests.site.mailbox import owe_and_know, read_mails

pytestmark = pytest.mark.usefixtures("settings")

LEDGER = "LMS Training Notification"
PEOPLE, TITLES = 6, ("Fire", "Water")
OWED = PEOPLE * len(TITLES)


def plain(mail):
	"""Return the text of a mail, which says the same once more as HTML."""
	return mail.partition("<!DOCTYPE")[0]


@pytest.fixture
def team(boss):
	found = [factory.employee(factory.user(), reports_to=boss.name) for _ in range(PEOPLE)]
	owe_and_know(*found, titles=TITLES)
	return found


@pytest.fixture(params=[1, 2, 200])
def chunks(request, monkeypatch):
	monkeypatch.setattr(collect, "MEMBERS_PER_CHUNK", request.param)
	return request.param


@pytest.mark.parametrize("shown", [1, 5, OWED - 1])
def test_a_mail_shows_the_first_and_counts_all(team, boss, clock, monkeypatch, chunks, shown):
	monkeypatch.setattr(send, "SHOWN", shown)
	hr = factory.user("HR Manager")
	frappe.db.set_value("LMS Training Assignment", {"employee": team[-1].name}, "due_date", "2026-12-20")
	clock(44)
	daily.run()
	told = {to: (subject, plain(text)) for to, subject, text in read_mails() if to in (boss.user_id, hr)}
	assert told[hr][0] == f"Overdue training: {OWED} to follow up"
	assert told[boss.user_id][0] == f"Training of your team: {OWED} overdue, 0 due soon"
	for _subject, text in told.values():
		assert f"{OWED} trainings are overdue." in text
		assert "due soon" not in text
		assert f"and {OWED - shown} more" in text
		assert sum(text.count(title) for title in TITLES) == shown
		# Who has been late for longest comes first.
		assert team[-1].employee_name in text
	assert frappe.db.count(LEDGER, {"recipient": hr}) == OWED
	assert not frappe.db.exists(LEDGER, {"recipient": hr, "email_queue": ("is", "not set")})
	daily.run()
	assert read_mails() == []


def test_a_text_that_hr_wrote_counts_all_of_them(team, clock, monkeypatch):
	monkeypatch.setattr(send, "SHOWN", 2)
	hr = factory.user("HR Manager")
	template = frappe.get_doc("Email Template", "HR Training Digest")
	template.update(
		{
			"subject": "{{ late }} of {{ rows | length }}",
			"response_html": "{% for row in rows %}[{{ row.employee_name }}]{% endfor %}",
		}
	)
	template.save()
	clock(44)
	daily.run()
	((_to, subject, text),) = read_mails(hr)
	assert subject == f"{OWED} of {OWED}"
	assert plain(text).count("[") == 3


def test_a_mail_that_shows_all_says_of_no_more(team, boss, clock):
	clock(31)
	daily.run()
	((_to, _subject, text),) = read_mails(boss.user_id)
	assert "more" not in text
	assert sum(plain(text).count(title) for title in TITLES) == OWED


def test_no_more_than_a_chunk_of_what_is_to_be_said_is_held(team, clock, monkeypatch):
	monkeypatch.setattr(collect, "MEMBERS_PER_CHUNK", 1)
	for _ in range(3):
		factory.user("HR Manager")
	queue, held = mails.queue, []

	def number() -> int:
		gc.collect()
		return sum(isinstance(each, ledger.Notice) for each in gc.get_objects())

	# Of tests before this one.
	others = number()

	def look(*args, **kwargs):
		held.append(number() - others)
		return queue(*args, **kwargs)

	monkeypatch.setattr(mails, "queue", look)
	clock(44)
	daily.run()
	assert len(held) == PEOPLE + 1 + 3
	# One person's: what was said, and what is to be said to themselves, their manager and HR.
	assert max(held) <= len(TITLES) * 8


def test_who_had_a_later_digest_has_had_this_one(boss):
	for occasion in ("2026-11-23", "2026-11-30"):
		notice = ledger.Notice("TA-1", ledger.DIGEST, occasion, "Manager", boss.user_id, occasion)
		ledger.write([notice], None)
	ledger.write(
		[ledger.Notice("TA-1", ledger.LADDER, "2026-12-30", "HR", "other@example.com", "2026-12-30")], None
	)
	for occasion, had in (
		("2026-11-16", {boss.user_id}),
		("2026-11-30", {boss.user_id}),
		("2026-12-07", set()),
	):
		assert ledger.had_digest(frappe.utils.getdate(occasion)) == had
