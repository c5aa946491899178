// A rule shows whom it fits and what it would do while HR writes it, before anything is saved.

(() => {
	const LATER = 600;
	// As Frappe's sections are, whose class it must not have: with every change Frappe hides those that have no fields.
	const AS_A_SECTION =
		'style="padding: var(--padding-md) calc(var(--padding-md) + 15px); border-bottom: 1px solid var(--border-color)"';

	frappe.ui.form.on("LMS Training Rule", {
		setup(frm) {
			frm.set_query("content", "contents", (_doc, cdt, cdn) =>
				locals[cdt][cdn].content_type === "LMS Course" ? { filters: { published: 1 } } : {},
			);
			frm.look = frappe.utils.debounce(() => look(frm), LATER);
		},
		onload_post_render(frm) {
			if (frm.rule_watched) {
				return;
			}
			frm.rule_watched = true;
			frappe.realtime.on("smooth_lms_hr:rule", (state) => show_progress(frm, state));
		},
		refresh(frm) {
			if (!frm.is_new() && frm.doc.enabled && frm.perm[0]?.write) {
				frm.add_custom_button(__("Apply Now"), () => apply(frm));
			}
			frm.dashboard.clear_headline();
			if (frm.doc.waiting_people) {
				frm.dashboard.set_headline_alert(
					__("{0} people would be assigned training at once. Apply Now is your yes.", [
						frm.doc.waiting_people,
					]),
					"orange",
				);
			}
			look(frm);
		},
		enabled: later,
		applies: later,
		due_days: later,
		due_from: later,
		fixed_due_date: later,
		counts_if_completed_within: later,
		when_it_no_longer_fits: later,
	});
	frappe.ui.form.on("LMS Training Audience", {
		applies_to(frm, cdt, cdn) {
			frappe.model.set_value(cdt, cdn, "value", "");
		},
		value: later,
		exclude: later,
		audience_remove: later,
	});
	frappe.ui.form.on("LMS Training Content", { content: later, contents_remove: later });

	function later(frm) {
		frm.look?.();
	}

	const is_whole = (doc) =>
		(doc.audience || []).some((line) => line.value && !line.exclude) &&
		(doc.audience || []).every((line) => line.value) &&
		(doc.contents || []).length &&
		doc.contents.every((line) => line.content);

	function look(frm) {
		const $wrapper = section(frm);
		if (!is_whole(frm.doc) || !frm.perm[0]?.write) {
			$wrapper.empty();
			return;
		}
		const name = frm.doc.name;
		const rule = frm.is_dirty() || frm.is_new() ? JSON.stringify(frm.doc) : name;
		frappe.call({
			method: "smooth_lms_hr.api.preview_rule",
			type: "POST",
			args: { rule },
			silent: true,
			callback: ({ message }) => frm.doc.name === name && show(frm, $wrapper, message),
			error: (answer) => frm.doc.name === name && show_refusal($wrapper, answer),
		});
	}

	// Why there is nothing to show: what the rule would be refused for, or that the server did not answer.
	function show_refusal($wrapper, answer) {
		const said = JSON.parse(answer?._server_messages || "[]").map((each) => JSON.parse(each).message);
		$wrapper.html(
			`<div class="text-muted" ${AS_A_SECTION}>${
				said.join("<br>") || __("What the rule would do could not be found out.")
			}</div>`,
		);
	}

	function section(frm) {
		if (!frm.rule_preview) {
			const $at = frm.fields_dict.audience.$wrapper.closest(".form-section");
			frm.rule_preview = $('<div class="rule-preview" role="status"></div>').insertBefore($at);
		}
		return frm.rule_preview;
	}

	function show(frm, $wrapper, preview) {
		const { preview_in_words, preview_rows, pill } = smooth_lms_hr.training;
		const said = preview_in_words(preview).map(([words, colour]) => pill(words, colour));
		const rows = preview_rows(preview.rows);
		$wrapper.html(`<div ${AS_A_SECTION}>
			<div class="d-flex flex-wrap" style="gap: var(--margin-xs)">${said.join("")}</div>
			${
				rows
					? `<details class="mt-2"><summary>${__("Who, and what")}</summary>
					<div class="table-responsive"><table class="table table-sm mb-0"><tbody>${rows}</tbody></table></div>
					</details>`
					: ""
			}</div>`);
	}

	function apply(frm) {
		if (frm.is_dirty()) {
			frappe.msgprint(__("Save the rule first."));
			return;
		}
		frappe.xcall("smooth_lms_hr.api.preview_rule", { rule: frm.doc.name }, "POST").then((preview) => {
			const said = smooth_lms_hr.training.preview_in_words(preview).map(([words]) => words);
			frappe.confirm(`${frappe.utils.escape_html(said.join(", "))}.<br>${__("Apply it now?")}`, () =>
				frappe
					.xcall("smooth_lms_hr.api.apply_rule", { rule: frm.doc.name }, "POST")
					.then(() => frappe.show_alert(__("It is being applied in the background."))),
			);
		});
	}

	function show_progress(frm, state) {
		if (state.rule !== frm.doc.name || !frm.page.wrapper.is(":visible")) {
			return;
		}
		if (!state.finished) {
			frappe.show_progress(__("Applying"), state.done, state.total);
			return;
		}
		frappe.hide_progress();
		if (state.error) {
			frappe.msgprint({ message: frappe.utils.escape_html(state.error), indicator: "red" });
		}
		frm.is_dirty() || frm.reload_doc();
	}
})();
