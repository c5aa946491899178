"""What the last lines of a test run say: all that ran is counted, and what was asked for by name has to run."""

import sys

import pytest

from tests import node, run

SUITES = """<testsuites tests="9"><testsuite tests="5" failures="1" errors="0" skipped="1"/>
<testsuite tests="4" failures="0" errors="1" skipped="0"/></testsuites>"""


def test_all_suites_of_a_report_are_added_up(tmp_path):
	report = tmp_path / "report.xml"
	report.write_text(SUITES)
	result = run.counted("scripts", 1, report, 2.0)
	assert result.counts == {"passed": 6, "failed": 2, "skipped": 1}
	assert result.failed


def test_a_run_without_a_report_has_not_passed(tmp_path):
	result = run.counted("scripts", 0, tmp_path / "none.xml", 2.0)
	assert (result.counts, result.failed) == ({"passed": 0, "failed": 1}, True)


@pytest.mark.parametrize(("named", "code"), [([], 0), (["--only", "scripts"], 1)])
def test_what_cannot_run_fails_where_it_was_asked_for_by_name(monkeypatch, capsys, named, code):
	def no_node(say):
		raise node.NoNode("there is no Node on this machine")

	monkeypatch.setattr(node, "prepare", no_node)
	monkeypatch.setattr(run, "make_environment", lambda: None)
	monkeypatch.setattr(run, "run", lambda engine, *_rest, **_more: run.Result(engine, counts={"passed": 1}))
	monkeypatch.setattr(run, "on_bench", lambda arguments: [])
	monkeypatch.setattr(sys, "argv", ["run.py", *named])
	assert run.main() == code
	assert "scripts    not run: there is no Node on this machine" in capsys.readouterr().out
