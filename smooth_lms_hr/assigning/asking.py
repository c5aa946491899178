"""Asks rules about employees: what they owe, what cannot be met, and what of what they owe no longer fits (rule 10).

To ask where nothing has changed changes nothing. Whom to ask, and when, is told in ``rules``.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cached_property

import frappe
from frappe import _

from smooth_lms_hr.assigning import causes, exceptions
from smooth_lms_hr.assigning.assigning import (
	AssignmentOutcome,
	AssignmentTerms,
	Wish,
	assign,
	plan_assignments,
)
from smooth_lms_hr.assigning.compliance_rules import Holdings
from smooth_lms_hr.assigning.demands import together
from smooth_lms_hr.assigning.exceptions import Unmet
from smooth_lms_hr.record import reasons
from smooth_lms_hr.sources import learning_groups, people, rules, words
from smooth_lms_hr.sources.attempts import attempt
from smooth_lms_hr.sources.facts import Pair
from smooth_lms_hr.sources.names import ASSIGNMENT, CAUSE, RULE
from smooth_lms_hr.sources.people import Person, Problem
from smooth_lms_hr.training.plan import AssignmentPlan, Cause, Demand, PlanReason
from smooth_lms_hr.training.rules import BATCH, CANCEL, CANCEL_WHAT_IS_NOT_BEGUN, PROGRAM, Rule
from smooth_lms_hr.training.status import OPEN

# What somebody has to do something about; one who has left is asked nothing.
UNSOLVED = (Problem.NO_USER, Problem.USER_DISABLED)


class Asking:
	"""What rules say of some employees, before anything is written.

	:param wishes: what is asked of whom, by all rules together
	:param fits: how many people each rule fits, those without user included
	"""

	def __init__(
		self,
		employees: Collection[str],
		asked: Collection[Rule],
		terms: AssignmentTerms,
		also: Collection[Wish] = (),
	):
		"""
		:param also: what else is asked of these people, to be one debt with what rules ask for
		:param employees: names; those who are not active are asked nothing
		:param asked: the rules; what stands for one that is switched off no longer fits
		"""
		self.terms, self.employees = terms, employees
		self.rules = {rule.name: rule for rule in asked}
		self.facts = rules.asked(employees)
		self.holdings = Holdings(asked, self.facts)
		found, problems = people.by_employee(list(self.facts))
		self.unmet: list[Unmet] = []
		self.fits: Counter[str] = Counter()
		# What stands although nobody can be assigned it just now: an employee, a rule and a course.
		self.stands: set[tuple[str, str, str]] = set()
		wishes = []
		# Who is to be in which program or batch, by the rule that asks for it.
		self.groups: dict[tuple[str, str, Person], list[str]] = defaultdict(list)
		for employee, facts in self.facts.items():
			for rule in asked:
				if not rule.enabled or rule.mismatch(facts):
					continue
				self.fits[rule.name] += 1
				self.stands.update((employee, rule.name, course.name) for course in rule.courses)
				if person := found.get(employee):
					wishes += self._wishes(rule, person, facts)
				elif problems[employee] in UNSOLVED and rule.courses:
					why = words.describe_problem(problems[employee], employee)
					self.unmet.append(
						Unmet(employee, rule.name, None, exceptions.OF_PROBLEM[problems[employee]], why)
					)
		self.wishes = together([*wishes, *also])

	def _wishes(self, rule: Rule, person, facts) -> list[Wish]:
		cause = Cause(RULE, rule.name, "Rule", _("Rule {0}").format(rule.title))
		today, days = self.terms.today, self.terms.default_due_days
		for content in rule.contents:
			if content.kind in (PROGRAM, BATCH) and content.courses:
				self.groups[content.kind, content.name, person].append(rule.name)
		return [
			Wish(person, course, (demand,))
			for course, demand in rule.demands(cause, facts, today, days).items()
		]

	@cached_property
	def plans(self) -> list[tuple[Person, AssignmentPlan]]:
		"""What is decided of everything that is asked, before anything is written."""
		return plan_assignments(self.wishes, self.terms.today)

	@cached_property
	def unmet_before(self) -> dict[tuple, frappe._dict]:
		"""What could not be met when it was asked last."""
		return exceptions.known(self.employees, self.rules)

	def newly_assigned(self) -> dict[str, set[str]]:
		"""Return whom each rule would have assigned something new, by its name. Writes nothing."""
		found = defaultdict(set)
		for person, planned in self.plans:
			if planned.reason in (PlanReason.NEW, PlanReason.RENEWAL):
				for demand in planned.demands:
					found[demand.cause.name].add(person.employee or person.member)
		for (employee, _type), asking in self.holdings.new().items():
			for rule in asking:
				found[rule].add(employee)
		return found

	def is_settled(self) -> bool:
		"""Return whether to carry it out would write nothing. Writes nothing."""
		stands = standing(self.rules, self.facts)
		causes_now = {(row.assignment, row.cause) for row in stands}
		unmet = {one.key for one in [*self.unmet, *_without_date(self.plans)]}
		return not (
			any(
				planned.assigns or (planned.reason is PlanReason.OPEN and self._is_new(planned, causes_now))
				for _person, planned in self.plans
			)
			or self._not_joined()
			or self._not_fitting(stands)
			or unmet != self.unmet_before.keys()
			or not self.holdings.is_settled()
		)

	def _is_new(self, planned: AssignmentPlan, causes_now: set[tuple[str, str]]) -> bool:
		"""Return whether an assignment that is open has lost its enrolment, or is not yet owed for a rule that asks for it."""
		return not planned.enrolled or any(
			(planned.held.name, demand.cause.name) not in causes_now for demand in planned.demands
		)

	def carry_out(
		self, held_back: Collection[str] = (), known: Mapping[Pair, str] | None = None
	) -> AssignmentOutcome:
		"""Assign what is asked for, end what no longer fits, and keep what cannot be met. All in the caller's transaction.

		:param held_back: rules that may assign nothing new; what is owed for them already stays
		:param known: what was said of earlier tries elsewhere; see ``AssignmentTerms``
		"""
		refused = self._join(held_back)
		wishes = []
		for wish in self.wishes:
			left = (self._left(wish, one, held_back, refused) for one in wish.demands)
			demands = tuple(one for one in left if one)
			# What nobody asked for at all is said to be not meant.
			if demands or not wish.demands:
				wishes.append(wish._replace(demands=demands))
		outcome = assign(wishes, replace(self.terms, known={**self._known(), **(known or {})}))
		end(self.no_longer_fitting(), self.rules.values())
		# Last: what was put on file just now proves it.
		self.holdings.carry_out(held_back)
		failed = [
			Unmet(
				result.person.employee,
				demand.cause.name,
				result.plan.course.name,
				exceptions.OF_DUE_PROBLEM.get(demand.problem, exceptions.REFUSED),
				result.error,
			)
			for result in outcome.failed
			for demand in result.plan.demands
			if demand.cause.doctype == RULE
		]
		exceptions.settle(self.unmet_before, [*self.unmet, *failed])
		return outcome

	def _not_joined(self) -> list[tuple[str, str, Person]]:
		"""Return who is not yet in the programs and batches that rules ask for."""
		joined = set()
		for kind in (PROGRAM, BATCH):
			those = [(name, person.member) for each, name, person in self.groups if each == kind]
			pairs = learning_groups.members_of(
				kind, {name for name, _m in those}, {member for _n, member in those}
			)
			joined.update((kind, *pair) for pair in pairs)
		return [
			(kind, name, person)
			for kind, name, person in self.groups
			if (kind, name, person.member) not in joined
		]

	def _join(self, held_back: Collection[str]) -> dict[tuple[str, str], set[tuple[str, str]]]:
		"""Let people join what rules ask for; return the kind and name of what Learning refused, by employee and rule."""
		refused = defaultdict(set)
		if not (missing := self._not_joined()):
			return refused
		before = {(row.employee, row.rule): row.why for row in self.unmet_before.values() if not row.course}
		for kind, name, person in missing:
			asked = [rule for rule in self.groups[kind, name, person] if rule not in held_back]
			if not asked:
				continue
			title = _("{0} could not join {1}").format(person.member, name)
			known = " ".join(before[key] for rule in asked if (key := (person.employee, rule)) in before)
			with attempt(title, kind, name, known=known) as joining:
				learning_groups.join(kind, name, person.member)
			if not joining.error:
				continue
			for rule in asked:
				self.unmet.append(Unmet(person.employee, rule, None, exceptions.REFUSED, joining.words))
				refused[person.employee, rule].add((kind, name))
		return refused

	def _left(
		self, wish: Wish, demand: Demand, held_back: Collection[str], refused: Mapping[tuple, Collection]
	) -> Demand | None:
		"""Return what is left of a demand: nothing of a rule that is held back, the rest where Learning refused a part."""
		employee, rule = wish.person.employee, demand.cause.name
		if demand.cause.doctype != RULE or rule not in self.rules:
			return demand
		if rule in held_back:
			return None
		if not (gone := refused.get((employee, rule))):
			return demand
		today, days = self.terms.today, self.terms.default_due_days
		left = self.rules[rule].demands(demand.cause, self.facts[employee], today, days, gone)
		return left.get(wish.course)

	def _known(self) -> dict[Pair, str]:
		"""Return why something could not be assigned when it was tried last."""
		members = {wish.person.employee: wish.person.member for wish in self.wishes}
		return {
			(members[row.employee], row.course or ""): row.why
			for row in self.unmet_before.values()
			if row.employee in members
		}

	def no_longer_fitting(self) -> dict[str, list[frappe._dict]]:
		"""Return the causes that stand though their rule does not ask for it any more, by assignment."""
		return self._not_fitting(standing(self.rules, self.facts))

	def _not_fitting(self, stands: list[frappe._dict]) -> dict[str, list[frappe._dict]]:
		return by_assignment(
			row for row in stands if (row.employee, row.cause, row.course) not in self.stands
		)


def say_assigned(outcome: AssignmentOutcome) -> None:
	"""Let who is saving something in the desk see how many courses that has assigned."""
	created = len(outcome.created)
	# A job has nobody to show it to.
	if created and getattr(frappe.local, "request", None):
		said = _("1 course was assigned") if created == 1 else _("{0} courses were assigned").format(created)
		frappe.msgprint(said, alert=True, indicator="green")


def _without_date(plans) -> list[Unmet]:
	return [
		Unmet(person.employee, demand.cause.name, planned.course.name, "", "")
		for person, planned in plans
		if planned.reason is PlanReason.NO_DUE_DATE
		for demand in planned.demands
	]


def standing(
	rule_names: Collection[str], employees: Collection[str] | None = None, limit: int | None = None
) -> list[frappe._dict]:
	"""Return the causes that open assignments are owed for by rules.

	:param employees: of these alone, None for everybody's
	:return: rows of name (of the cause), cause_doctype, cause (the rule), assignment, employee and course
	"""
	if not rule_names or (employees is not None and not employees):
		return []
	cause, assignment = frappe.qb.DocType(CAUSE), frappe.qb.DocType(ASSIGNMENT)
	query = (
		frappe.qb.from_(cause)
		.join(assignment)
		.on(assignment.name == cause.parent)
		.select(
			cause.name,
			cause.cause_doctype,
			cause.cause,
			assignment.name.as_("assignment"),
			assignment.employee,
			assignment.course,
		)
		.where((cause.cause_doctype == RULE) & cause.cause.isin(list(rule_names)) & cause.ended_on.isnull())
		.where(assignment.status.isin(OPEN))
		.orderby(assignment.name)
	)
	if employees is not None:
		query = query.where(assignment.employee.isin(list(employees)))
	if limit:
		query = query.limit(limit)
	return query.run(as_dict=True)


def by_assignment(stands: Iterable[frappe._dict]) -> dict[str, list[frappe._dict]]:
	"""Return rows as ``standing`` returns them, by assignment."""
	found = defaultdict(list)
	for row in stands:
		found[row.assignment].append(row)
	return found


def end(ending: dict[str, list[frappe._dict]], rules_: Collection[Rule]) -> None:
	"""End causes of assignments, by the word of each rule; an assignment that nothing asks for any more is cancelled.

	:param ending: rows as ``standing`` returns them, by assignment
	:param rules_: the rules that they are about
	"""
	word = {rule.name: rule.when_it_no_longer_fits for rule in rules_}
	causes.end(ending, reasons.NO_LONGER_FITS, lambda cause, row: _ends(word[cause.cause], row))


def _ends(word: str, row: frappe._dict) -> bool:
	return word == CANCEL or (word == CANCEL_WHAT_IS_NOT_BEGUN and not row.progress)
