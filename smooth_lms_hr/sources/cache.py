"""What is counted for a while in Frappe's cache, and only there: the cache may be gone."""

import frappe
from redis.exceptions import RedisError


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
