"""The web server of the browser tests: python -m tests.browser.server PORT, in the bench's folder of sites."""

import sys

from frappe import app
from werkzeug.serving import run_simple

from tests.site.bench_harness import SITE

if __name__ == "__main__":
	app._site, app._sites_path = SITE, "."
	run_simple("127.0.0.1", int(sys.argv[1]), app.application_with_statics(), threaded=True)
