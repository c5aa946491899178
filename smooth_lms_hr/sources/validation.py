"""The door: what a request brings is checked against the annotation of the parameter that it is for.

A parameter says what it takes with one of the types below, a function that the whitelist opens says ``@checked``, and
whatever else comes is refused with words that name the parameter. Frappe has a check of its own, which lets any text,
list or number through; it is answered here, so that there is one set of words.
"""

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from functools import partial, wraps
from inspect import Parameter, signature
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import frappe
from frappe import _
from frappe.utils import escape_html

# As long as a name can be in Frappe's tables.
MAX_NAME = 140
# People that one request can name: a large company, all of it.
MAX_NAMES = 100_000
MAX_TEXT = 2000
# A statement to sign: what a column of text holds in any script.
MAX_LONG_TEXT = 10_000
# As long as a password can be in Frappe.
MAX_SECRET = 512
# A rule with thousands of lines, as its form sends it.
MAX_DOCUMENT = 5_000_000
# What is outside is a slip of the keyboard, and far outside the calendar itself ends.
EARLIEST, LATEST = date(1900, 1, 1), date(2100, 12, 31)

# What no database column, mail or file takes: control characters, and halves of a character.
UNREADABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
UNREADABLE_IN_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[ T][0-9:.]{0,20})?")
WHOLE = re.compile(r"[+-]?[0-9]{1,20}")
YES_AND_NO = {"true": True, "1": True, "false": False, "0": False}

# Takes the parameter's name and what came for it; returns the value, None for nothing, or raises a ValidationError.
Check = Callable[[str, Any], Any]


def refuse(said: str) -> None:
	frappe.throw(said, frappe.ValidationError, title=_("Invalid Input"))


def shown(value: Any) -> str:
	"""Return what came, harmless and short, to be repeated in a message."""
	# What is nested deeply cannot even be written out.
	text = str(value) if isinstance(value, str | int | float | date) else type(value).__name__
	return frappe.bold(escape_html(UNREADABLE.sub("?", text[:100])))


def name(what: str, value: Any) -> str | None:
	"""Return a name, None for a blank one.

	:raises frappe.ValidationError: for what is none, or too long
	"""
	if not isinstance(value, str) or len(value) > MAX_NAME or UNREADABLE.search(value):
		refuse(_("{0} has to be a name, text of {1} characters at most.").format(what, MAX_NAME))
	return value.strip() or None


def _names(what: str, value: Any) -> list[str]:
	if isinstance(value, str):
		if not value.lstrip().startswith("["):
			only = name(what, value)
			return [only] if only else []
		# Each with its quotes, its comma and a blank: what is longer is too many anyway.
		if len(value) > MAX_NAMES * (MAX_NAME + 4):
			_refuse_too_many(what)
		value = _json(value, _("{0} is not a list: {1}").format(what, shown(value)))
	if not isinstance(value, list | tuple):
		refuse(_("{0} has to be a list of names.").format(what))
	if len(value) > MAX_NAMES:
		_refuse_too_many(what)
	names = []
	for item in value:
		if not isinstance(item, str) or not (each := name(what, item)):
			refuse(_("{0} has to be a list of names.").format(what))
		names.append(each)
	# Once each, in the order given.
	return list(dict.fromkeys(names))


def _refuse_too_many(what: str) -> None:
	refuse(_("{0} has more than {1} names. Do it in parts.").format(what, MAX_NAMES))


def day(what: str, value: Any) -> date | None:
	"""Return a date, None for blank text.

	:raises frappe.ValidationError: for what is none, or not between EARLIEST and LATEST
	"""
	if isinstance(value, str) and not value.strip():
		return None
	found = None
	if isinstance(value, datetime):
		found = value.date()
	elif isinstance(value, date):
		found = value
	elif isinstance(value, str) and (parts := ISO_DAY.fullmatch(value.strip())):
		try:
			found = date(*(int(part) for part in parts.groups()))
		except ValueError:
			found = None
	if not found or not EARLIEST <= found <= LATEST:
		refuse(
			_("{0}: {1} is not a date (YYYY-MM-DD) between {2} and {3}.").format(
				what, shown(value), EARLIEST, LATEST
			)
		)
	return found


def _flag(what: str, value: Any) -> bool:
	if isinstance(value, bool):
		return value
	answer = YES_AND_NO.get(str(value).strip().lower()) if isinstance(value, int | str) else None
	if answer is None:
		refuse(_("{0} has to be true or false, not {1}.").format(what, shown(value)))
	return answer


def _text(what: str, value: Any, most: int = MAX_TEXT) -> str | None:
	if not isinstance(value, str):
		refuse(_("{0} has to be text.").format(what))
	if len(value) > most:
		refuse(_("{0} has {1} characters; {2} at most.").format(what, len(value), most))
	if UNREADABLE_IN_TEXT.search(value):
		refuse(_("{0} has characters that nobody can read.").format(what))
	return value.strip() or None


def _secret(what: str, value: Any) -> str:
	# With its blanks, and never repeated in a message.
	if not isinstance(value, str) or len(value) > MAX_SECRET or UNREADABLE.search(value):
		refuse(_("{0} has to be text of {1} characters at most.").format(what, MAX_SECRET))
	return value


def _excerpt(what: str, value: Any) -> str | None:
	if not isinstance(value, str):
		refuse(_("{0} has to be text.").format(what))
	return UNREADABLE_IN_TEXT.sub("?", value[:MAX_TEXT]).strip() or None


def whole(what: str, value: Any, least: int, most: int) -> int | None:
	"""Return a whole number.

	:raises frappe.ValidationError: for what is none, or not between least and most
	"""
	number = None
	if isinstance(value, str):
		if not value.strip():
			return None
		number = int(value) if WHOLE.fullmatch(value.strip()) else None
	elif isinstance(value, int) and not isinstance(value, bool):
		number = value
	if number is None or not least <= number <= most:
		refuse(
			_("{0} has to be a whole number from {1} to {2}, not {3}.").format(
				what, least, most, shown(value)
			)
		)
	return number


def _json(text: str, said: str) -> Any:
	try:
		return json.loads(text)
	except (ValueError, RecursionError):
		refuse(said)


def _name_or_document(what: str, value: Any) -> str | dict | None:
	if isinstance(value, str) and not value.lstrip().startswith("{"):
		return name(what, value)
	said = _("{0} has to be a name, or a record as an object.").format(what)
	if isinstance(value, str):
		if len(value) > MAX_DOCUMENT:
			refuse(_("{0} has {1} characters; {2} at most.").format(what, len(value), MAX_DOCUMENT))
		value = _json(value, said)
	if not isinstance(value, dict):
		refuse(said)
	_refuse_deep(value, said)
	return value


def _refuse_deep(document: dict, said: str) -> None:
	"""Let through what a form sends: plain values, and rows of plain values."""
	for held in document.values():
		rows = held if isinstance(held, list) else []
		if isinstance(held, dict) or not all(isinstance(row, dict) for row in rows):
			refuse(said)
		if any(isinstance(each, dict | list) for row in rows for each in row.values()):
			refuse(said)


Name = Annotated[str, name]
NameOrDocument = Annotated[str | dict, _name_or_document]
# A list, its JSON, or one name.
Names = Annotated[list | str, _names]
Day = Annotated[date | str, day]
Flag = Annotated[bool | int | str, _flag]
Text = Annotated[str, _text]
LongText = Annotated[str, partial(_text, most=MAX_LONG_TEXT)]
# A password or a code.
Secret = Annotated[str, _secret]
# The beginning of a text that nobody wrote with care.
Excerpt = Annotated[str, _excerpt]


def between(least: int, most: int) -> type:
	"""Return the type of a whole number, also as text, from least to most."""
	return Annotated[int | str, lambda what, value: whole(what, value, least, most)]


def one_of(*choices: str) -> type:
	"""Return the type of a text that is one of these."""

	def check(what: str, value: Any) -> str | None:
		if isinstance(value, str) and not value.strip():
			return None
		if value not in choices:
			refuse(_("{0} has to be one of {1}, not {2}.").format(what, ", ".join(choices), shown(value)))
		return value

	return Annotated[str, check]


def object_of(**kinds: type) -> type:
	"""Return the type of a dict, or its JSON, whose keys are these and no others; what is missing is None.

	:param kinds: a type of this module by key
	"""
	checks = {key: check_of(kind) for key, kind in kinds.items()}

	def check(what: str, value: Any) -> dict:
		said = _("{0} has to be an object.").format(what)
		if isinstance(value, str):
			if len(value) > 2 * MAX_NAMES * (MAX_NAME + 4):
				_refuse_too_many(what)
			value = _json(value, said)
		if not isinstance(value, dict):
			refuse(said)
		if unknown := [key for key in value if key not in checks]:
			refuse(_("{0} has no {1}; it has {2}.").format(what, shown(unknown[0]), ", ".join(checks)))
		return {
			key: None if value.get(key) in (None, "") else check_key(f"{what}.{key}", value[key])
			for key, check_key in checks.items()
		}

	return Annotated[dict | str, check]


def check_of(kind: Any) -> Check | None:
	"""Return what checks a type of this module, alone or with ``| None``; None for any other type."""
	if get_origin(kind) is Annotated:
		return kind.__metadata__[0]
	return next((check for each in get_args(kind) if (check := check_of(each))), None)


def checked(function: Callable) -> Callable:
	"""Check every argument of a whitelisted function, by its annotation, before the function sees it.

	:raises TypeError: while the module is imported, for a parameter whose annotation says nothing to check by
	"""
	own = signature(function)
	hints = get_type_hints(function, include_extras=True)
	checks = {}
	for parameter in own.parameters:
		if not (check := check_of(hints.get(parameter))):
			raise TypeError(f"{function.__qualname__}: what is {parameter}?")
		checks[parameter] = check

	@wraps(function)
	def wrapper(*args, **kwargs):
		arguments = own.bind_partial(*args, **kwargs).arguments
		for parameter, check in checks.items():
			value = arguments.pop(parameter, None)
			value = None if value in (None, "") else check(parameter, value)
			if value is not None:
				arguments[parameter] = value
			elif own.parameters[parameter].default is Parameter.empty:
				frappe.throw(_("{0} is required.").format(parameter), frappe.MandatoryError)
		return function(**arguments)

	# Frappe would go by them before this is asked, and answer with an error of types.
	wrapper.__annotations__ = {}
	return wrapper
