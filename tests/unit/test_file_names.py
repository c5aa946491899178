"""Names of files that are made of what people have typed: they lead nowhere, and every system takes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smooth_lms_hr.training.file_names import DEVICES, file_name, own_file_name

ANY = st.one_of(st.text(), st.sampled_from([*DEVICES, "..", "CON.pdf", "a/../b", "\u202egpj.exe", "é"]))


@given(ANY)
def test_a_name_leads_nowhere_and_hides_nothing(text):
	name = file_name(text)
	assert name
	assert len(name.encode()) <= 200
	assert not name.startswith(".")
	assert not name.endswith(".")
	assert all(letter.isalnum() or letter in "-_." for letter in name)
	assert name.split(".")[0].lower() not in DEVICES


@given(ANY)
def test_a_name_that_is_made_of_a_name_stays_as_it_is(text):
	name = file_name(text)
	assert own_file_name(name) == name


@given(st.lists(ANY, unique=True))
def test_no_two_texts_have_one_name(texts):
	assert len({own_file_name(text) for text in texts}) == len(texts)


@pytest.mark.parametrize(
	("text", "name"),
	[
		("HR-EMP-00001", "HR-EMP-00001"),
		("Fire Safety (2026)", "Fire_Safety__2026"),
		("../../etc/passwd", "etc_passwd"),
		("CON", "_CON"),
		("nul.html", "_nul.html"),
		("Prüfung", "Prüfung"),
		("a\u202egpj.exe", "a_gpj.exe"),
		("...", "_"),
		("", "_"),
	],
)
def test_names_read_as_what_they_are_of(text, name):
	assert file_name(text) == name
