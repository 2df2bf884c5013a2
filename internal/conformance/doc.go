// Package conformance holds the OpenID Foundation's test plans as Go tests: what
// the suite's client does and checks in a module, a test of the module's name does
// and checks here, on both databases, in seconds. It has no code but tests.
//
// The relying party and the browser of these tests are their own (rp_test.go,
// agent_test.go, html_test.go): they share no parsing and no checks with the
// product or with apptest, which only starts the provider and keeps its mailbox.
// The clients are those of examples/conformance.yaml, read through
// internal/config, so the file that people point the real suite at is the one
// that is tested.
//
// plans_test.go is the table of plans and modules. Where the suite warns, these
// tests fail, unless docs/conformance.md says why the warning stands.
//
// Left out of the plans are the modules that the suite runs with dynamic
// registration only: of the Basic and Form Post plans oidcc-idtoken-signature,
// oidcc-idtoken-unsigned and oidcc-request-uri-unsigned-supported-correctly-or-
// rejected-as-unsupported. What they and their like of oidcc-test-plan check
// without a registration endpoint is in TestComprehensiveOP.
//
// The FAPI 2 Security Profile is here with its core, and Message Signing with what it
// adds; docs/conformance.md says what is left to the suite.
//
// It refuses to replace the suite: that one is run against every release.
package conformance
