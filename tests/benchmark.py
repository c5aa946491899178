"""Runs one of benchmarks/ on the scratch site of a bench: python3 tests/benchmark.py NAME [--bench PATH] [its own arguments]."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import bench as benches

if __name__ == "__main__":
	parser = argparse.ArgumentParser()
	parser.add_argument("name")
	parser.add_argument("--bench")
	arguments, own = parser.parse_known_args()
	try:
		bench = benches.find(arguments.bench)
		servers = benches.prepare(bench)
	except benches.NoBench as reason:
		sys.exit(f"A benchmark needs a bench: {reason}.")
	try:
		sys.exit(bench.run("-W", "ignore", "-m", f"benchmarks.{arguments.name}", *own, log=False))
	finally:
		benches.stop(servers)
