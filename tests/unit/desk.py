"""The desk's scripts without a browser: V8, and as little of Frappe as they ask for."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from py_mini_racer import MiniRacer, mini_racer

APP = Path(__file__).parents[2] / "smooth_lms_hr"
DOCTYPES = APP / "smooth_lms_hr" / "doctype"
REPORTS = APP / "smooth_lms_hr" / "report"
TRAINING = APP / "public" / "js" / "training.js"
SETTINGS = APP / "public" / "js" / "training_settings.js"
RUNS = APP / "public" / "js" / "training_runs.js"
ASSIGN = APP / "public" / "js" / "assign_training.js"
# As frappe.model.utils.render_include finds it.
INCLUDE = re.compile(r"""{% include\s['"](.*)['"]\s%}""")

FRAPPE = Path(__file__).parents[1] / "scripts" / "frappe.js"


@contextmanager
def desk(*scripts: Path, today: str | None = None) -> Iterator[MiniRacer]:
	"""Yield a V8 in which scripts were run; it has to be closed, or Python would wait for it at its end.

	:param today: None where nobody may look at the clock
	"""
	with mini_racer() as js:
		js.eval(FRAPPE.read_text())
		if today:
			js.eval(f'frappe.datetime.get_today = () => "{today}"')
		for script in scripts:
			js.eval(as_handed_out(script))
		yield js


def as_handed_out(script: Path) -> str:
	"""Return a script as Frappe hands it out: with what it includes."""
	return INCLUDE.sub(lambda found: (APP.parent / found[1]).read_text(), script.read_text())


def options(doctype: str, fieldname: str) -> list[str]:
	"""Return what a select of a DocType offers."""
	fields = json.loads((DOCTYPES / doctype / f"{doctype}.json").read_text())["fields"]
	return next(field["options"] for field in fields if field["fieldname"] == fieldname).split("\n")
