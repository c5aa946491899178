"""Fetches the tools for the browser's scripts (vitest, eslint, commitlint), exactly as their package-lock.json says.

They are developers' tools alone: the app itself has no package.json, so a bench fetches nothing of this.
"""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "scripts"
MODULES = FOLDER / "node_modules"
STAMP = MODULES / ".finished"
OLDEST = (20, 19)


class NoNode(Exception):
	"""Says why the tools cannot run here."""


def prepare(say=print) -> None:
	"""Fetch the tools, or see that they are there.

	:raises NoNode: where there is no Node, it is too old, or nothing can be fetched
	"""
	node, npm = shutil.which("node"), shutil.which("npm")
	if not (node and npm):
		raise NoNode("there is no Node on this machine")
	said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip()
	found = re.match(r"v(\d+)\.(\d+)", said)
	if not found or tuple(map(int, found.groups())) < OLDEST:
		raise NoNode(f"Node 20.19 or later is needed, and this is {said or 'none'}")
	wanted = _wanted()
	if STAMP.exists() and STAMP.read_text() == wanted:
		return
	say("node: fetching vitest, eslint and commitlint (once, 145 MB) ...")
	# No package runs a script of its own, and without a network this gives up soon.
	quiet = (
		"--ignore-scripts",
		"--no-audit",
		"--no-fund",
		"--loglevel=error",
		"--fetch-retries=1",
		"--fetch-timeout=30000",
	)
	done = subprocess.run(
		[npm, "ci", *quiet], cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
	)
	if done.returncode:
		shutil.rmtree(MODULES, ignore_errors=True)
		# The fault of the list itself, and no reason to go on without the tools.
		if any(code in done.stdout for code in ("EUSAGE", "EINTEGRITY")):
			sys.exit(f"node: {FOLDER.name}/package-lock.json does not hold:\n{done.stdout}")
		why = done.stdout.strip().splitlines() or ["npm said nothing"]
		raise NoNode(f"its packages could not be fetched ({why[0]})")
	STAMP.write_text(wanted)


def tool(name: str) -> str:
	"""Return the path of a tool that was fetched."""
	return str(MODULES / ".bin" / name)


def _wanted() -> str:
	return hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()
