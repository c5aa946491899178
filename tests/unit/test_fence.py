"""What may know of what: the app of no stand-in, the rules of no framework, nobody of the entry points."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APP = ROOT / "smooth_lms_hr"
TEXT = {".py", ".js", ".ts", ".vue", ".html", ".css", ".json", ".txt", ".md", ".toml", ".cfg", ".csv"}
OUTSIDE = re.compile(r"\bembedded\b|\bmonoframe\b", re.IGNORECASE)
# The layers of DESIGN section 2, the lowest first. A layer may use those below it, and itself.
LAYERS = (
	"training",
	"services",
	("hrms_integration", "lms_integration", "permissions", "tasks", "api"),
	"hooks",
)


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
	assert uses(APP / "api.py", "frappe")


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
		assert not uses(path, "smooth_lms_hr.hooks", "smooth_lms_hr.api"), path


@pytest.mark.parametrize("level", range(len(LAYERS)))
def test_dependencies_point_one_way(level):
	def names(layer):
		return [f"smooth_lms_hr.{name}" for name in ((layer,) if isinstance(layer, str) else layer)]

	above = [name for layer in LAYERS[level + 1 :] for name in names(layer)]
	for name in names(LAYERS[level]):
		place = ROOT / name.replace(".", "/")
		for path in sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]:
			if path.exists():
				assert not uses(path, *above), path
