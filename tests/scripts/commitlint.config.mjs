// What a commit says: conventional, and a sentence about what it does.
export default {
	extends: ["@commitlint/config-conventional"],
	// git writes these itself.
	ignores: [(message) => message.startsWith("Merge ")],
	rules: {
		"header-max-length": [2, "always", 120],
		"body-max-line-length": [0],
		"footer-max-line-length": [0],
		// Names of Frappe begin with capitals: "LMS Course", "Employee".
		"subject-case": [0],
	},
};
