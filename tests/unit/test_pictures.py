"""The pictures of the guides: each that is shown is there, and each that is there is one that the browser tests take."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_every_picture_that_is_shown_is_there():
	for page in PAGES:
		for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page.read_text()):
			assert (page.parent / path).is_file(), f"{page.name}: {path}"


def test_every_picture_is_taken_by_the_browser_tests():
	tests = (ROOT / "tests" / "browser" / "pictures").glob("test_*.py")
	taking = "\n".join(path.read_text() for path in tests)
	taken = set()
	for is_for_two, name in re.findall(r"picture\(page, (f?)\"([\w-]+)", taking):
		taken |= {name, f"{name}-phone"} if is_for_two else {name}
	assert {path.stem for path in (ROOT / "docs" / "images").iterdir()} == taken
