"""What runs on GitHub: it can be run by a developer as well, rests on nothing that moves, and may do little."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MAKE = re.compile(r"\bmake ([\w-]+)")
PROGRAM = re.compile(r"python3 (\S+\.py)|(\.github/\S+\.sh)")


def steps_of(workflow: Path) -> list[dict]:
	jobs = yaml.safe_load(workflow.read_text())["jobs"].values()
	return [step for job in jobs for step in job.get("steps", [])]


def test_the_workflows_are_found():
	assert {path.stem for path in WORKFLOWS} == {"bench", "ci", "release", "semgrep"}


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_an_action_is_named_by_a_commit_which_nobody_can_move(workflow):
	used = re.findall(r"uses: (.+)", workflow.read_text())
	assert used
	for action in used:
		assert re.fullmatch(r"\./\S+|\S+@[0-9a-f]{40} # v[\d.]+", action), action


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_only_read_but_for_the_release_itself(workflow):
	parsed = yaml.safe_load(workflow.read_text())
	assert parsed["permissions"] == {"contents": "read"}
	writing = {name for name, job in parsed["jobs"].items() if "permissions" in job}
	assert writing == ({"release"} if workflow.stem == "release" else set())
	assert "pull_request_target" not in workflow.read_text()


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_what_others_wrote_is_no_part_of_a_command(workflow):
	"""Titles and names of branches come from whoever opens a pull request."""
	for step in steps_of(workflow):
		assert not re.search(r"\${{\s*(github|inputs)\b", step.get("run", "")), step["run"]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_runs_what_is_there(workflow):
	targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
	for step in steps_of(workflow):
		command = step.get("run", "")
		assert set(MAKE.findall(command)) <= set(targets)
		for found in PROGRAM.findall(command):
			assert (ROOT / "".join(found)).is_file(), found


def test_a_release_waits_for_everything():
	jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text())["jobs"]
	called = {
		job["uses"].rpartition("/")[2] for name, job in jobs.items() if name in jobs["release"]["needs"]
	}
	assert called == {path.name for path in WORKFLOWS if path.stem != "release"}
