// What the form of the settings says: what they will do, and how it stands with the daily run.

frappe.provide("smooth_lms_hr.training");

(function (training) {
	const escape = frappe.utils.escape_html;

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

	// Each rung as a line of text, in the order of the days, whatever order they were typed in.
	training.ladder_in_words = (doc) =>
		[...(doc.reminder_ladder || [])]
			.sort((one, other) => (one.offset_days || 0) - (other.offset_days || 0))
			.map(reminder_in_words)
			.filter(Boolean);

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

	// How many of what, in words, by the key that the summary of a run counts it under.
	const DONE = {
		resumed: (n) => (n === 1 ? __("1 onboarding went on") : __("{0} onboardings went on", [n])),
		renewed: (n) => (n === 1 ? __("1 course is owed again") : __("{0} courses are owed again", [n])),
		Overdue: (n) => (n === 1 ? __("1 assignment became overdue") : __("{0} assignments became overdue", [n])),
		Completed: (n) =>
			n === 1 ? __("1 assignment was completed") : __("{0} assignments were completed", [n]),
		[training.IN_PROGRESS]: (n) =>
			n === 1 ? __("1 assignment was begun") : __("{0} assignments were begun", [n]),
		mails: (n) => (n === 1 ? __("1 mail was sent") : __("{0} mails were sent", [n])),
		bells: (n) => (n === 1 ? __("1 notification was shown") : __("{0} notifications were shown", [n])),
		unreachable: (n) =>
			n === 1 ? __("1 person cannot be reached") : __("{0} people cannot be reached", [n]),
		sealed: (n) => (n === 1 ? __("1 seal was made") : __("{0} seals were made", [n])),
	};

	// For example "3 assignments became overdue, 5 mails were sent"; what did not happen is left out.
	training.daily_run_in_words = function (summary) {
		// What went wrong is said by itself.
		const { not_told, steps_failed, ...done } = summary || {};
		const happened = Object.entries(done).filter(([, count]) => typeof count === "number" && count);
		return happened.length
			? happened.map(([what, n]) => DONE[what]?.(n) || `${__(frappe.unscrub(what))} ${n}`).join(", ")
			: __("There was nothing to do.");
	};

	// What a run did to whom, as escaped HTML; nothing where it did nothing to anybody. See showing/run_changes.py.
	training.run_changes_in_html = function ({ rows, more }) {
		const lines = rows.map((row) => {
			const who = escape(row.who);
			const link = row.assignment
				? `<a href="${frappe.utils.get_form_link(training.ASSIGNMENT, row.assignment)}">${who}</a>`
				: who;
			return `<tr><td>${link}</td><td>${escape(row.course_title)}</td><td>${escape(row.what)}</td></tr>`;
		});
		const rest = more
			? `<p class="text-muted">${__("And more; the report Assignment Audit has all of it.")}</p>`
			: "";
		return lines.length
			? `<div class="table-responsive"><table class="table table-sm">${lines.join("")}</table></div>${rest}`
			: "";
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
