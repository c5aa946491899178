"""All benchmarks, one after the other, and one table of what they measured: the one that the README shows.

Each in a process of its own, so that none is warmed by another. One that fails is named, and the others go on.

    make bench-all BENCH=~/frappe-bench
    make bench-all ARGS="onboarding progress rules" BENCH=~/frappe-bench     only these
"""

import os
import subprocess
import sys
import tempfile
import time

from benchmarks import table

# In this order; with what they measure by themselves.
NAMES = (
	"onboarding",
	"progress",
	"rules",
	"campaign",
	"daily",
	"lists",
	"seal",
	"binder",
	"compliance",
	"load",
)


def main(names: list[str]) -> int:
	rows, failed = [], []
	for name in names:
		print(f"\n== {name}", flush=True)
		started = time.perf_counter()
		with tempfile.NamedTemporaryFile() as file:
			done = subprocess.run(
				[sys.executable, "-W", "ignore", "-m", f"benchmarks.{name}"],
				env={**os.environ, table.WANTED_AT: file.name},
				check=False,
			)
			rows += table.read(file.name)
		if done.returncode:
			failed.append(name)
		print(f"== {name}: {time.perf_counter() - started:.0f} s", flush=True)
	print(f"\n{table.as_markdown(rows)}")
	if failed:
		print(f"\nFailed: {', '.join(failed)}")
	return bool(failed)


if __name__ == "__main__":
	asked = sys.argv[1:] or list(NAMES)
	if unknown := set(asked) - set(NAMES):
		sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}.")
	sys.exit(main(asked))
