// What the forms show of evidence. It touches no page: rows in, escaped HTML out.

(function (training) {
	const escape = frappe.utils.escape_html;
	const day = (value) => frappe.datetime.str_to_user(value, false, true);

	training.EVIDENCE = "LMS Training Evidence";
	training.evidence_colour = (status) => (status === "Valid" ? "green" : "red");

	// For example "Fire Exits: 90%, 70% needed, the best of 3 attempts.".
	training.result_in_words = function ({ title, attempts, percent, passing_percent, status }) {
		if (percent === undefined) {
			return __("{0}: {1}.", [title, __(status)]);
		}
		const said = [title, percent, passing_percent, attempts];
		return attempts > 1
			? __("{0}: {1}%, {2}% needed, the best of {3} attempts.", said)
			: __("{0}: {1}%, {2}% needed, at the first attempt.", said);
	};

	// What there is of one piece of evidence, and what is missing: sentences, as text.
	training.evidence_in_words = function (row) {
		const said = [];
		if (row.kind === "External") {
			said.push(__("Done elsewhere, as a granted request says."));
		} else if (row.kind === "Learning") {
			said.push(row.lessons === 1 ? __("1 lesson.") : __("{0} lessons.", [row.lessons]));
		}
		if (row.training_hours) {
			said.push(__("{0} hours.", [row.training_hours]));
		}
		said.push(...row.results.map(training.result_in_words));
		if (row.signed_on) {
			said.push(__("Signed as {0} on {1}.", [row.signed_as, day(row.signed_on)]));
		}
		if (row.file_missing) {
			said.push(__("The file that belongs to it is not on record yet: the daily run tries again."));
		}
		if (row.taken_over) {
			said.push(__("Taken over by an upgrade: what the course said then is not known."));
		}
		if (row.status === "Revoked") {
			said.push(__("Revoked on {0}: {1}", [day(row.revoked_on), row.revoked_reason]));
		}
		return said;
	};

	training.evidence_in_html = (rows) =>
		rows
			.map((row) => {
				const link = escape(frappe.utils.get_form_link(training.EVIDENCE, row.name));
				const title = escape(__("Completed on {0}", [day(row.completed_on)]));
				const pill = training.pill(__(row.status), training.evidence_colour(row.status));
				const file = row.certificate_file
					? ` <a href="${escape(row.certificate_file)}" target="_blank" rel="noopener">${escape(file_of(row))}</a>`
					: "";
				const words = training.evidence_in_words(row).map(escape).join(" ");
				return `<p><a href="${link}"><b>${title}</b></a> ${pill}<br>${words}${file}</p>`;
			})
			.join("");

	const file_of = (row) => (row.kind === "External" ? __("What was handed in") : __("Certificate"));
})(smooth_lms_hr.training);
