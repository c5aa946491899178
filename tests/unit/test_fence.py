"""What may know of what: the app of no stand-in, the rules of no framework, nobody of the entry points."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APP = ROOT / "smooth_lms_hr"
TEXT = {".py", ".js", ".ts", ".vue", ".html", ".css", ".json", ".txt", ".md", ".toml", ".cfg", ".csv"}
OUTSIDE = re.compile(r"\bembedded\b|\bmonoframe\b", re.IGNORECASE)
# The layers of the app, the lowest first. A layer may use those below it, and itself.
LAYERS = (
	("training",),
	("sources",),
	("record",),
	("assigning",),
	("following",),
	("telling", "showing"),
	(
		"hrms_integration", "lms_integration", "frappe_integration", "permissions", "daily", "desk", "api", "learning_page", "dashboards",
		"smooth_lms_hr", "www", "patches", "setup",
	),
	("tasks", "services"),
	("hooks",),
)  # fmt: skip
# What stands above the rooms, and may use them, yet is used by nothing but what is named with it.
DOORS = {
	"setup": {"setup", "patches", "desk"},
	"patches": {"patches"},
	"permissions": set(),
	"hrms_integration": set(),
	"lms_integration": set(),
	"frappe_integration": set(),
	"dashboards": set(),
	"learning_page": set(),
	"daily": {"tasks", "desk", "services"},
	"tasks": set(),
	"www": {"www"},
	"services": set(),
}


def modules():
	return sorted(APP.rglob("*.py"))


def imports_of(path: Path) -> set[str]:
	"""Return the dotted names that a module imports, wherever in it."""
	package = path.relative_to(ROOT).with_suffix("").parts[:-1]
	names = set()
	for node in ast.walk(ast.parse(path.read_text())):
		if isinstance(node, ast.Import):
			names |= {alias.name for alias in node.names}
		elif isinstance(node, ast.ImportFrom):
			base = package[: len(package) - node.level + 1] if node.level else ()
			source = ".".join([*base, *([node.module] if node.module else [])])
			names |= {source} | {f"{source}.{alias.name}" for alias in node.names}
	return names


def uses(path: Path, *packages: str) -> set[str]:
	return {name for name in imports_of(path) if any(name == p or name.startswith(f"{p}.") for p in packages)}


def test_the_fence_sees_the_app():
	assert APP / "hooks.py" in modules()
	assert uses(APP / "api" / "team.py", "frappe")


def test_the_app_knows_no_stand_in():
	told = {
		str(path.relative_to(ROOT)): found.group()
		for path in sorted(APP.rglob("*"))
		if path.is_file() and path.suffix in TEXT and (found := OUTSIDE.search(path.read_text()))
	}
	assert told == {}


@pytest.mark.parametrize("outside", ["embedded", "monoframe", "tests", "benchmarks"])
def test_the_app_imports_nothing_that_is_not_installed_with_it(outside):
	assert {str(path): found for path in modules() if (found := uses(path, outside))} == {}


def test_the_rules_import_no_framework():
	for path in sorted((APP / "training").rglob("*.py")):
		assert not uses(path, "frappe", "erpnext", "hrms", "lms"), path
		others = {
			name for name in uses(path, "smooth_lms_hr") if not name.startswith("smooth_lms_hr.training")
		}
		assert not others, path


def test_the_rules_ask_no_clock():
	for path in sorted((APP / "training").rglob("*.py")):
		asked = [
			node.attr
			for node in ast.walk(ast.parse(path.read_text()))
			if isinstance(node, ast.Attribute) and node.attr in ("today", "now", "utcnow")
		]
		assert not asked, path


def test_nothing_imports_hooks_or_api():
	for path in modules():
		assert not uses(path, "smooth_lms_hr.hooks"), path
		assert room_of(path) == "api" or not uses(path, "smooth_lms_hr.api"), path


def layer_of(name: str) -> int | None:
	return next((level for level, layer in enumerate(LAYERS) if name in layer), None)


def room_of(path: Path) -> str:
	return path.relative_to(APP).with_suffix("").parts[0]


def rooms_used_by(path: Path) -> set[str]:
	names = {name.split(".")[1] for name in uses(path, "smooth_lms_hr") if "." in name}
	return {name for name in names if layer_of(name) is not None} - {room_of(path)}


def test_every_module_has_its_place():
	assert {room_of(path) for path in modules() if layer_of(room_of(path)) is None} <= {
		"__init__",
		"templates",
	}


def test_dependencies_point_one_way():
	"""Into rooms below, never up, and never into the room beside."""
	wrong = {
		f"{path.relative_to(ROOT)} -> {room}"
		for path in modules()
		for room in rooms_used_by(path)
		if (own := layer_of(room_of(path))) is not None
		and room not in DOORS
		and room != "smooth_lms_hr"
		and layer_of(room) >= own
	}
	assert wrong == set()


def test_no_room_uses_a_door():
	wrong = {
		f"{path.relative_to(ROOT)} -> {room}"
		for path in modules()
		for room in rooms_used_by(path) & DOORS.keys()
		if room_of(path) not in DOORS[room]
	}
	assert wrong == set()


def test_no_room_runs_in_circles():
	"""Not even among its own modules."""
	graph = {
		".".join(path.relative_to(ROOT).with_suffix("").parts): uses(path, "smooth_lms_hr")
		for path in modules()
	}
	graph = {name: {used for used in found if used in graph} for name, found in graph.items()}
	done, trail = set(), []

	def visit(name: str) -> None:
		assert name not in trail, trail[trail.index(name) :]
		if name in done:
			return
		trail.append(name)
		for used in sorted(graph[name]):
			visit(used)
		trail.pop()
		done.add(name)

	for name in graph:
		visit(name)


def test_whatever_is_locked_in_an_order_names_its_direction():
	"""Frappe's get_value and get_values go down where only the field is named: two who lock several would meet half-way."""
	orders = {
		(f"{path.relative_to(ROOT)}:{node.lineno}", each.value.value)
		for path in modules()
		for node in ast.walk(ast.parse(path.read_text()))
		if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("get_value", "get_values")
		for each in node.keywords
		if each.arg == "order_by" and each.value.value is not None
	}
	assert len(orders) > 5
	assert {where for where, order in orders if not order.endswith((" asc", " desc"))} == set()


def test_every_room_says_what_it_is_for():
	for room in ("sources", "record", "assigning", "following", "telling", "showing", "training"):
		said = ast.get_docstring(ast.parse((APP / room / "__init__.py").read_text()))
		assert said, room
		assert len(said.splitlines()) <= 6, room
