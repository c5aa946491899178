"""What is kept for a while in Frappe's cache, and only there: the cache may be gone."""

import frappe
from frappe import _
from redis.exceptions import RedisError


class CacheDown(frappe.ValidationError):
	"""The cache does not answer."""


def recall(key: str):
	"""Return what was kept under a key, None where nothing is.

	:raises CacheDown: where it cannot be known
	"""
	kept = frappe.cache.get_value(key, expires=True)
	# Frappe takes a cache that is gone for one that is empty.
	if kept is None and not frappe.cache.connected():
		raise CacheDown(
			_("The cache does not answer, so nobody can say. Try again, or tell your administrator.")
		)
	return kept


def count(key: str, seconds: int) -> int | None:
	"""Count once more under a key; return how often that was, None where the cache does not answer.

	:param seconds: after which the count is forgotten
	"""
	key = frappe.cache.make_key(key)
	try:
		number = frappe.cache.incrby(key, 1)
		frappe.cache.expire(key, seconds)
	except RedisError:
		return None
	return number
