"""The rules of docs/rules.md: each is named by a test, and nothing names one that is not there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "rules.md"
# "rule 7", "rules 1, 3-8 and 13", "rules 3 to 6"
NAMED = re.compile(r"\brules? (\d+(?:(?:, | and | to |-)\d+)*)", re.IGNORECASE)


def numbers_in(text: str) -> set[int]:
	found = set()
	for named in NAMED.findall(text):
		for part in re.split(r", | and ", named):
			first, *last = map(int, re.split(r" to |-", part))
			found |= set(range(first, (last or [first])[0] + 1))
	return found


def rules() -> set[int]:
	return {int(number) for number in re.findall(r"^## Rule (\d+):", PAGE.read_text(), re.MULTILINE)}


def named_in(folder: str) -> set[int]:
	files = (ROOT / folder).rglob("*.py")
	return set().union(*(numbers_in(file.read_text()) for file in files if file != Path(__file__)))


def test_ways_to_name_a_rule():
	assert numbers_in("rule 7") == {7}
	assert numbers_in("(rules 1, 3-5 and 13), rules 8 to 9") == {1, 3, 4, 5, 13, 8, 9}
	assert numbers_in("the rules of 3 people") == set()


def test_every_rule_is_named_by_a_test():
	assert rules() - named_in("tests") == set()


def test_the_code_names_no_rule_that_is_not_on_the_page():
	assert named_in("smooth_lms_hr") - rules() == set()


def test_the_code_refers_to_nothing_outside_the_repository():
	told = [str(file) for file in (ROOT / "smooth_lms_hr").rglob("*.py") if "DESIGN" in file.read_text()]
	assert told == []
