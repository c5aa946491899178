(() => {
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
		reminder_ladder_add: explain,
		reminder_ladder_remove: explain,
	});

	// Says what the settings, saved or not, will do.
	function explain(frm) {
		const colour = frm.doc.enabled ? "blue" : "orange";
		// Frappe would put one below the other.
		frm.dashboard.clear_headline();
		frm.dashboard.set_headline_alert(smooth_lms_hr.training.settings_in_words(frm.doc), colour);
		// Once more beside the ladder, which is far below what stands at the head.
		const rungs = smooth_lms_hr.training.ladder_in_words(frm.doc);
		const said = rungs.length ? rungs : [__("Nobody is reminded.")];
		frm.set_df_property("ladder_in_words", "options", `<p class="text-muted">${said.join("<br>")}</p>`);
	}

	function show_daily_status(frm) {
		return frappe.call({ method: "smooth_lms_hr.desk.get_daily_status", type: "GET" }).then(({ message }) => {
			frm.dashboard.stats_area_row.find(".training-daily").closest(".indicator-column").remove();
			for (const [label, colour] of smooth_lms_hr.training.daily_status(message)) {
				frm.dashboard.add_indicator(
					`<span class="training-daily">${frappe.utils.escape_html(label)}</span>`,
					colour,
				);
			}
		});
	}

	// How a run goes that the user has started, and what came of it.
	function show_run(frm, { step, percent, summary, happened = { rows: [] }, error }) {
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
			show_result(summary, happened);
		}
		show_daily_status(frm);
	}

	function show_result(summary, happened) {
		const said = frappe.utils.escape_html(smooth_lms_hr.training.daily_run_in_words(summary));
		const names = smooth_lms_hr.training.run_changes_in_html(happened);
		if (names) {
			frappe.msgprint({
				title: __("Daily run"),
				message: `<p>${said}</p>${names}`,
				indicator: "green",
				wide: true,
			});
		} else {
			frappe.show_alert({ message: said, indicator: "green" });
		}
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
