"""What the app says is in every catalogue, whole: no string is missing, and no placeholder lost."""

import frappe
import pytest

from tests import translations
from tests.site.conftest import ENGINE

# Frappe's extractors are a little different in every version: the catalogues are written by those of the throw-away site.
pytestmark = pytest.mark.skipif(
	ENGINE != "embedded", reason="the catalogues are written on the throw-away site"
)


@pytest.fixture(scope="module")
def said():
	return translations.template()


def test_the_template_has_all_that_the_app_says(said):
	assert translations.as_po(said) == translations.TEMPLATE.read_bytes(), (
		"make translations brings it up to date"
	)


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_a_language_says_all_of_it(said, language):
	assert not translations.problems(said, language)


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_what_frappe_reads_is_what_people_translate(language):
	written = (translations.CSV / f"{language}.csv").read_text(encoding="utf-8")
	assert written == translations.as_csv(translations.of_language(language))


def test_a_reader_sees_their_language():
	frappe.local.lang = "de"
	try:
		assert frappe._("Overdue") == "Überfällig"
	finally:
		frappe.local.lang = "en"


def test_what_is_missing_or_lost_is_named(said, monkeypatch):
	catalog = translations.of_language("de")
	gone, *others = [message for message in catalog if message.id and "{0}" in message.id]
	others[0].string = others[0].string.replace("{0}", "")
	gone.string = ""
	monkeypatch.setattr(translations, "of_language", lambda language: catalog)
	found = translations.problems(said, "de")
	assert len(found) == 2
	assert any(repr(gone.id) in each for each in found)
	assert any(repr(others[0].id) in each for each in found)
