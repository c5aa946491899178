"""Checks style: ruff for Python, eslint for scripts, prettier for the rest; commitlint for what commits say.

ruff and prettier are of the versions that .pre-commit-config.yaml names, the others of tests/scripts/package-lock.json.
"""

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import node  # noqa: E402, needs the path above

TOOLS = ROOT / ".cache" / "lint"
CONFIGS = Path("tests") / "scripts"
PRETTIER_FILES = (
	"smooth_lms_hr/**/*.{js,css}",
	"tests/scripts/*.{js,mjs}",
	"*.md",
	"docs/**/*.md",
	"embedded/*.md",
	".github/**/*.{md,yml}",
)


def main() -> int:
	arguments = parse()
	if arguments.commits_since:
		return commitlint("--from", arguments.commits_since, "--to", "HEAD") != 0
	if arguments.message:
		return commitlint("--edit", arguments.message) or 0
	checks = {check.__name__: check for check in (ruff, eslint, prettier)}
	# What was asked for by name and could not run has not passed.
	missing = 1 if arguments.only else 0
	codes = [checks[name]() for name in arguments.only or checks]
	return max(missing if code is None else code for code in codes)


def parse() -> argparse.Namespace:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--only", nargs="+", choices=("ruff", "eslint", "prettier"), help="run these alone")
	parser.add_argument("--commits-since", metavar="COMMIT", help="check what the commits after this one say")
	parser.add_argument("--message", metavar="FILE", help="check a commit's message, as a hook of git")
	return parser.parse_args()


def version(tool: str) -> str:
	config = (ROOT / ".pre-commit-config.yaml").read_text()
	return re.search(rf"{tool}[=@]+([\d.]+)", config)[1]


def ruff() -> int:
	wanted = version("ruff")
	folder = TOOLS / f"ruff-{wanted}"
	if not folder.exists():
		quiet = ("--quiet", "--no-input", "--disable-pip-version-check")
		pip = [sys.executable, "-m", "pip", "install", *quiet, "--target", str(folder), f"ruff=={wanted}"]
		if subprocess.call(pip):
			shutil.rmtree(folder, ignore_errors=True)
			sys.exit("lint: ruff could not be installed; is there a network?")
	command = str(folder / "bin" / "ruff")
	return subprocess.call([command, "check", "."], cwd=ROOT) | subprocess.call(
		[command, "format", "--check", "."], cwd=ROOT
	)


def prettier() -> int | None:
	if not shutil.which("npx"):
		print("lint: prettier did not run: there is no npx on this machine")
		return None
	command = ["npx", "--yes", "--cache", str(TOOLS / "npm"), f"prettier@{version('prettier')}", "--check"]
	return subprocess.call(
		[*command, "--log-level", "warn", "--no-error-on-unmatched-pattern", *PRETTIER_FILES], cwd=ROOT
	)


def eslint() -> int | None:
	config = CONFIGS / "eslint.config.mjs"
	return _with_node("eslint", "--max-warnings", "0", "--config", str(config), "smooth_lms_hr", str(CONFIGS))


def commitlint(*which: str) -> int | None:
	return _with_node("commitlint", "--config", str(CONFIGS / "commitlint.config.mjs"), *which)


def _with_node(tool: str, *options: str) -> int | None:
	"""Run a tool of tests/scripts; return the code that it ends with, None where it cannot run here."""
	try:
		node.prepare()
	except node.NoNode as reason:
		print(f"lint: {tool} did not run: {reason}")
		return None
	return subprocess.call([node.tool(tool), *options], cwd=ROOT)


if __name__ == "__main__":
	sys.exit(main())
