"""Two companies, and everybody who could be curious about the other one."""

import frappe
from frappe.utils.nestedset import rebuild_tree

from tests.site import factory
from tests.site.filing import file_document

HERE, THERE = "Attacked Ltd", "Untouched Ltd"

# The role that asks, and who of the others it may know: those of "team", "other team" and "there".
ROLES = {
	"Guest": (),
	"LMS Student": (),
	"Employee": (),
	"manager of another team": ("other team",),
	"manager of the team": ("team",),
	"company-limited HR Manager": ("team", "other team"),
	"HR User": ("team", "other team", "there"),
	"company-limited Training Auditor": ("team", "other team"),
	"Training Auditor": ("team", "other team", "there"),
	"HR Manager": ("team", "other team", "there"),
	"Moderator": ("team", "other team", "there"),
	"Course Creator": (),
	"System Manager": ("team", "other team", "there"),
}
# Who may assign and decide, and for whom.
WRITERS = {
	"company-limited HR Manager": ("own", "team", "other team"),
	"HR Manager": ("own", "team", "other team", "there", "none"),
	"Moderator": ("own", "team", "other team", "there", "none"),
	"System Manager": ("own", "team", "other team", "there", "none"),
}
# Who may verify what employees have handed in.
VERIFIERS = ("company-limited HR Manager", "HR User", "HR Manager", "System Manager")


def limit(user: str, company: str) -> None:
	frappe.get_doc(
		{"doctype": "User Permission", "user": user, "allow": "Company", "for_value": company}
	).insert(ignore_permissions=True)


def limited_hr(company: str, *roles: str) -> str:
	user = factory.user(*(roles or ("HR Manager", "HR User")))
	limit(user, company)
	return user


def person(company: str, reports_to: str | None = None, **fields) -> frappe._dict:
	"""Return an employee who owes every mandatory course, with all that a request could name them by."""
	given = factory.unique("Secretive")
	employee = factory.employee(
		factory.user("Employee"),
		first_name=given,
		company=company,
		reports_to=reports_to,
		# ERPNext would keep the person to their own record, and that is another test.
		create_user_permission=0,
		**fields,
	)
	onboarding = factory.onboarding(employee=employee.name, company=company)
	return frappe._dict(
		employee=employee.name,
		member=employee.user_id,
		given=given,
		onboarding=onboarding.name,
		assignment=factory.assignments(employee=employee.name)[0].name,
	)


def build() -> frappe._dict:
	"""Return the courses, the people by "team", "other team" and "there", and the users by role."""
	for name in (HERE, THERE):
		factory.company(name)
	found = frappe._dict(
		course=factory.course("Safety", lessons=0),
		other_course=factory.course("Another", lessons=0, is_mandatory=0),
	)
	found.held = factory.compliance_type(documents=["Passport"])
	bosses = {name: person(HERE) for name in ("team", "other team")}
	found.people = {
		"team": person(HERE, bosses["team"].employee),
		"other team": person(HERE, bosses["other team"].employee),
		"there": person(THERE),
	}
	rebuild_tree("Employee")
	nobody = {"employee": "HR-EMP-NOBODY", "member": "nobody@example.com", "onboarding": "HR-EMP-ONB-NONE",
		"assignment": "TA-none", "request": "none-request", "document": "none-document", "compliance": "none-held",
		"given": "Nobody"}  # fmt: skip
	found.people["none"] = frappe._dict(nobody)
	staff = person(HERE)
	own = {
		"Employee": staff,
		"manager of the team": bosses["team"],
		"manager of another team": bosses["other team"],
	}
	for each in (*found.people.values(), *own.values()):
		if each.given != "Nobody":
			each.request = factory.request(each.assignment)
			each.document = file_document(each.employee, by=each.member).name
			each.compliance = factory.compliance(each.employee, found.held).name
	found.rule = factory.rule(
		"There",
		[found.other_course],
		[("Company", THERE), ("Designation", factory.named("Designation", "designation_name", "Nobody's"))],
	).name
	found.users, found.own = {}, {}
	for role in ROLES:
		if role in own:
			found.users[role], found.own[role] = own[role].member, own[role]
			continue
		if role == "company-limited HR Manager":
			user = limited_hr(HERE)
		elif role == "company-limited Training Auditor":
			user = limited_hr(HERE, "Training Auditor")
		else:
			user = role if role == "Guest" else factory.user(role)
		found.users[role], found.own[role] = user, frappe._dict(nobody, member=user)
	return found


def secrets_from(world: frappe._dict, role: str) -> list[str]:
	"""Return what somebody of a role may never read."""
	return [
		secret
		for where in ("team", "other team", "there")
		if where not in ROLES[role]
		for secret in world.people[where].values()
	]
