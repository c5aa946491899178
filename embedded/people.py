"""Who there is in the demo, and what each of them is shown first."""

from typing import NamedTuple

from embedded.browser import PASSWORD

COMPANY = "Lakeside Labs"
ANA, BEN = "ana@lakeside.example", "ben@lakeside.example"
RUTH, HELEN, IVAN = "ruth@lakeside.example", "helen@lakeside.example", "ivan@lakeside.example"
MIRA, NOOR = "mira@lakeside.example", "noor@lakeside.example"
# Who is there when the story begins: name, what they do, roles.
STAFF = {
	HELEN: ("Helen Ross", "HR coordinator", ["HR Manager", "HR User"]),
	IVAN: ("Ivan Petrov", "IT, makes the users", ["System Manager"]),
	MIRA: ("Mira Das", "Learning's moderator", ["Moderator"]),
	RUTH: ("Ruth Adeyemi", "leads Research", []),
	NOOR: ("Noor Aziz", "auditor", ["Training Auditor"]),
}


class Entrance(NamedTuple):
	"""A way into the demo that is one click from its first page."""

	user: str
	page: str
	who: str
	what: str


ENTRANCES = [
	Entrance(
		ANA,
		"/my-training",
		"Ana Lind, new hire",
		"What she owes, by when and why; what she has done, and until when it counts.",
	),
	Entrance(
		BEN,
		"/my-training",
		"Ben Okoro, new hire",
		"He asked for more time and was given it. Ask for more, or sit down and learn.",
	),
	Entrance(
		RUTH,
		"/my-team-training",
		"Ruth Adeyemi, manager",
		"Who of her people is late with what, and a button that reminds them.",
	),
	Entrance(
		HELEN,
		"/my-team-training",
		"Helen Ross, HR",
		"Everybody's training, and the requests that wait for her answer.",
	),
	Entrance(
		MIRA,
		"/training-admin",
		"Mira Das, Learning & Development",
		"Everybody's training without a desk: decide, assign, say what is mandatory.",
	),
	Entrance(
		NOOR,
		"/demo/audit",
		"Noor Aziz, auditor",
		"Whether the record is as it was written, the evidence in it, and all that happened.",
	),
	Entrance(
		"Administrator",
		"/app",
		"Administrator",
		"What the desk looks like where there is one: lists, forms, rules, reports.",
	),
]


def logins():
	"""Yield who can log in, with which password, and who that is."""
	yield ANA, PASSWORD, "new hire, learns"
	yield BEN, PASSWORD, "new hire, learns"
	for user, (_name, role, _roles) in STAFF.items():
		yield user, PASSWORD, role
	yield "Administrator", "admin", "everything"


def password_of(user: str) -> str | None:
	"""Return a user's password, None for who is not of the demo."""
	return next((password for name, password, _who in logins() if name == user), None)
