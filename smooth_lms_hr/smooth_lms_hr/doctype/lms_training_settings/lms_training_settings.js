(() => {
	// All of them are in the Error Log.
	const FAILURES_SHOWN = 3;

	frappe.ui.form.on("LMS Training Settings", {
		onload(frm) {
			frappe.realtime.on("smooth_lms_hr_daily", (state) => show_run(frm, state));
		},

		refresh(frm) {
			explain(frm);
			show_daily_status(frm);
			if (!frm.perm[0]?.write) {
				return;
			}
			frm.add_custom_button(__("Run Now"), () => run_now(frm));
			frm.add_custom_button(__("Send a Test Mail"), () => send_test_mail(frm));
			if (frappe.user.has_role("System Manager")) {
				frm.add_custom_button(__("Restore Defaults"), restore_defaults);
			}
		},

		enabled: explain,
		default_due_days: explain,
		assign_when_linked_later: explain,
		send_reminders: explain,
		repeat_every_days: explain,
		stop_after_days: explain,
		manager_digest: explain,
	});

	frappe.ui.form.on("LMS Training Reminder", {
		offset_days: explain,
		notify_member: explain,
		notify_manager: explain,
		notify_hr: explain,
		reminder_ladder_remove: explain,
	});

	// Says what the settings, saved or not, will do.
	function explain(frm) {
		const sentences = frm.doc.enabled
			? [assigning(frm.doc), reminding(frm.doc)]
			: [__("Nothing is assigned.")];
		const colour = frm.doc.enabled ? "blue" : "orange";
		// Frappe would put one below the other.
		frm.dashboard.clear_headline();
		frm.dashboard.set_headline_alert(sentences.join(" "), colour);
	}

	function assigning(doc) {
		const days = doc.default_due_days || 0;
		const when = doc.assign_when_linked_later
			? __("at once, or as soon as the onboarding has an employee with a user")
			: __("at once, and only where the onboarding has an employee with a user by then");
		return __(
			"Every new hire is assigned every published course that is mandatory, {0}; it is due after {1} days unless the course says otherwise.",
			[when, days],
		);
	}

	function reminding(doc) {
		const rungs = (doc.reminder_ladder || []).map((row) => {
			const whom = [
				[row.notify_member, __("the learner")],
				[row.notify_manager, __("the manager")],
				[row.notify_hr, __("HR")],
			];
			const names = whom.filter(([told]) => told).map(([, name]) => name);
			return names.length ? `${moment_of(row.offset_days || 0)} (${names.join(", ")})` : null;
		});
		const told = rungs.filter(Boolean);
		if (!doc.send_reminders || !told.length) {
			return __("Nobody is reminded.");
		}
		const sentences = [__("Reminders go out {0}.", [told.join("; ")])];
		if (doc.repeat_every_days) {
			const stop = doc.stop_after_days ? __("until {0} days after it", [doc.stop_after_days]) : "";
			sentences.push(__("After the last of them every {0} days {1}.", [doc.repeat_every_days, stop]));
		}
		if (doc.manager_digest && doc.manager_digest !== "Never") {
			const often = doc.manager_digest === "Daily" ? __("day") : __("week");
			sentences.push(__("Managers get a summary of their team every {0}.", [often]));
		}
		return sentences.join(" ");
	}

	function moment_of(offset) {
		if (offset === 0) {
			return __("on the due date");
		}
		if (Math.abs(offset) === 1) {
			return offset < 0 ? __("1 day before the due date") : __("1 day after the due date");
		}
		return offset < 0
			? __("{0} days before the due date", [-offset])
			: __("{0} days after the due date", [offset]);
	}

	function show_daily_status(frm) {
		return frappe.call({ method: "smooth_lms_hr.desk.get_daily_status", type: "GET" }).then(({ message }) => {
			const day = (value) => frappe.datetime.str_to_user(value);
			frm.dashboard.stats_area_row.find(".training-daily").closest(".indicator-column").remove();
			const add = (label, colour) =>
				frm.dashboard.add_indicator(
					`<span class="training-daily">${frappe.utils.escape_html(label)}</span>`,
					colour,
				);
			add(
				message.next_run ? __("Next run: {0}", [day(message.next_run)]) : __("No run is scheduled"),
				message.next_run ? "blue" : "red",
			);
			if (message.last_run) {
				add(__("Last run: {0}. {1}", [day(message.last_run), sum_up(message.summary)]), "green");
			} else {
				add(__("It has not run yet"), "gray");
			}
			const failed = message.summary?.failed || [];
			if (failed.length) {
				const shown = failed.slice(0, FAILURES_SHOWN).join("; ");
				add(__("{0} could not be told: {1}", [failed.length, shown]), "red");
			}
			const not_done = message.summary?.not_done || [];
			if (not_done.length) {
				const shown = not_done.slice(0, FAILURES_SHOWN).join("; ");
				add(__("{0} steps could not be done: {1}", [not_done.length, shown]), "red");
			}
			if (!message.outgoing_account) {
				add(__("No outgoing email account: no mail can be sent"), "red");
			}
		});
	}

	// For example "Overdue 3, mails 5"; what did not happen is left out.
	function sum_up(summary) {
		const happened = Object.entries(summary || {}).filter(([, count]) => typeof count === "number" && count);
		if (!happened.length) {
			return __("There was nothing to do.");
		}
		return happened.map(([what, count]) => `${__(frappe.unscrub(what))} ${count}`).join(", ");
	}

	// How a run goes that the user has started, and what came of it.
	function show_run(frm, { step, percent, summary, error }) {
		if (step) {
			// Closed by Frappe at 100.
			frappe.show_progress(__("Daily run"), percent, 100, step, true);
			return;
		}
		if (error) {
			// Not at once: a dialog that is only just opening cannot be closed.
			setTimeout(frappe.hide_progress, 500);
			frappe.msgprint({ title: __("Daily run"), message: frappe.utils.escape_html(error), indicator: "red" });
		} else if (summary) {
			frappe.show_alert({ message: sum_up(summary), indicator: "green" });
		}
		show_daily_status(frm);
	}

	function run_now(frm) {
		return frappe
			.call({ method: "smooth_lms_hr.desk.run_daily_now", type: "POST", freeze: true })
			.then(() => {
				const message = __("The daily run was started in the background.");
				frappe.show_alert({ message, indicator: "blue" });
				show_daily_status(frm);
			});
	}

	function send_test_mail() {
		return frappe
			.call({ method: "smooth_lms_hr.desk.send_test_mail", type: "POST", freeze: true })
			.then(({ message: address }) =>
				frappe.show_alert({
					message: __("A sample reminder was sent to {0}.", [frappe.utils.escape_html(address)]),
					indicator: "green",
				}),
			);
	}

	// Says first what would be set back: a text that HR wrote is gone afterwards.
	async function restore_defaults() {
		const { message: changed } = await frappe.call({
			method: "smooth_lms_hr.desk.get_changed_defaults",
			type: "GET",
			freeze: true,
		});
		if (!changed.length) {
			frappe.show_alert({ message: __("Everything is as it was installed."), indicator: "green" });
			return;
		}
		const question = __("Set these back to what the app installed? These settings and the ladder stay.");
		frappe.confirm(question + list_of(changed), async () => {
			const { message: restored } = await frappe.call({
				method: "smooth_lms_hr.desk.restore_defaults",
				type: "POST",
				freeze: true,
			});
			frappe.msgprint({
				title: __("Defaults Restored"),
				message: list_of(restored),
				indicator: "green",
			});
		});
	}

	function list_of(sentences) {
		const lines = sentences.map((words) => `<li>${frappe.utils.escape_html(words)}</li>`);
		return `<ul class="pl-4 mt-3">${lines.join("")}</ul>`;
	}
})();
