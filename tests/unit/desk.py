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
ASSIGN = APP / "public" / "js" / "assign_training.js"
# As frappe.model.utils.render_include finds it.
INCLUDE = re.compile(r"""{% include\s['"](.*)['"]\s%}""")

FRAPPE = """
var said = {progress: [], dialogs: [], messages: [], hidden: 0};
var asked = [];  // what the server was asked, each with a way to answer
var timers = {};
var frappe = {
	provide: (path) => path.split(".").reduce((where, name) => (where[name] ??= {}), globalThis),
	unscrub: (text) => (text[0].toUpperCase() + text.slice(1)).replaceAll("_", " "),
	is_mobile: () => false,
	utils: {
		escape_html: (text) =>
			text ? String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`) : "",
		get_form_link: (doctype, name) => `/app/${doctype.toLowerCase().replaceAll(" ", "-")}/${name}`,
	},
	datetime: {
		get_today: () => { throw new Error("it looked at the clock"); },
		get_day_diff: (to, from) => (Date.parse(to) - Date.parse(from)) / 86400000,
		add_months: (day) => day,
		str_to_user: (day) => day.slice(0, 10).split("-").reverse().join("-"),
	},
	query_reports: {},
	listview_settings: {},
	realtime: {
		heard_by: new Set(),
		on(event, hear) { if (event === "smooth_lms_hr:campaign") this.heard_by.add(hear); },
		off(event, hear) { if (event === "smooth_lms_hr:campaign") this.heard_by.delete(hear); },
	},
	call: ({method, args}) =>
		new Promise((resolve, reject) => asked.push({method, args, resolve, reject})),
	show_progress: (title, done, total, words) => said.progress.push([done, total, words]),
	hide_progress: () => said.hidden++,
	msgprint: ({message}) => said.messages.push(message),
	ui: {Dialog: class {
		constructor({title, fields}) { Object.assign(this, {title, fields}); }
		show() { said.dialogs.push([this.title, this.fields[0].options]); }
	}},
};
var __ = (text, values) => (values ? text.replace(/{(\\d)}/g, (_, place) => values[place]) : text);
var setTimeout = (work) => work();
var setInterval = (work, pause) => { timers[pause] = work; return pause; };
var clearInterval = (pause) => delete timers[pause];
"""


@contextmanager
def desk(*scripts: Path, today: str | None = None) -> Iterator[MiniRacer]:
	"""Yield a V8 in which scripts were run; it has to be closed, or Python would wait for it at its end.

	:param today: None where nobody may look at the clock
	"""
	with mini_racer() as js:
		js.eval(FRAPPE)
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
