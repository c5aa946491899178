"""Two who decide the same at once: one does it and the other is told, and nobody has to hold the same twice."""

import pytest

from tests.site.processes import do

VERIFY, REVOKE, WAIVE = "verify_compliance", "revoke_compliance", "waive_compliance"
WHY = {"reason": "Not theirs"}


@pytest.fixture(scope="module")
def made():
	from tests.site.conftest import ENGINE

	if ENGINE != "bench":
		pytest.skip("needs MariaDB: several writers at once")
	made = do("gather_verifiers", rows=5, documents=3)
	yield made
	do("clear_verifiers_away", **made)


@pytest.fixture
def two(made, several_processes):
	"""two(first, second) lets both of HR do something at once, a method with its arguments each; returns what they are told."""

	def at_once(*methods: tuple[str, dict]) -> list:
		calls = [
			("decide_at", {"user": hr, "method": method, **given})
			for hr, (method, given) in zip(made["hr"], methods, strict=True)
		]
		return do("at_once", calls=calls)

	return at_once


def alone(made, method: str, **given) -> None:
	assert do("decide_at", user=made["hr"][0], method=method, start_at=0, **given) is None


def test_what_is_decided_of_compliance_at_once_is_decided_once_and_in_an_order(made, two):
	undisturbed, verified, revoked, waived, taken_back = made["rows"]
	alone(made, VERIFY, names=[undisturbed])
	told = two((VERIFY, {"names": [verified]}), (VERIFY, {"names": [verified]}))
	assert told.count(None) == 1
	(refused,) = filter(None, told)
	assert refused == "It is Complete: there is nothing to verify."

	verifying, revoking = two((VERIFY, {"names": [revoked]}), (REVOKE, {"names": [revoked], **WHY}))
	assert verifying is None
	assert revoking in (None, "It is Awaiting Verification: there is nothing to revoke.")

	verifying_too, waiving = two((VERIFY, {"names": [waived]}), (WAIVE, {"names": [waived], **WHY}))
	assert waiving is None
	assert verifying_too in (None, "It is Waived: there is nothing to verify.")

	alone(made, VERIFY, names=[taken_back])
	one, other = two((REVOKE, {"names": [taken_back], **WHY}), (REVOKE, {"names": [taken_back], **WHY}))
	assert sorted((one or "", other or "")) == ["", "It is Revoked: there is nothing to revoke."]

	left = do("look_at_verifiers", **made)
	found = left["rows"]
	assert found[verified]["counts"] == found[undisturbed]["counts"]
	assert found[verified]["said"] == ["Complete", made["hr"][told.index(None)]]
	assert found[revoked]["said"][0] == ("Complete" if revoking else "Revoked")
	assert found[waived]["said"][0] == "Waived"
	assert found[taken_back]["said"][0] == "Revoked"
	assert left["errors"] == []


def test_a_document_is_verified_by_one_of_two_and_not_taken_back_by_then(made, two):
	undisturbed, verified, taken_back = made["documents"]
	alone(made, "verify_documents", documents=[undisturbed])
	told = two(*(("verify_documents", {"documents": [verified]}) for _hr in made["hr"]))
	assert told.count(None) == 1
	(refused,) = filter(None, told)
	assert "has verified it on" in refused

	verifying, taking = two(
		("verify_documents", {"documents": [taken_back]}),
		("withdraw_my_document", {"document": taken_back, "user": made["member"]}),
	)
	assert [verifying, taking].count(None) == 1
	assert taking in (None, "It is verified: HR keeps it.")
	left = do("look_at_verifiers", **made)
	found = left["documents"]
	assert found[verified]["counts"] == found[undisturbed]["counts"]
	assert found[verified]["said"][1] == made["hr"][told.index(None)]
	assert bool(found[taken_back]["said"]) == (verifying is None)
	if verifying:
		assert verifying == f"Employee Document {taken_back} not found"
	assert left["errors"] == []


def test_two_proofs_that_two_verify_at_once_both_count_with_the_next_daily_run_at_the_latest(made, two):
	assert two(*(("verify_documents", {"documents": [side]}) for side in made["sides"])) == [None, None]
	assert do("let_a_day_pass", **made) == "Complete"
	assert do("look_at_verifiers", **made)["errors"] == []


def test_what_two_make_at_once_is_made_once(made, several_processes):
	given = {"employee": made["other"], "of_type": made["of_type"]}
	told = do("at_once", calls=[("hold_at", {"hr": hr, **given}) for hr in made["hr"]])
	assert told.count(None) == 1
	left = do("look_at_verifiers", **made)
	assert (left["held"], left["errors"]) == (1, [])
