"""The digest of a seal, and what is not as it was sealed: by text alone."""

import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from smooth_lms_hr.training import seals

HASHES = st.text("0123456789abcdef", min_size=64, max_size=64)
ROWS = st.lists(
	st.tuples(st.text("0123456789abcdef", min_size=1, max_size=6), HASHES), unique_by=lambda row: row[0]
)


def lines(rows) -> list[str]:
	return [seals.listed(name, row_hash) for name, row_hash in rows]


def digest_of(head: str, rows) -> str:
	digest = seals.Digest(head)
	for _name, row_hash in rows:
		digest.add(row_hash)
	return digest.value()


def test_the_head_is_one_line_of_json_in_a_fixed_order():
	said = seals.head(name="TS-1", events=2, previous="", evidence=0)
	assert said == '{"events":2,"evidence":0,"name":"TS-1","previous":""}'
	assert json.loads(seals.head(name="é\n")) == {"name": "é\n"}
	assert "\n" not in seals.head(name="é\n")


@given(ROWS)
def test_the_digest_is_the_sha256_of_the_lines(rows):
	text = "\n".join(["head", *(row_hash for _name, row_hash in rows)])
	assert digest_of("head", rows) == hashlib.sha256(text.encode()).hexdigest()


@given(ROWS, st.data())
def test_no_row_changes_moves_comes_or_goes_unseen(rows, data):
	before = digest_of("head", rows)
	assert digest_of("another head", rows) != before
	if not rows:
		return
	number = data.draw(st.integers(0, len(rows) - 1))
	name, row_hash = rows[number]
	forged = data.draw(HASHES.filter(lambda each: each != row_hash))
	assert digest_of("head", [*rows[:number], (name, forged), *rows[number + 1 :]]) != before
	assert digest_of("head", rows[:number] + rows[number + 1 :]) != before
	assert digest_of("head", [*rows[:number], (name, forged), *rows[number:]]) != before


@given(ROWS)
def test_what_is_as_it_was_sealed_differs_in_nothing(rows):
	assert not any(seals.difference(lines(rows), lines(rows)))


@given(ROWS, ROWS)
def test_each_difference_is_named_once(sealed, found):
	before, now = dict(sealed), dict(found)
	parts = seals.difference(lines(sealed), lines(found))
	assert parts.gone == [name for name in before if name not in now]
	assert parts.added == [name for name in now if name not in before]
	digits = seals.LISTED_DIGITS
	assert set(parts.changed) == {
		name for name in before.keys() & now.keys() if before[name][:digits] != now[name][:digits]
	}


def test_a_list_that_was_forged_names_what_it_says():
	assert seals.difference(["", "a 1"], ["a 1"]) == ([], [], [""])
