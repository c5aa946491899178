"""Text that no browser takes for markup, and rows that no spreadsheet takes for formulas."""

from html.parser import HTMLParser

import pytest

from smooth_lms_hr.sources.plain_text import plain_text, plain_values, spreadsheet_row


@pytest.mark.parametrize(
	"text",
	[
		"", "a < b", "R&D", "1 <2", "x <- y", "I <3 this", "Smith&Ltd", "&lt;=5", "&lt 5", "Tom &amp; Jerry", "> b",
		"\"quoted\" & 'quoted'", "‹img", "Grüße, 安全, سلامة", "<\nimg", "< img",
	],
)  # fmt: skip
def test_what_opens_no_tag_stays_as_it_is(text):
	assert plain_text(text) == text


@pytest.mark.parametrize(
	("text", "plain"),
	[
		('"<img src=x onerror=alert(1)>"', '"‹img src=x onerror=alert(1)>"'),
		("<B>Ana</B>", "‹B>Ana‹/B>"),
		("<!-- --><?php", "‹!-- -->‹?php"),
		("<<b>", "<‹b>"),
		# What it begins is in the text that follows.
		("ends with <", "ends with ‹"),
		("&lt;img src=x&gt;", "‹img src=x&gt;"),
		("&LT;img &#60;img &#060;img &#x3C;img &#X003c;/b &amp;amp;lt;i", "‹img ‹img ‹img ‹img ‹/b ‹i"),
		("a\n<script\n>", "a\n‹script\n>"),
	],
)
def test_what_could_open_a_tag_is_a_letter(text, plain):
	assert plain_text(text) == plain
	assert plain_text(plain) == plain


def test_a_parser_finds_no_tag():
	found = []
	parser = HTMLParser()
	parser.handle_starttag = lambda tag, attributes: found.append(tag)
	parser.handle_endtag = found.append
	parser.feed(plain_text("<img src=x onerror=alert(1)></p><svg/onload=alert(1)><a<b>&lt;i&gt;"))
	parser.close()
	assert found == []


def test_nothing_is_nothing():
	assert plain_text(None) is None


def test_of_a_row_only_the_text_is_touched():
	row = {"who": "<b>Ana", "days": 3, "progress": None, "tags": ["<b>"]}
	assert plain_values(row) == {"who": "‹b>Ana", "days": 3, "progress": None, "tags": ["<b>"]}
	assert row["who"] == "<b>Ana"


@pytest.mark.parametrize(
	"text",
	["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\rHi", "\nHi", " =1", "\u3000=1", "＝1", "＋1", "－1", "＠A1"],
)
def test_no_cell_is_a_formula(text):
	assert spreadsheet_row({"who": text, "what": "Fire = Safety"}) == {
		"who": f"'{text}",
		"what": "Fire = Safety",
	}


@pytest.mark.parametrize("value", ["Ana", "Fire Safety - basics", "", None, -5, "a\n=b"])
def test_other_cells_stay_as_they_are(value):
	assert spreadsheet_row({"who": value}) == {"who": value}
