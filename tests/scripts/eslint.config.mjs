// What eslint looks for in the browser's scripts, and in their tests.
import js from "@eslint/js";
import globals from "globals";

// What the pages of Frappe's desk have; each name that a script of ours reads.
const desk = { $: "readonly", __: "readonly", cur_list: "readonly", locals: "readonly", moment: "readonly" };
const ours = { frappe: "readonly", smooth_lms_hr: "readonly" };

const rules = {
	...js.configs.recommended.rules,
	"array-callback-return": "error",
	"consistent-return": "off", // a handler of Frappe's may return a promise, or nothing
	curly: ["error", "multi-line"],
	eqeqeq: "error",
	"no-eval": "error",
	"no-implied-eval": "error",
	"no-shadow-restricted-names": "error",
	"no-throw-literal": "error",
	"no-unused-expressions": ["error", { allowShortCircuit: true, allowTernary: true }],
	"no-unused-vars": ["error", { argsIgnorePattern: "^_", caughtErrors: "all", ignoreRestSiblings: true }],
	"no-var": "error",
	"object-shorthand": "error",
	"prefer-const": ["error", { destructuring: "all" }],
};

export default [
	{ linterOptions: { reportUnusedDisableDirectives: "error" } },
	{
		// Frappe puts what forms, lists and reports are given into one scope: a global of ours is everybody's.
		files: ["smooth_lms_hr/**/*.js"],
		languageOptions: {
			ecmaVersion: 2022,
			sourceType: "script",
			globals: { ...globals.browser, ...desk, ...ours },
		},
		rules: { ...rules, "no-implicit-globals": ["error", { lexicalBindings: true }] },
	},
	{
		files: ["tests/scripts/**/*.mjs"],
		languageOptions: {
			ecmaVersion: 2024,
			sourceType: "module",
			globals: { ...globals.node, ...globals.browser },
		},
		rules,
	},
	{
		// It stands in for Frappe, whose globals it therefore declares.
		files: ["tests/scripts/frappe.js"],
		languageOptions: { ecmaVersion: 2022, sourceType: "script" },
		rules: { ...rules, "no-var": "off", "no-unused-vars": ["error", { vars: "local" }] },
	},
];
