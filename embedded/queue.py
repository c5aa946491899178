"""Redis inside the process: cache, sessions and job queues, and a worker that runs when it is told to."""

import contextvars

import fakeredis
import redis

server = fakeredis.FakeServer()


def install():
	"""Every pool that the engine makes from a URL talks to the one server above."""

	def from_url(cls, url, **options):
		# asked for by the engine's client side cache, which needs a socket of its own
		options.pop("_invalidator_id", None)
		options.pop("connection_class", None)
		options = {key: value for key, value in options.items() if value is not None}
		return cls(connection_class=fakeredis.FakeConnection, server=server, host="in-process", **options)

	redis.ConnectionPool.from_url = classmethod(from_url)


def forget_all():
	"""As after a restart of Redis: no cache, no session, no job."""
	for database in server.dbs.values():
		database._dict.clear()


def run_jobs(*queues: str) -> int:
	"""Run what frappe.enqueue left behind, each job in a frappe.local of its own, as a worker would."""
	import frappe
	from frappe.utils.background_jobs import execute_job, get_queue

	from embedded import site

	frappe.db.commit()  # what waits for a commit is queued by it
	done = 0
	for queue in map(get_queue, queues or ("short", "default", "long")):
		while job_ids := queue.get_job_ids():
			job = queue.fetch_job(job_ids[0])
			queue.remove(job_ids[0])
			contextvars.copy_context().run(_work, site, execute_job, job.kwargs)
			job.delete()  # so that a deduplicated job may be queued again
			done += 1
	site.forget_local_caches()
	return done


def _work(site, execute_job, kwargs):
	site.new_local()
	execute_job(**kwargs)
