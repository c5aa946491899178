"""Prints what CHANGELOG.md says of a release, or why it cannot be one. Standard library only.

python3 .github/release_notes.py v0.2.0
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADING = re.compile(r"^## ", re.MULTILINE)


class NotYet(Exception):
	"""Says why this cannot be released."""


def notes_of(tag: str, version: str, changelog: str) -> str:
	"""Return what a changelog says of the version that a tag names.

	:param tag: for example "v0.2.0"
	:param version: the app's own
	:raises NotYet: where these do not agree, nothing is said of it, or something is still unreleased
	"""
	if tag != f"v{version}":
		raise NotYet(f"The tag is {tag}, and the app says that it is {version}.")
	parts = {}
	for part in HEADING.split(changelog)[1:]:
		heading, _line, text = part.partition("\n")
		parts[heading.split()[0]] = text.strip()
	if parts.get("Unreleased"):
		raise NotYet("CHANGELOG.md still has something under Unreleased.")
	if not parts.get(version):
		raise NotYet(f"CHANGELOG.md says nothing of {version}.")
	return parts[version]


def main() -> int:
	app = (ROOT / "smooth_lms_hr" / "__init__.py").read_text()
	version = re.search(r'__version__ = "(.+)"', app)[1]
	try:
		print(notes_of(sys.argv[1], version, (ROOT / "CHANGELOG.md").read_text()))
	except NotYet as reason:
		print(f"release: {reason}", file=sys.stderr)
		return 1
	return 0


if __name__ == "__main__":
	sys.exit(main())
