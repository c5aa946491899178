"""Redis that is down or slow, as the connections of Frappe in this process meet it."""

import contextlib
import socket
from collections.abc import Iterator

import frappe
import frappe.realtime
import pytest
import redis

# Seconds that Redis is waited for where it takes a connection and never answers.
PATIENCE = 0.2


@contextlib.contextmanager
def down(what: str, how: str) -> Iterator[None]:
	"""Let the queue (live updates are sent through it, too) or the cache be down or slow.

	:param what: "queue" or "cache"
	:param how: "refused": nobody listens on the port; "slow": somebody does, and never answers
	"""
	with socket.socket() as listener, pytest.MonkeyPatch.context() as patched:
		listener.bind(("127.0.0.1", 0))
		if how == "slow":
			listener.listen(64)
		pool = redis.ConnectionPool(
			host="127.0.0.1",
			port=listener.getsockname()[1],
			socket_timeout=PATIENCE,
			socket_connect_timeout=PATIENCE,
		)
		if what == "queue":
			_put_queue(patched, pool)
		else:
			_put_cache(patched, pool)
		yield


def _put_queue(patched, pool) -> None:
	import frappe.utils.background_jobs as background

	# The tests keep jobs where they can see them; these are to go where Frappe puts them.
	patched.setattr(frappe, "enqueue", background.enqueue)
	patched.setattr(background, "_redis_queue_conn", redis.Redis(connection_pool=pool))
	# Where Redis is slow, Frappe's live updates keep whoever saves any document waiting once all is saved: that is its own,
	# and docs/faults.md says so. Where Redis refuses, Frappe goes without them, and so do these.
	emit = frappe.realtime.emit_via_redis

	def emit_or_give_up(*arguments) -> None:
		with contextlib.suppress(redis.exceptions.TimeoutError):
			emit(*arguments)

	patched.setattr(frappe.realtime, "emit_via_redis", emit_or_give_up)


def _put_cache(patched, pool) -> None:
	patched.setattr(frappe.cache, "connection_pool", pool)
	# What this process remembers of the cache is not to hide that it is gone.
	frappe.local.cache.clear()
	if in_process := getattr(frappe, "client_cache", None):
		patched.setattr(in_process.redis, "connection_pool", pool)
		in_process.cache.clear()
