"""Four months of deadlines on a real bench, with real commits and real mail: everything owed arrives, nothing twice.

A worker process acts the stories of simulation.py out on the site, and Frappe sends what it has queued to a mail server
here. What arrives there has to be what the oracle says, mail by mail.
"""

import bisect
import json
import socket
import time
from collections import Counter
from datetime import timedelta
from email import message_from_bytes

import frappe
import pytest

from tests.site import simulation
from tests.site.conftest import ENGINE
from tests.site.processes import start
from tests.site.simulated_mails import Mail, read_mail
from tests.site.simulation import DOMAIN, HR, START, address

SEED = 4
KILLS = 20
DAYS_REFUSED = (0, 14)


def work(function: str, **arguments):
	"""Let a worker process do something, and return what it answers."""
	process = start(function, **arguments)
	out, err = process.communicate(timeout=600)
	assert process.returncode == 0, err[-3000:]
	return json.loads(out.strip().splitlines()[-1])


class MailServer:
	"""Takes mail on a port of this machine, all of it or not every third."""

	def __init__(self):
		self.accepted: list[tuple[float, str, str]] = []
		self.picky = False
		self.seen: dict[str, int] = {}
		self.answers = Counter()

	async def handle_DATA(self, _server, _session, envelope):
		answer = self._answer(message_from_bytes(envelope.content)["Message-Id"])
		self.answers[answer] += 1
		if answer == "250 OK":
			for to in envelope.rcpt_tos:
				self.accepted.append((time.time(), to, envelope.content.decode()))
		return answer

	def _answer(self, message_id: str) -> str:
		known = message_id in self.seen
		number = self.seen.setdefault(message_id, len(self.seen))
		if not self.picky or number % 3:
			return "250 OK"
		# Of the third mails one half is refused for now, the other half for good.
		if number % 6:
			return "550 No such person"
		return "250 OK" if known else "451 Come again later"


@pytest.fixture(autouse=True)
def _rolled_back():
	"""Keep this process out of transactions, whose locks would be in the way of those that act."""
	frappe.db.rollback()


@pytest.fixture(scope="module")
def server():
	if ENGINE != "bench":
		pytest.skip("needs MariaDB: processes that are killed, and Frappe's own mail queue")
	from aiosmtpd.controller import Controller

	with socket.socket() as probe:
		probe.bind(("127.0.0.1", 0))
		port = probe.getsockname()[1]
	handler = MailServer()
	controller = Controller(handler, hostname="127.0.0.1", port=port)
	controller.start()
	handler.port = port
	yield handler
	controller.stop()


@pytest.fixture(scope="module")
def company(server):
	try:
		work("set_up", port=server.port)
		yield
	finally:
		work("tear_down")


@pytest.fixture
def inbox(company, server):
	server.accepted.clear()
	server.answers.clear()
	server.picky = False
	yield server
	work("start_over")


def read(accepted) -> Counter[Mail]:
	dates = {
		frappe.utils.formatdate(day): day
		for day in (START + timedelta(days=number) for number in range(2 * simulation.DAYS))
	}
	return Counter(read_mail(to, message, simulation.COURSES, dates) for _when, to, message in accepted)


def mails_of(queued: list[dict]) -> Counter[tuple[str, Mail]]:
	"""Return what is in Frappe's queue, by the day on which it was put there."""
	return Counter(
		(
			row["day"],
			Mail(
				row["to"],
				row["subject"],
				tuple((who, course, frappe.utils.getdate(due)) for who, course, due in row["rows"]),
			),
		)
		for row in queued
	)


def arrivals(queued: list[dict]) -> Counter[Mail]:
	return Counter(mail for _day, mail in mails_of(queued).elements())


def told_by(oracle: simulation.Oracle) -> Counter[tuple[str, Mail]]:
	return Counter(
		{(str(day), mail): count for day, mails in oracle.mails.items() for mail, count in mails.items()}
	)


def ours(mails: Counter) -> Counter:
	"""Leave out what went to HR Managers that the site has besides."""

	def mail_of(key):
		return key if isinstance(key, Mail) else key[1]

	return Counter({key: count for key, count in mails.items() if mail_of(key).to.endswith(DOMAIN)})


def test_the_mails_of_120_days_are_those_that_are_owed(inbox):
	answer = work("act", seed=SEED)
	*_before, (_last, oracle) = simulation.long_story(SEED)
	ends, arrived = answer["ends"], {}
	for mail in inbox.accepted:
		day = START + timedelta(days=bisect.bisect_left(ends, mail[0]))
		arrived.setdefault(day, []).append(mail)
	for number in range(simulation.DAYS):
		day = START + timedelta(days=number)
		mails = read(arrived.pop(day, []))
		assert ours(mails) == oracle.mails[day], f"on day {number}, {day}"
		# Whoever else is HR on this site is told what our HR is told.
		for other in answer["others_of_hr"]:
			to_hr = {(mail.subject, mail.rows) for mail in mails if mail.to == address(HR)}
			assert {(mail.subject, mail.rows) for mail in mails if mail.to == other} == to_hr
	assert not arrived
	assert answer["statuses"] == oracle.statuses()
	assert answer["disagreements"] == []


def test_killed_twenty_times_ledger_and_queue_agree_and_nothing_is_missing(inbox):
	answer = work("act_and_be_killed", seed=SEED, kills=KILLS)
	assert answer["disagreements"] == []
	*_before, (_last, oracle) = simulation.short_story(answer["days"])
	assert ours(mails_of(answer["queued"])) == told_by(oracle)
	assert len(answer["kills"]) == KILLS
	# They hit runs that were under way: with some of the day's mails committed, and some not.
	assert sum(0 < queued < owed for _day, queued, owed in answer["kills"]) > KILLS / 4, answer["kills"]


def test_where_every_third_mail_is_refused_the_others_go_out_and_nothing_is_said_twice(inbox):
	inbox.picky = True
	answer = work("act_and_be_refused", days=DAYS_REFUSED)
	*_before, (_last, oracle) = simulation.short_story(DAYS_REFUSED)
	assert answer["disagreements"] == []
	assert ours(mails_of(answer["queued"])) == told_by(oracle)

	by_status = Counter(row["status"] for row in answer["queued"])
	assert set(by_status) == {"Sent", "Error"}
	refused = [row for row in answer["queued"] if row["status"] == "Error"]
	assert all("550" in row["error"] for row in refused)
	put_off = [row for row in answer["queued"] if row["status"] == "Sent" and row["retry"]]
	assert all("451" in row["error"] for row in put_off)
	# Every third of them, one half for good and one for a while.
	assert abs(len(refused) + len(put_off) - len(answer["queued"]) / 3) <= 1
	assert abs(len(refused) - len(put_off)) <= 1
	sent = [row for row in answer["queued"] if row["status"] == "Sent"]
	assert read(inbox.accepted) == arrivals(sent)

	inbox.picky = False
	answer = work("retry_refused")
	assert answer["disagreements"] == []
	assert {row["status"] for row in answer["queued"]} == {"Sent"}
	assert read(inbox.accepted) == arrivals(answer["queued"])
