"""What is counted or kept for a while in Frappe's cache, and only there: the cache may be gone."""

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


def keep(key: str, text: str, seconds: int) -> bool:
	"""Keep a text under a key; return whether it is kept: the cache may not answer.

	:param seconds: after which it is forgotten
	"""
	try:
		# With make_key it is the site's own.
		return bool(frappe.cache.set(frappe.cache.make_key(key), text, ex=seconds))  # nosemgrep
	except RedisError:
		return False


def kept(key: str) -> str | None:
	"""Return the text that is kept under a key, None where there is none (any more) or the cache does not answer."""
	try:
		text = frappe.cache.get(frappe.cache.make_key(key))  # nosemgrep
	except RedisError:
		return None
	return text.decode() if text else None


def forget(*keys: str) -> None:
	"""Forget what is kept, or counted, under some keys. Where the cache does not answer, time does it."""
	try:
		frappe.cache.delete(*(frappe.cache.make_key(key) for key in keys))
	except RedisError:
		return
