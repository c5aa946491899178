"""How the person at the screen shows that it is them: by their own password or, where they have none, by a code in their mailbox.

Frappe checks the password, and counts wrong ones with those of the login: who may not log in any more for a while may not
sign either. Of a code only a keyed hash is kept, in the cache, for a few minutes, for one thing and once.
"""

import hmac
import secrets
from hashlib import sha256

import frappe
from frappe import _
from frappe.auth import get_login_attempt_tracker
from frappe.utils import cint
from frappe.utils.password import check_password, get_encryption_key

from smooth_lms_hr.sources import cache

DIGITS = 8
CODE_COUNTS = 15 * 60
# So many tries of one code, and so many codes in an hour.
MAX_TRIES, MAX_CODES = 5, 5
HOUR = 60 * 60


class NoCode(frappe.ValidationError):
	"""The cache, where codes are kept, does not answer."""


class NotShown(frappe.ValidationError):
	"""The password, or the code, is not theirs."""


def has_code(user: str) -> bool:
	"""Return whether somebody shows who they are by a code: they log in by another door, and know no password of ours.

	Frappe gives whoever came by a social login a password that nobody has ever seen.
	"""
	elsewhere = {"parent": user, "parenttype": "User", "provider": ("!=", "frappe")}
	return not _has_password(user) or bool(frappe.db.exists("User Social Login", elsewhere))


def new_code(user: str, what: str) -> str:
	"""Return a code by which somebody can show who they are, for one thing; one that was made before is worth nothing now.

	:param user: for whom alone it counts
	:param what: for what alone
	:raises frappe.RateLimitExceededError: for whoever asked for MAX_CODES within an hour
	:raises NoCode: where the cache does not answer
	"""
	asked = cache.count(f"smooth_lms_hr:codes:{user}", HOUR)
	if asked and asked > MAX_CODES:
		frappe.throw(
			_("Too many codes were asked for. Wait an hour, or use the last one."),
			frappe.RateLimitExceededError,
		)
	code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
	cache.forget(_tries(user, what))
	if not asked or not cache.keep(_key(user, what), _hash(user, what, code), CODE_COUNTS):
		frappe.throw(_("No code can be made just now. Try again, or tell your administrator."), NoCode)
	return code


def check(user: str, what: str, secret: str) -> None:
	"""See to it that somebody is who they are.

	:param user: whoever is at work
	:param what: what a code was made for
	:param secret: the password or, for whoever ``has_code``, such a code
	:raises frappe.RateLimitExceededError: after as many wrong ones as the site allows at the login
	:raises NotShown: for a wrong one
	"""
	tracker = get_login_attempt_tracker(user, raise_locked_exception=False)
	if cint(frappe.get_system_settings("allow_consecutive_login_attempts")) and not tracker.is_user_allowed():
		frappe.throw(
			_("There were too many wrong attempts. Wait for some minutes."), frappe.RateLimitExceededError
		)
	by_code = has_code(user)
	if (by_code and _is_code(user, what, secret)) or (_has_password(user) and _is_password(user, secret)):
		tracker.add_success_attempt()
		return
	tracker.add_failure_attempt()
	if by_code:
		frappe.throw(_("That code is wrong or no longer counts. Ask for a new one."), NotShown)
	frappe.throw(_("That is not your password."), NotShown)


def forget_code(user: str, what: str) -> None:
	"""Let the code that was made for something count no more: it was used."""
	cache.forget(_key(user, what))


def _has_password(user: str) -> bool:
	if cint(frappe.get_system_settings("disable_user_pass_login")):
		return False
	auth = frappe.qb.Table("__Auth")
	own = (auth.doctype == "User") & (auth.name == user) & (auth.fieldname == "password")
	return bool(frappe.qb.from_(auth).select(auth.name).where(own & (auth.encrypted == 0)).limit(1).run())


def _is_password(user: str, password: str) -> bool:
	try:
		# It would forget the wrong ones, which are the tracker's to count.
		check_password(user, password, delete_tracker_cache=False)
	except frappe.AuthenticationError:
		# Frappe would end the session with it.
		return False
	return True


def _is_code(user: str, what: str, code: str) -> bool:
	kept = cache.kept(_key(user, what))
	if not kept:
		return False
	tries = cache.count(_tries(user, what), CODE_COUNTS)
	if not tries or tries > MAX_TRIES:
		return False
	return hmac.compare_digest(kept, _hash(user, what, "".join(code.split())))


def _key(user: str, what: str) -> str:
	return f"smooth_lms_hr:code:{user}:{what}"


def _tries(user: str, what: str) -> str:
	return f"smooth_lms_hr:code_tries:{user}:{what}"


def _hash(user: str, what: str, code: str) -> str:
	said = "\n".join((user, what, code))
	return hmac.new(get_encryption_key().encode(), said.encode(), sha256).hexdigest()
