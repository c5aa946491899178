"""The app's settings, as the rules want them."""

from dataclasses import dataclass

import frappe
from frappe.utils import cint

SETTINGS = "LMS Training Settings"


@dataclass(frozen=True)
class Settings:
	enabled: bool
	default_due_days: int
	assign_when_linked_later: bool


def get_settings() -> Settings:
	doc = frappe.get_cached_doc(SETTINGS)
	return Settings(
		enabled=bool(cint(doc.enabled)),
		default_due_days=cint(doc.default_due_days),
		assign_when_linked_later=bool(cint(doc.assign_when_linked_later)),
	)
