"""Mails each seal to an address outside: what nobody here can change any more says whether the seals here are the same."""

from datetime import date, timedelta
from functools import partial

import frappe
from frappe import _
from frappe.utils import cstr, get_url

from smooth_lms_hr.record import ledger, seal
from smooth_lms_hr.record.ledger import SEALED, Notice
from smooth_lms_hr.record.seal import Seal
from smooth_lms_hr.sources.names import EVENT, EVIDENCE, SEAL
from smooth_lms_hr.sources.settings import Settings
from smooth_lms_hr.telling.reminders import Do
from smooth_lms_hr.telling.send import Report

OUTSIDE = "Outside"
# What an outage has kept is mailed later; a new address does not get all seals of years.
FORGOTTEN_DAYS = 30


def mail_forgotten(today: date, settings: Settings, do: Do) -> None:
	"""Mail each seal that was not mailed to the address yet.

	:param today: in the site's time zone
	:param do: does each mail in a transaction of its own
	"""
	since, address = today - timedelta(days=FORGOTTEN_DAYS), settings.seal_recipient
	said = ledger.said_of_reference(SEALED, since, address)
	for one in seal.all_seals():
		if one.name not in said and one.sealed_on.date() >= since:
			do(_("Mailing seal {0}").format(one.name), partial(_mail, one, address, settings.sender))


def _mail(one: Seal, address: str, sender: str | None) -> Report:
	queued = frappe.sendmail(
		recipients=[address],
		sender=sender,
		subject=_("Seal {0} of the training record of {1}").format(one.name, get_url()),
		message=_in_words(one),
		reference_doctype=SEAL,
		reference_name=one.name,
		add_unsubscribe_link=0,
	)
	day = one.sealed_on.date()
	notice = Notice(None, SEALED, day, OUTSIDE, address, day, reference_doctype=SEAL, reference=one.name)
	ledger.write([notice], queued.name if queued else None)
	return Report(mails=1 if queued else 0)


def _in_words(one: Seal) -> str:
	rows = (
		(_("Seal"), one.name),
		(_("Sealed on"), cstr(one.sealed_on)),
		(_("Events"), one.counts[EVENT]),
		(_("Up to event"), one.up_to[EVENT]),
		(_("Evidence"), one.counts[EVIDENCE]),
		(_("Up to evidence"), one.up_to[EVIDENCE]),
		(_("Digest of the seal before"), one.previous),
		(_("Digest"), one.digest),
	)
	lines = "".join(f"<tr><td>{what}</td><td><code>{said}</code></td></tr>" for what, said in rows)
	why = _(
		"Keep this mail: the seal of that number on the site has to say the same for as long as it is there."
	)
	return f"<p>{why}</p><table>{lines}</table>"
