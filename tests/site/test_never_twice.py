"""Several processes at once, with real commits: only a real database can say what happens then."""

import re
import time
from collections import Counter

import pytest

from tests.site.processes import finish, start

PROCESSES = 8
COURSES = 5


@pytest.fixture
def hire(several_processes):
	made = finish(start("make_hire", courses=COURSES, onboardings=PROCESSES))
	yield made
	finish(start("clean_up", **made))


def test_eight_processes_onboard_the_same_person_at_once(hire):
	start_at = time.time() + 10
	workers = [
		start(
			"onboard",
			hr=hire["hr"],
			employee=hire["employee"],
			applicant=applicant,
			offer=offer,
			start_at=start_at,
		)
		for applicant, offer in hire["offers"]
	]
	answers = [finish(worker) for worker in workers]

	owed = finish(start("owed", member=hire["member"]))
	assert Counter(row["course"] for row in owed["enrolments"]) == Counter(hire["courses"])
	assert Counter(row["course"] for row in owed["assignments"]) == Counter(hire["courses"])
	assert {row["enrollment"] for row in owed["assignments"]} == {row["name"] for row in owed["enrolments"]}
	assert [answer["status"] for answer in answers] == ["Assigned"] * PROCESSES
	firsts = [answer for answer in answers if f"{COURSES} newly assigned" in answer["note"]]
	assert len(firsts) == 1
	for other in answers:
		if other is not firsts[0]:
			assert f"0 newly assigned, {COURSES} not needed, 0 failed" in other["note"]
			assert all(row["name"] in other["note"] for row in owed["assignments"])


def test_another_connection_sees_the_courses_right_after_the_save(hire):
	((applicant, offer), *_rest) = hire["offers"]
	finish(
		start(
			"onboard",
			hr=hire["hr"],
			employee=hire["employee"],
			applicant=applicant,
			offer=offer,
			start_at=time.time(),
		)
	)
	owed = finish(start("owed", member=hire["member"]))
	assert len(owed["enrolments"]) == len(owed["assignments"]) == COURSES


def test_two_people_at_once_are_each_told_of_their_own_assignments(hire):
	other = finish(start("make_hire", courses=1, onboardings=PROCESSES))
	people = (hire, other)
	try:
		start_at = time.time() + 10
		workers = [
			start(
				"onboard",
				hr=person["hr"],
				employee=person["employee"],
				applicant=applicant,
				offer=offer,
				start_at=start_at,
			)
			for person in people
			for applicant, offer in person["offers"][: PROCESSES // 2]
		]
		answers = [finish(worker) for worker in workers]
		for number, person in enumerate(people):
			own = finish(start("owed", member=person["member"]))["assignments"]
			assert len(own) == COURSES + 1
			for answer in answers[number * PROCESSES // 2 : (number + 1) * PROCESSES // 2]:
				named = set(re.findall(r"TA-\d+", answer["note"]))
				# Who came first names none, the others those of that one.
				assert named in (set(), {row["name"] for row in own}), answer["note"]
	finally:
		finish(start("clean_up", **other))


def test_a_course_assigned_while_it_takes_over_another_one_is_owed_once(hire):
	old, new, *_rest = hire["courses"]
	finish(start("assign", hr=hire["hr"], member=hire["member"], course=old))
	merging = start("merge_courses_and_think", old=old, new=new, seconds=3)
	assigning = start("assign", hr=hire["hr"], member=hire["member"], course=new, while_="deciding")
	answers = finish(merging), finish(assigning)
	hire["courses"].remove(old)
	owed = finish(start("owed", member=hire["member"]))
	assert [(row["course"], row["cycle"], row["status"]) for row in owed["assignments"]] == [
		(new, 1, "Pending")
	]
	assert [row["name"] for row in answers[1]["created"]] == []
	assert [row["assignment"] for row in answers[1]["existing"]] == [owed["assignments"][0]["name"]]
