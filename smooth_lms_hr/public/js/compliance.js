// What people have to hold, in the desk: how they stand with it, and what HR decides. Its list and its form share it.

frappe.provide("smooth_lms_hr.training");

(function (training) {
	const escape = frappe.utils.escape_html;
	const day = (value) => frappe.datetime.str_to_user(value, false, true);

	training.COMPLIANCE = "Employee Compliance";
	const COLOURS = {
		Pending: "gray",
		"Awaiting Verification": "blue",
		Complete: "green",
		"Due for Renewal": "orange",
		Expired: "red",
		Waived: "gray",
		Revoked: "red",
	};
	training.COMPLIANCE_STATUSES = Object.keys(COLOURS);
	training.compliance_colour = (status) => COLOURS[status] || "gray";

	// What HR decides, and of which statuses.
	training.COMPLIANCE_DECISIONS = {
		verify: { of: ["Awaiting Verification"], label: () => __("Verify") },
		waive: {
			of: ["Pending", "Awaiting Verification", "Complete", "Due for Renewal", "Expired"],
			label: () => __("Waive"),
			asks: true,
		},
		revoke: { of: ["Complete", "Due for Renewal"], label: () => __("Revoke"), asks: true },
		reopen: { of: ["Waived", "Revoked"], label: () => __("Reopen"), asks: true },
	};

	// Which of the rows a decision is about.
	training.decidable = (decision, docs) =>
		docs.filter((doc) => training.COMPLIANCE_DECISIONS[decision].of.includes(doc.status));

	// How somebody stands with what they have to hold: a sentence, as text.
	training.compliance_in_words = function (doc) {
		const ends = doc.next_renewal_date && day(doc.next_renewal_date);
		if (!doc.is_current && doc.ended_on) {
			return __("No rule asks for it any more since {0}.", [day(doc.ended_on)]);
		}
		if (!doc.is_current) {
			return __("It is over: a later cycle has followed it, or its person has left.");
		}
		if (doc.status === "Complete") {
			return ends ? __("It counts until the day before {0}.", [ends]) : __("It counts for ever.");
		}
		return {
			Pending: __("Something is missing."),
			"Awaiting Verification": __("All is proved. HR confirms it before it counts."),
			"Due for Renewal": __("It is to be renewed before {0}.", [ends]),
			Expired: __("It does not count any more since {0}.", [ends]),
			Waived: __("Waived: {0}", [doc.reason]),
			Revoked: __("Revoked: {0}", [doc.reason]),
		}[doc.status];
	};

	// What is missing, as a list of escaped HTML; nothing where nothing is.
	training.missing_in_html = (missing) =>
		(missing || []).length
			? `<ul class="mb-0 pl-4">${missing
					.map(({ kind, words }) => `<li>${escape(__("{0}: {1}", [__(kind), words]))}</li>`)
					.join("")}</ul>`
			: "";

	training.decide_compliance = function (decision, docs, done) {
		const { label, asks } = training.COMPLIANCE_DECISIONS[decision];
		const whom = docs
			.slice(0, 5)
			.map((doc) => `<li>${escape(`${doc.employee_name}: ${doc.compliance_type}`)}</li>`);
		if (docs.length > 5) {
			whom.push(`<li>${__("and {0} more", [docs.length - 5])}</li>`);
		}
		const fields = [
			{
				fieldtype: "HTML",
				fieldname: "whom",
				options: `<ul class="pl-4 text-muted">${whom.join("")}</ul>`,
			},
		];
		if (asks) {
			fields.push({
				fieldname: "reason",
				fieldtype: "Small Text",
				label: __("Reason"),
				reqd: 1,
				description: __("It is kept in the record and its timeline."),
			});
		}
		const dialog = new frappe.ui.Dialog({
			title: label(),
			fields,
			primary_action_label: label(),
			primary_action(values) {
				dialog.hide();
				frappe
					.call({
						method: `smooth_lms_hr.api.${decision}_compliance`,
						type: "POST",
						args: {
							names: docs.map((doc) => doc.name),
							...(asks ? { reason: values.reason } : {}),
						},
						freeze: true,
					})
					.then(({ message }) => {
						show_result(message);
						done();
					});
			},
		});
		dialog.show();
	};

	function show_result({ done, failed }) {
		if (!failed.length) {
			frappe.show_alert({ message: __("{0} done.", [done.length]), indicator: "green" });
			return;
		}
		const lines = failed.map(({ name, message }) => `<li>${escape(`${name}: ${message}`)}</li>`);
		frappe.msgprint({
			title: __("{0} done, {1} not", [done.length, failed.length]),
			message: `<ul class="pl-4">${lines.join("")}</ul>`,
			indicator: "orange",
		});
	}
})(smooth_lms_hr.training);
