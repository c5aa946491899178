// Following work that goes on in the background, whatever it is.

frappe.provide("smooth_lms_hr.training");

(function (training) {
	const ASK_EVERY_MS = 15000;

	// A run in the background tells how far it is. It is asked for those without a live connection, and because a run that
	// broke off tells nobody. event: what it tells by; method: whom to ask; ended: called with its last state.
	training.follow_run = function ({ run, total }, { event, method, title, ended }) {
		let [so_far, is_over] = [0, false];

		const hear = (state) => {
			// An answer may be older than what was heard while it was on its way.
			if (is_over || state?.run !== run || state.done < so_far) {
				return;
			}
			so_far = state.done;
			if (!state.finished && !state.stopped) {
				const people = __("{0} of {1} people", [state.done, state.total]);
				frappe.show_progress(title, state.done, state.total, people);
				return;
			}
			end(() => ended(state));
		};
		const ask = async () => {
			let answer;
			try {
				answer = await frappe.call({ method, type: "GET", args: { run } });
			} catch (error) {
				// That there is no such run any more Frappe has said; anything else may be over when it is asked again.
				error?.status === 404 && end();
				return;
			}
			hear({ run, ...answer.message });
		};
		const timer = setInterval(ask, ASK_EVERY_MS);
		const end = (then) => {
			is_over = true;
			clearInterval(timer);
			frappe.realtime.off(event, hear);
			// Not at once: a dialog that is only just opening cannot be closed.
			setTimeout(() => {
				frappe.hide_progress();
				then?.();
			}, 500);
		};
		frappe.realtime.on(event, hear);
		frappe.show_progress(title, 0, total, __("It goes on if you close this."));
	};
})(smooth_lms_hr.training);
