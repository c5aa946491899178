// What the form of the settings says: what they will do, and how it stands with the daily run.

frappe.provide("smooth_lms_hr.training");

(function (training) {
	// ---- what LMS Training Settings will do, saved or not

	training.settings_in_words = (doc) =>
		doc.enabled ? `${assigning(doc)} ${reminding(doc)}` : __("Nothing is assigned.");

	function assigning(doc) {
		const days = [doc.default_due_days || 0];
		return doc.assign_when_linked_later
			? __(
					"Every new hire is assigned every published course that is mandatory, at once, or as soon as the onboarding has an employee with a user; it is due after {0} days unless the course says otherwise.",
					days,
				)
			: __(
					"Every new hire is assigned every published course that is mandatory, at once, and only where the onboarding has an employee with a user by then; it is due after {0} days unless the course says otherwise.",
					days,
				);
	}

	function reminding(doc) {
		const told = (doc.reminder_ladder || []).map(reminder_in_words).filter(Boolean);
		if (!doc.send_reminders || !told.length) {
			return __("Nobody is reminded.");
		}
		const sentences = [__("Reminders go out {0}.", [told.join("; ")])];
		const [every, stop] = [doc.repeat_every_days, doc.stop_after_days];
		if (every) {
			sentences.push(
				stop
					? __("After the last of them every {0} days, until {1} days after the due date.", [every, stop])
					: __("After the last of them every {0} days.", [every]),
			);
		}
		const digest = {
			Daily: __("Managers get a summary of their team every day."),
			Weekly: __("Managers get a summary of their team every week."),
		};
		if (digest[doc.manager_digest]) {
			sentences.push(digest[doc.manager_digest]);
		}
		return sentences.join(" ");
	}

	// For example "3 days before the due date (the learner, HR)"; null for a row that tells nobody.
	function reminder_in_words(row) {
		const whom = [
			[row.notify_member, __("the learner")],
			[row.notify_manager, __("the manager")],
			[row.notify_hr, __("HR")],
		];
		const names = whom.filter(([told]) => told).map(([, name]) => name);
		return names.length ? `${moment_of(row.offset_days || 0)} (${names.join(", ")})` : null;
	}

	function moment_of(offset) {
		if (offset === 0) return __("on the due date");
		if (offset === -1) return __("1 day before the due date");
		if (offset === 1) return __("1 day after the due date");
		return offset < 0
			? __("{0} days before the due date", [-offset])
			: __("{0} days after the due date", [offset]);
	}

	// ---- the daily run

	// All of them are in the Error Log.
	const FAILURES_SHOWN = 3;

	// For example "Overdue 3, Mails 5"; what did not happen is left out.
	training.daily_run_in_words = function (summary) {
		// What went wrong is said by itself.
		const { not_told, steps_failed, ...done } = summary || {};
		const happened = Object.entries(done).filter(([, count]) => typeof count === "number" && count);
		return happened.length
			? happened.map(([what, count]) => `${__(frappe.unscrub(what))} ${count}`).join(", ")
			: __("There was nothing to do.");
	};

	// How it stands with the daily run: labels, as text, each with its colour.
	training.daily_status = function ({ next_run, last_run, late, summary, outgoing_account }) {
		const day = (value) => frappe.datetime.str_to_user(value);
		const first = (list) => list.slice(0, FAILURES_SHOWN).join("; ");
		const [failed, not_done] = [summary?.failed || [], summary?.not_done || []];
		// Of many not each is said in words; what an earlier release kept has no count beside it.
		const [not_told, steps_failed] = [
			summary?.not_told ?? failed.length,
			summary?.steps_failed ?? not_done.length,
		];
		const shown = [
			next_run ? [__("Next run: {0}", [day(next_run)]), "blue"] : [__("No run is scheduled"), "red"],
			last_run
				? [__("Last run: {0}. {1}", [day(last_run), training.daily_run_in_words(summary)]), "green"]
				: [__("It has not run yet"), "gray"],
		];
		if (late) {
			shown.push([
				__("The daily run is late: look at the scheduler, and at the workers of the long queue"),
				"red",
			]);
		}
		if (not_told) {
			shown.push([__("{0} could not be told: {1}", [not_told, first(failed)]), "red"]);
		}
		if (steps_failed) {
			shown.push([__("{0} steps could not be done: {1}", [steps_failed, first(not_done)]), "red"]);
		}
		if (!outgoing_account) {
			shown.push([__("No outgoing email account: no mail can be sent"), "red"]);
		}
		return shown;
	};
})(smooth_lms_hr.training);
