"""Checks style: ruff for Python, prettier for the rest, in the versions that .pre-commit-config.yaml names."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".cache" / "lint"
PRETTIER_FILES = ("smooth_lms_hr/**/*.{js,css}", "*.md", "docs/**/*.md", "embedded/*.md")


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


def prettier() -> int:
	if not shutil.which("npx"):
		print("lint: prettier did not run: there is no npx on this machine")
		return 0
	command = ["npx", "--yes", "--cache", str(TOOLS / "npm"), f"prettier@{version('prettier')}", "--check"]
	return subprocess.call(
		[*command, "--log-level", "warn", "--no-error-on-unmatched-pattern", *PRETTIER_FILES], cwd=ROOT
	)


if __name__ == "__main__":
	sys.exit(ruff() | prettier())
