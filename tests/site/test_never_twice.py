"""Several processes at once, with real commits: only a real database can say what happens then."""

import json
import subprocess
import sys
import time
from collections import Counter

import pytest

PROCESSES = 8
COURSES = 5


def start(function: str, **arguments) -> subprocess.Popen:
	return subprocess.Popen(
		[sys.executable, "-m", "tests.site.worker", function, json.dumps(arguments)],
		stdout=subprocess.PIPE,
		stderr=subprocess.PIPE,
		text=True,
	)


def finish(process: subprocess.Popen):
	out, err = process.communicate(timeout=180)
	assert process.returncode == 0, err[-3000:]
	return json.loads(out.strip().splitlines()[-1])


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
