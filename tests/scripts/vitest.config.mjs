export default {
	test: {
		include: ["*.test.mjs"],
		environment: "node",
		// A test that was left alone by mistake, or has nothing in it, is not a test that passed.
		allowOnly: false,
		passWithNoTests: false,
	},
};
