"""Desk scripts: whatever they declare is their own, since they share one scope with other apps' scripts."""

import re
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "smooth_lms_hr"
DECLARES = re.compile(r"^(?:async )?(?:function|const|let|var|class)\b.*", re.MULTILINE)
SCRIPTS = sorted((*APP.rglob("smooth_lms_hr/**/*.js"), *APP.glob("public/js/*.js")))


def test_the_scripts_are_found():
	assert len(SCRIPTS) > 10
	assert DECLARES.findall("const a = 1;\n\tconst b = 2;\nfunction c() {}") == [
		"const a = 1;",
		"function c() {}",
	]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_declares_nothing_global(script):
	assert DECLARES.findall(script.read_text()) == []
