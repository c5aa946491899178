"""One of several processes that work on the scratch site of a bench at once, with real commits.

python -m tests.site.worker <function> <arguments as JSON> prints what the function returns, as JSON.
"""

import json
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from datetime import date

import frappe
from lms.lms.api import delete_course

from smooth_lms_hr import api, daily
from smooth_lms_hr.following import merging, progress
from smooth_lms_hr.telling import collect
from tests.site import bench_harness, differences, factory, simulation, stage
from tests.site.agreement import disagreements, hr_managers, queued_mails
from tests.site.askers import (  # noqa: F401 (called by name)
	answer_at,
	ask_at,
	clear_asker_away,
	gather_asker,
	look_at_asker,
)
from tests.site.crowd import clear_away, gather, jostle, settle  # noqa: F401 (called by name)
from tests.site.faults.database import kill_connections  # noqa: F401 (called by name)
from tests.site.faults.day import (  # noqa: F401 (called by name)
	begin_the_day,
	live_by_two_at_once,
	live_undisturbed_and_killed,
)
from tests.site.killed_binder import (  # noqa: F401 (called by name)
	clear_binder_away,
	gather_for_binder,
	kill_binder_at,
)
from tests.site.killed_campaign import (  # noqa: F401 (called by name)
	clear_campaign_away,
	do_parts,
	gather_for_campaign,
	kill_at,
	look_at_campaign,
	share,
)
from tests.site.killed_retention import (  # noqa: F401 (called by name)
	clear_retention_away,
	gather_for_retention,
	kill_retention_at,
)
from tests.site.killed_rule import (  # noqa: F401 (called by name)
	clear_rule_away,
	gather_for_rule,
	gather_many_for_rule,
	kill_rule_at,
	kill_rule_of_many,
)
from tests.site.movers import (  # noqa: F401 (called by name)
	ask_everybody_at,
	clear_mover_away,
	gather_mover,
	look_at_mover,
	move,
)
from tests.site.printed import (  # noqa: F401 (called by name)
	clear_certificate_away,
	gather_for_certificate,
	make_up_for_it,
	print_certificate,
)
from tests.site.saying import say, wait_for
from tests.site.shared_campaign import (  # noqa: F401 (called by name)
	come_by,
	do_part_while,
	do_parts_and_think,
	queue_part_and_think,
	share_while,
	start_and_think,
)
from tests.site.stage import ASSIGNMENT, set_up, start_over, tear_down  # noqa: F401 (called by name)
from tests.site.verifiers import (  # noqa: F401 (called by name)
	at_once,
	clear_verifiers_away,
	decide_at,
	gather_verifiers,
	hold_at,
	let_a_day_pass,
	look_at_verifiers,
)

# So small that a run has many steps to be killed between and within.
MEMBERS_PER_CHUNK = 4
# Several different days are to be hit, in their first half and in their second.
KILLS_A_DAY = 4
# Frappe tries a mail four times; where it gives up a round, one more is needed for the rest.
ROUNDS = 8
# What a run does before its first mail takes about as long as this.
SECONDS_BEFORE = 0.1


def make_hire(courses: int, onboardings: int, lessons: int = 0) -> dict:
	"""Commit a person, mandatory courses, and as many onboardings' worth of applicants and offers."""
	hr = factory.hr_manager()
	employee = factory.employee(factory.user())
	made = {
		"hr": hr,
		"member": employee.user_id,
		"employee": employee.name,
		"courses": [factory.course(lessons=lessons) for _ in range(courses)],
		"offers": [],
	}
	for _ in range(onboardings):
		applicant = factory.applicant()
		made["offers"].append([applicant, factory.offer(applicant)])
	factory.holiday_list()
	return made


def onboard(hr: str, employee: str, applicant: str, offer: str, start_at: float) -> dict:
	"""Insert an onboarding at the agreed moment, as HR.

	:param start_at: seconds since the epoch
	"""
	frappe.set_user(hr)
	doc = factory.new_onboarding(job_applicant=applicant, job_offer=offer, employee=employee)
	# Everybody's view of the database is from before anybody has written.
	frappe.db.sql("select count(*) from `tabLMS Training Assignment`")
	time.sleep(max(0, start_at - time.time()))
	doc.insert()
	return {"onboarding": doc.name, "status": doc.training_status, "note": doc.training_note}


def waive_and_think(hr: str, assignment: str, seconds: float) -> dict:
	"""Waive an assignment, as HR, and commit it only so long after ``catch_up`` has begun in another process."""
	frappe.set_user(hr)
	answer = api.waive([assignment], "Has a licence")
	say("decided")
	wait_for("catching up")
	time.sleep(seconds)
	return answer


def learn(member: str, courses: list[str]) -> None:
	"""Have the first lesson of each course completed, with nobody told."""
	for course in courses:
		factory.learn_silently(member, course, 1)


def catch_up(step: str, days: int) -> list:
	"""Run a step of the daily run, as it is so many days later, while ``waive_and_think`` thinks.

	:return: how many seconds it took, and what it returned
	"""
	today = frappe.utils.getdate(frappe.utils.add_days(None, days))
	wait_for("decided")
	say("catching up")
	begun = time.time()
	if step == "flag_overdue":
		found = [name for chunk in progress.chunks_of_late(today, 10) for name in chunk]
		done = sum(progress.flag_overdue(found, today).values())
	else:
		found = [name for chunk in progress.chunks_of_open(10) for name in chunk]
		done = progress.reconcile(found, today)
	return [time.time() - begun, done]


def assign(hr: str, member: str, course: str, while_: str | None = None) -> dict:
	"""Assign a course to somebody, as HR.

	:param while_: what another process is to have said before, None not to wait
	"""
	frappe.set_user(hr)
	if while_:
		wait_for(while_)
	return api.assign_mandatory_training([member], courses=[course])


def merge_courses_and_think(old: str, new: str, seconds: float) -> None:
	"""Merge a course into another one, and take so long to decide what is left of what people owe of both."""
	decide = merging.standing.given_up

	def think(*args):
		say("deciding")
		time.sleep(seconds)
		return decide(*args)

	merging.standing.given_up = think
	frappe.rename_doc("LMS Course", old, new, merge=True)


def owed(member: str) -> dict:
	fields = ["course", "name", "cycle", "enrollment", "status", "progress"]
	return {
		"assignments": frappe.get_all("LMS Training Assignment", {"member": member}, fields, order_by="name"),
		"enrolments": frappe.get_all(
			"LMS Enrollment", {"member": member}, ["course", "name"], order_by="name"
		),
	}


def clean_up(member: str, employee: str, hr: str, courses: list[str], offers: list) -> None:
	frappe.db.delete("LMS Training Assignment", {"member": member})
	frappe.db.delete("LMS Enrollment", {"member": member})
	frappe.db.delete("LMS Course Progress", {"member": member})
	applicants = [applicant for applicant, _offer in offers]
	for name in frappe.get_all("Employee Onboarding", {"job_applicant": ("in", applicants)}, pluck="name"):
		frappe.delete_doc("Employee Onboarding", name, force=True)
	for applicant, offer in offers:
		frappe.delete_doc("Job Offer", offer, force=True)
		frappe.delete_doc("Job Applicant", applicant, force=True)
	for course in courses:
		delete_course(course)
	frappe.delete_doc("Employee", employee, force=True)
	for user in (member, hr):
		frappe.delete_doc("User", user, force=True)


def act(seed: int) -> dict:
	"""Act out the long story.

	:return: "ends": when each day was over, in seconds since the epoch; "statuses": of the assignments by member and
	        course; "disagreements": see there; "others_of_hr": HR Managers who are none of ours
	"""
	differences.set_test_mode(False)
	stage.spare_the_styles()
	ends = []
	for day, _oracle in simulation.long_story(seed):
		stage.live(day)
		stage.flush()
		ends.append(time.time())
	rows = frappe.get_all(
		ASSIGNMENT, {"member": ("like", simulation.address("%"))}, ["member", "course_title", "status"]
	)
	return {
		"ends": ends,
		"statuses": sorted([row.member, row.course_title, row.status] for row in rows),
		"disagreements": disagreements(),
		"others_of_hr": [
			user for user in hr_managers() if user not in map(simulation.address, simulation.HR_MANAGERS)
		],
	}


def act_and_be_killed(seed: int, kills: int) -> dict:
	"""Act out the short story, each run in a child process, and kill these at random moments until so many were killed.

	:return: "kills": of each the day's number, and how many of how many mails the day had queued by then; "days": the
	        numbers of all days; "disagreements": after each kill and at the end; "queued": see ``queued_mails``
	"""
	chance, pace, killed, days, found = random.Random(seed), 0.02, [], [], []
	for number in simulation.BUSY_DAYS:
		days.append(number)
		*_before, (day, oracle) = simulation.short_story(days)
		for event in day.events:
			stage.act_out(day.date, event)
		owed, queued, ended = sum(oracle.mails[day.date].values()), 0, False
		kills_left = min(KILLS_A_DAY, kills - len(killed))
		while not ended:
			patience = None
			if queued < owed and kills_left:
				# So that on average the day's kills are spread evenly over what is left of its work.
				patience = chance.uniform(0, 2 * (SECONDS_BEFORE + (owed - queued) * pace) / (kills_left + 1))
			lived, ended = _run_in_child(day.date, patience)
			before, queued = queued, stage.count_queued(day.date)
			found += disagreements()
			if not ended:
				kills_left -= 1
				killed.append([number, queued, owed])
			if queued > before:
				pace = (pace + max(lived - SECONDS_BEFORE, 0) / (queued - before)) / 2
		if len(killed) == kills:
			break
	return {"kills": killed, "days": days, "disagreements": found, "queued": queued_mails()}


def act_and_be_refused(days: Sequence[int]) -> dict:
	"""Act out the short story with a mail server that does not want every mail, and try as often as Frappe does.

	:return: "rounds": how often the queue was flushed; "aborted": how often Frappe gave a round up; "queued" and
	        "disagreements": see there
	"""
	differences.set_test_mode(False)
	stage.spare_the_styles()
	rounds = aborted = 0
	for day, _oracle in simulation.short_story(days):
		stage.live(day)
		waiting = {"status": ("in", ("Not Sent", "Partially Sent"))}
		for _round in range(ROUNDS):
			if not (day.runs and frappe.db.exists("Email Queue", waiting)):
				break
			rounds += 1
			try:
				stage.flush()
			except frappe.ValidationError:
				# Frappe's own: a third of a batch has failed, the rest is for the next round.
				aborted += 1
			# What was refused does not make us say it again.
			daily.run(day.date)
	return {
		"rounds": rounds,
		"aborted": aborted,
		"queued": queued_mails(),
		"disagreements": disagreements(),
	}


def retry_refused() -> dict:
	"""Send again what Frappe has given up, as HR does with the button in the Email Queue."""
	differences.set_test_mode(False)
	stage.stop_clock(simulation.START)
	differences.send_again(frappe.get_all("Email Queue", {"status": "Error"}, pluck="name"))
	stage.flush()
	return {"queued": queued_mails(), "disagreements": disagreements()}


def _run_in_child(today: date, patience: float | None) -> tuple[float, bool]:
	"""Let the job run in a child process, and kill it.

	:param patience: how many seconds after its start; None not to kill it at all
	:return: how many seconds it ran, and whether to its end
	"""
	# A child must not share this process's connection.
	frappe.destroy()
	readable, writable = os.pipe()
	if not (child := os.fork()):
		code = 1
		try:
			_connect()
			stage.spare_the_styles()
			collect.MEMBERS_PER_CHUNK = MEMBERS_PER_CHUNK
			stage.stop_clock(today)
			os.write(writable, b".")
			daily.run(today)
			code = 0
		except BaseException:
			traceback.print_exc()
		finally:
			os._exit(code)
	os.close(writable)
	os.read(readable, 1)
	os.close(readable)
	started = time.monotonic()
	if patience is not None:
		time.sleep(patience)
		# A child of this process, be it a dead one, until it is waited for: the id is nobody else's yet.
		os.kill(child, signal.SIGKILL)
	_pid, status = os.waitpid(child, 0)
	lived = time.monotonic() - started
	_connect()
	stage.stop_clock(today)
	assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0, "the run failed, see above"
	return lived, not os.WIFSIGNALED(status)


def _connect() -> None:
	frappe.init(bench_harness.SITE)
	frappe.connect()


if __name__ == "__main__":
	bench_harness.start()
	answer = globals()[sys.argv[1]](**json.loads(sys.argv[2]))
	frappe.db.commit()
	print("\n" + frappe.as_json(answer, indent=None))
	frappe.destroy()
