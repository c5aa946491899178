"""When a tag may become a release, and with what words."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("release_notes", ROOT / ".github" / "release_notes.py")
release_notes = importlib.util.module_from_spec(spec)
spec.loader.exec_module(release_notes)

CHANGELOG = """# Changelog

## Unreleased

## 0.2.0 (2026-12-01)

### Added

- Renewals. ## is no heading here.

## 0.1.0

The first version.
"""


def notes(tag="v0.2.0", version="0.2.0", changelog=CHANGELOG):
	return release_notes.notes_of(tag, version, changelog)


def test_a_release_says_what_the_changelog_says_of_it_alone():
	assert notes() == "### Added\n\n- Renewals. ## is no heading here."
	assert notes("v0.1.0", "0.1.0") == "The first version."


@pytest.mark.parametrize(
	("values", "why"),
	[
		({"tag": "v0.3.0"}, "the app says that it is 0.2.0"),
		({"tag": "0.2.0"}, "the app says that it is 0.2.0"),
		({"tag": "v0.3.0", "version": "0.3.0"}, "says nothing of 0.3.0"),
		({"changelog": CHANGELOG.replace("Unreleased\n", "Unreleased\n\n- Forgotten.\n")}, "still has something"),
		({"changelog": "# Changelog\n\n## 0.2.0\n\n## 0.1.0\n\nThe first version.\n"}, "says nothing of 0.2.0"),
	],
)  # fmt: skip
def test_what_is_not_ready_is_not_released(values, why):
	with pytest.raises(release_notes.NotYet, match=re.escape(why)):
		notes(**values)


def test_the_changelog_is_one_that_can_be_read():
	changelog = (ROOT / "CHANGELOG.md").read_text()
	headings = re.findall(r"^## (.+)$", changelog, re.MULTILINE)
	for heading in headings:
		assert re.fullmatch(r"Unreleased|\d+\.\d+\.\d+( \(\d{4}-\d\d-\d\d\))?", heading), heading
	assert notes("v0.1.0", "0.1.0", re.sub(r"## Unreleased\n.*?(?=\n## )", "", changelog, flags=re.DOTALL))
