"""How a document on an employee's file stands, and what dates of one make no sense."""

from datetime import date
from enum import Enum

# What it is called that arrives with evidence.
CERTIFICATE = "Certificate"
TO_BE_VERIFIED, VALID, EXPIRED, REVOKED = "To Be Verified", "Valid", "Expired", "Revoked"


class WrongDates(Enum):
	ISSUED_LATER = "issued in the future"
	ENDS_BEFORE = "expires before it was issued"


def state(is_verified: bool, is_revoked: bool, expires_on: date | None, today: date) -> str:
	"""Return how a document stands: what was taken back first, then what nobody has looked at yet.

	:param expires_on: the last day on which it counts, None for ever
	:param today: in the site's time zone
	"""
	if is_revoked:
		return REVOKED
	if not is_verified:
		return TO_BE_VERIFIED
	return EXPIRED if expires_on and expires_on < today else VALID


def wrong_with(issued_on: date | None, expires_on: date | None, today: date) -> WrongDates | None:
	"""Return what of a document's dates makes no sense, None where they do. It may be filed when it has expired already."""
	if issued_on and issued_on > today:
		return WrongDates.ISSUED_LATER
	if issued_on and expires_on and expires_on < issued_on:
		return WrongDates.ENDS_BEFORE
	return None
