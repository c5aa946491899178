"""Keeps the catalogues of translations: what the app says, in one template, and its words in each language.

    make translations      brings locale/main.pot and every locale/*.po up to date, and writes translations/*.csv of them

The PO files are where people translate. Frappe reads them compiled (``bench build``), and the CSV files as they are, in all
versions: both say the same. What is found is found by Frappe's own extractors.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "smooth_lms_hr"
LOCALE, CSV = APP / "locale", APP / "translations"
TEMPLATE = LOCALE / "main.pot"
LANGUAGES = ("ar", "de", "es", "fr")

EXTRACTORS = "frappe.gettext.extractors"
# Which file says things in which way; the first that fits counts.
WAYS = (
	("*/doctype/*/*.json", f"{EXTRACTORS}.doctype:extract"),
	("*/report/*/*.json", f"{EXTRACTORS}.report:extract"),
	("*/workspace/*/*.json", f"{EXTRACTORS}.workspace:extract"),
	("*/onboarding_step/*/*.json", f"{EXTRACTORS}.onboarding_step:extract"),
	("*/module_onboarding/*/*.json", f"{EXTRACTORS}.module_onboarding:extract"),
	("*.py", f"{EXTRACTORS}.python:extract"),
	("*.js", f"{EXTRACTORS}.javascript:extract"),
	("*.html", f"{EXTRACTORS}.html_template:extract"),
)
# Records of other kinds, of which Frappe shows these in the reader's language.
NAMED = {
	"*/number_card/*/*.json": ("label",),
	"*/dashboard_chart/*/*.json": ("chart_name",),
	"*/desktop_icon/*.json": ("label",),
	"*/workspace_sidebar/*.json": ("title", "items.label"),
}
OF_FIELD = ("label", "description")
# What rules and reports name things, and no DocType offers to choose from.
STATES = ("Kept", "Kept No Longer", "To Be Verified")
HEADER = "# What Smooth LMS HR says. docs/translating.md tells how to translate it."
PLACEHOLDER = re.compile(r"\{\d*\}|\{\{.*?\}\}|%\(\w+\)s|%s")
TAG = re.compile(r"</?[a-z][^>]*>")


def template() -> Catalog:
	"""Return all that the app says."""
	catalog = Catalog(project="Smooth LMS HR", header_comment=HEADER, fuzzy=False)
	for file in sorted(APP.rglob("*")):
		path = file.relative_to(ROOT).as_posix()
		if "/patches/" in path or not file.is_file():
			continue
		for message, context, comments in _said_in(file, path):
			catalog.add(message, locations=[(path, None)], auto_comments=comments, context=context)
	for message in _of_custom_fields():
		catalog.add(message, locations=[("smooth_lms_hr/setup/custom_fields.py", None)])
	for message in STATES:
		catalog.add(message)
	return catalog


def _said_in(file: Path, path: str) -> Iterator[tuple[str, str | None, list[str]]]:
	for pattern, names in NAMED.items():
		if fnmatch(path, pattern):
			for message in _named(json.loads(file.read_text()), names):
				yield message, None, []
			return
	for pattern, method in WAYS:
		if fnmatch(path, pattern):
			keywords = {**DEFAULT_KEYWORDS, "_lt": None, "__": None}
			for _line, message, comments, context in extract(
				method, io.BytesIO(file.read_bytes()), keywords, (), {}
			):
				text = message[0] if isinstance(message, tuple) else message
				if text and text.strip():
					yield text, context, list(comments)
			return


def _named(record: dict | list, names: tuple[str, ...]) -> Iterator[str]:
	for name in names:
		first, _dot, rest = name.partition(".")
		found = record.get(first)
		if rest:
			for each in found or ():
				yield from _named(each, (rest,))
		elif found:
			yield found


def _of_custom_fields() -> Iterator[str]:
	"""Yield what the fields say that the app adds to other apps' forms: Frappe translates these when it shows them."""
	from smooth_lms_hr.setup.custom_fields import CUSTOM_FIELDS

	for fields in CUSTOM_FIELDS.values():
		for field in fields:
			yield from (field[name] for name in OF_FIELD if field.get(name))
			if field["fieldtype"] == "Select":
				yield from (option for option in field["options"].split("\n") if option)


def of_language(language: str) -> Catalog:
	with open(LOCALE / f"{language}.po", "rb") as file:
		return read_po(file, locale=language)


def as_po(catalog: Catalog) -> bytes:
	stream = io.BytesIO()
	write_po(stream, catalog, sort_output=True, ignore_obsolete=True, width=110, include_lineno=False)
	# When it was made says nothing, and would make every change one of all files.
	return re.sub(
		rb'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By|Report-Msgid-Bugs-To): .*\n',
		b"",
		stream.getvalue(),
		flags=re.M,
	)


def as_csv(catalog: Catalog) -> str:
	stream = io.StringIO()
	writer = csv.writer(stream, lineterminator="\n")
	for message in sorted(_messages(catalog), key=lambda one: (one.id, one.context or "")):
		if message.string:
			writer.writerow([message.id, message.string, *([message.context] if message.context else ())])
	return stream.getvalue()


def _messages(catalog: Catalog) -> list:
	return [message for message in catalog if message.id]


def problems(said: Catalog, language: str) -> list[str]:
	"""Return what a catalogue lacks, and where it has lost something that the message says."""
	translated, found = of_language(language), []
	known = {(message.id, message.context): message for message in _messages(translated)}
	for message in _messages(said):
		one = known.pop((message.id, message.context), None)
		if one is None or not one.string.strip() or one.fuzzy:
			found.append(f"{language}: not translated: {message.id!r}")
			continue
		for what in (PLACEHOLDER, TAG):
			if sorted(what.findall(message.id)) != sorted(what.findall(one.string)):
				found.append(f"{language}: not the same {what.pattern}: {message.id!r}, {one.string!r}")
	return found + [f"{language}: nobody says {message!r}" for message, _context in known]


def write() -> None:
	said = template()
	LOCALE.mkdir(exist_ok=True)
	CSV.mkdir(exist_ok=True)
	TEMPLATE.write_bytes(as_po(said))
	for language in LANGUAGES:
		path = LOCALE / f"{language}.po"
		catalog = (
			of_language(language)
			if path.exists()
			else Catalog(locale=language, project="Smooth LMS HR", header_comment=HEADER, fuzzy=False)
		)
		# Nothing is guessed from what is alike: a near miss is a mistake that nobody sees.
		catalog.update(said, no_fuzzy_matching=True)
		path.write_bytes(as_po(catalog))
		(CSV / f"{language}.csv").write_text(as_csv(catalog), encoding="utf-8")
		print(f"{language}: {len(problems(said, language))} to be done")


if __name__ == "__main__":
	from embedded import harness

	harness.start()
	write()
