#!/usr/bin/env bash
# Makes a bench of Frappe with ERPNext, Frappe HR and Learning, from their public repositories:
#
#	.github/make_bench.sh 15 ~/frappe-bench
#
# It needs git, Node with yarn 1, Redis' and MariaDB's programs, and as `python3` one that this Frappe runs on.
set -euo pipefail

version=$1
folder=$2
learning=v2.61.0
payments=version-15
if [ "$version" != 15 ]; then
	payments=develop # it has no branch of its own for 16
fi

python=$(command -v python3)
"$python" -m venv "$folder.tools"
"$folder.tools/bin/pip" install --quiet frappe-bench==5.31.1
export PATH="$folder.tools/bin:$PATH"
bench init --no-backups --frappe-branch "version-$version" --python "$python" "$folder"
cd "$folder"
bench get-app --branch "$payments" payments
bench get-app --branch "version-$version" erpnext
bench get-app --branch "version-$version" hrms
bench get-app --branch "$learning" lms
bench set-config --global db_host "${DB_HOST:-127.0.0.1}"
