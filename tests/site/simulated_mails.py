"""What the mails of a simulation say about courses, read as who gets them reads them."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from email import message_from_string, policy
from html import unescape

# A person in a mail about several, and each training below it.
PERSON = r"<h2\b[^>]*\btraining-person\b[^>]*>(?P<who>.*?)</h2>"
TRAINING = r"<div\b[^>]*\btraining-row\b[^>]*>(?P<training>.*?)</div>\s*</div>"
IN_A_MAIL = re.compile(f"{PERSON}|{TRAINING}", re.DOTALL)


@dataclass(frozen=True)
class Mail:
	"""
	:param rows: who (empty in a mail to the member), which course, due when
	"""

	to: str
	subject: str
	rows: tuple[tuple[str, str, date], ...]


def read_mail(to: str, message: str, titles: Collection[str], dates: dict[str, date]) -> Mail:
	"""Return what a mail says about courses.

	:param message: as it goes over the wire
	:param titles: those of the courses
	:param dates: what the site's way of writing dates means
	"""
	mail = message_from_string(message, policy=policy.default)
	html = mail.get_body(("html",)).get_content()
	rows, who = [], ""
	for found in IN_A_MAIL.finditer(html):
		text = " ".join(unescape(re.sub(r"<[^>]*>", " ", found["who"] or found["training"])).split())
		if found["who"]:
			who = text
			continue
		title = next(title for title in titles if text.startswith(title))
		due = next(day for written, day in dates.items() if written in text)
		rows.append((who, title, due))
	return Mail(to, " ".join(mail["Subject"].split()), tuple(sorted(rows)))
