"""Makes what mail is sent from, and reads what is queued."""

from html import unescape as html_unescape

import frappe

from tests.site.factory.people import unique


def mail_account() -> None:
	"""Give the site an account to send mail from. Nothing is sent: the tests read Frappe's queue."""
	if frappe.db.exists("Email Account", {"default_outgoing": 1, "enable_outgoing": 1}):
		return
	doc = frappe.get_doc(
		{
			"doctype": "Email Account",
			"email_account_name": unique("Account"),
			"email_id": "hr@example.com",
			"enable_outgoing": 1,
			"default_outgoing": 1,
			"smtp_server": "127.0.0.1",
			"smtp_port": "2525",
			"no_smtp_authentication": 1,
			"awaiting_password": 0,
		}
	)
	# Saving one connects to its server.
	frappe.flags.in_patch = True
	try:
		doc.insert(ignore_permissions=True)
	finally:
		frappe.flags.in_patch = False


def parse_mail(message: str) -> tuple[str, str]:
	"""Return subject and plain text of a mail in Frappe's queue."""
	from email import message_from_string, policy

	mail = message_from_string(message, policy=policy.default)
	text = mail.get_body(("plain",)).get_content() + mail.get_body(("html",)).get_content()
	return mail["Subject"], html_unescape(text)
