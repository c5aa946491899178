"""Runs all tests that can run here, and ends with a line per engine: what ran, what could not, and why.

	python3 tests/run.py [--bench PATH] [--only ENGINE ...]

Standard library only: it makes the environment that everything else needs.
"""

import argparse
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import bench as benches  # noqa: E402, needs the path above
from tests import node  # noqa: E402

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REPORTS = ROOT / ".cache" / "reports"
# What is run, and where: the rules, the browser's scripts, the throw-away site, its pages in a browser, a bench, all of it in
# a browser.
ENGINES = ("unit", "scripts", "embedded", "pages", "bench", "browser")
TOOLS = ROOT / ".cache" / "tools" / "browser"
IN_PARALLEL = ("-n", str(os.cpu_count() or 1))
NO_TESTS = 5  # pytest's exit code


@dataclass
class Result:
	engine: str
	why_not: str = ""
	counts: dict[str, int] = field(default_factory=dict)
	seconds: float = 0
	versions: str = ""
	failed: bool = False

	def line(self) -> str:
		if self.why_not:
			return f"{self.engine:10} not run: {self.why_not}"
		counts = ", ".join(
			f"{number} {what}" for what, number in self.counts.items() if number or what == "passed"
		)
		return f"{self.engine:10} {counts} in {self.seconds:.0f} s{self.versions and f' ({self.versions})'}"


def main() -> int:
	arguments = parse()
	results = []
	if {"unit", "embedded", "pages"} & set(arguments.only):
		make_environment()
	if "unit" in arguments.only:
		results.append(run("unit", "tests/unit"))
	if "scripts" in arguments.only:
		results.append(in_node())
	if "embedded" in arguments.only:
		results.append(run("embedded", "tests/site", *IN_PARALLEL, SITE_ENGINE="embedded"))
	if "pages" in arguments.only:
		results.append(pages())
	results += on_bench(arguments)
	for result in results:
		# What was asked for by name and could not run has not passed.
		result.failed |= bool(result.why_not) and result.engine in arguments.named
	print("\n" + "\n".join(result.line() for result in results))
	total = {what: sum(r.counts.get(what, 0) for r in results) for what in ("passed", "failed", "skipped")}
	print("{passed} passed, {failed} failed, {skipped} skipped".format(**total))
	return int(any(result.failed for result in results))


def parse() -> argparse.Namespace:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument(
		"--bench", help="a bench with erpnext, hrms and lms (else FRAPPE_BENCH, ~/frappe-bench)"
	)
	parser.add_argument("--only", nargs="+", choices=ENGINES, help="run these alone, or fail")
	arguments = parser.parse_args()
	arguments.named = arguments.only or ()
	arguments.only = arguments.only or ENGINES
	return arguments


def make_environment() -> None:
	if subprocess.call([sys.executable, str(ROOT / "embedded" / "make_env.py")]):
		raise SystemExit(1)


def run(engine: str, folder: str, *options: str, call=None, **environment: str) -> Result:
	"""Run one folder of tests.

	:param options: for pytest
	:param call: calls a bench's Python, None for ours
	"""
	report = begin(engine, folder)
	arguments = [
		*("-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(ROOT)),
		*("-c", str(ROOT / "pyproject.toml"), f"--junitxml={report}", *options, str(ROOT / folder)),
	]
	started = time.monotonic()
	if call:
		code = call(*arguments)
	else:
		code = subprocess.call([str(PYTHON), *arguments], cwd=ROOT, env=os.environ | environment)
	return counted(engine, code, report, time.monotonic() - started)


def in_node() -> Result:
	"""Run the tests of the browser's scripts."""
	try:
		node.prepare(say=lambda text: print(text, flush=True))
	except node.NoNode as reason:
		return Result("scripts", why_not=str(reason))
	report = begin("scripts", "tests/scripts")
	command = [
		node.tool("vitest"),
		"run",
		"--reporter=dot",
		"--reporter=junit",
		f"--outputFile.junit={report}",
	]
	started = time.monotonic()
	code = subprocess.call(command, cwd=node.FOLDER)
	return counted("scripts", code, report, time.monotonic() - started)


def begin(engine: str, folder: str) -> Path:
	"""Say what is run; return where its report goes, in JUnit's format."""
	REPORTS.mkdir(parents=True, exist_ok=True)
	report = REPORTS / f"{engine}.xml"
	report.unlink(missing_ok=True)
	print(f"\n{engine}: {folder}", flush=True)
	return report


def counted(engine: str, code: int, report: Path, seconds: float) -> Result:
	"""Return what came of a run.

	:param code: with which it ended
	"""
	result = Result(engine, seconds=seconds, failed=code != 0)
	if code == NO_TESTS or not report.exists():
		result.counts = {"passed": 0, "failed": 1}
		result.failed = True
		return result
	suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
	number = {
		what: sum(int(suite.get(what, 0)) for suite in suites)
		for what in ("tests", "failures", "errors", "skipped")
	}
	failed = number["failures"] + number["errors"]
	result.counts = {
		"passed": number["tests"] - failed - number["skipped"],
		"failed": failed,
		"skipped": number["skipped"],
	}
	return result


def pages() -> Result:
	"""Run in the browser what needs nothing but the throw-away site."""
	try:
		benches.fetch_driver(PYTHON, TOOLS, say=lambda text: print(text, flush=True))
	except benches.NoBench as reason:
		return Result("pages", why_not=str(reason))
	return run("pages", "tests/browser", *IN_PARALLEL, SITE_ENGINE="embedded", PYTHONPATH=str(TOOLS))


def on_bench(arguments: argparse.Namespace) -> list[Result]:
	engines = [engine for engine in ("bench", "browser") if engine in arguments.only]
	if not engines:
		return []
	try:
		bench = benches.find(arguments.bench)
		servers = benches.prepare(bench, say=lambda text: print(text, flush=True))
	except benches.NoBench as reason:
		# A bench that was asked for by name and does not work is an error, one that is not there is not.
		asked_for = bool(arguments.bench)
		return [Result(engine, why_not=str(reason), failed=asked_for) for engine in engines]
	try:
		versions = bench.versions()
		results = []
		if "bench" in engines:
			results.append(run("bench", "tests/site", call=lambda *args: bench.run(*args, log=False)))
		if "browser" in engines:
			results.append(in_browser(bench))
		for result in results:
			result.versions = versions
		return results
	finally:
		benches.stop(servers)


def in_browser(bench: benches.Bench) -> Result:
	try:
		benches.prepare_browser(bench, say=lambda text: print(text, flush=True))
	except benches.NoBench as reason:
		return Result("browser", why_not=str(reason))
	return run("browser", "tests/browser", call=lambda *args: bench.run(*args, log=False))


if __name__ == "__main__":
	try:
		sys.exit(main())
	except KeyboardInterrupt:
		print("\nStopped. Nothing half-made is used again.", file=sys.stderr)
		sys.exit(130)
