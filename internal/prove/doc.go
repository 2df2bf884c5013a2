// Package prove is what the laboratories have in common: tests that play a
// disaster or an attack and count what is left. Each has a short form, which every
// run of the tests plays, and a long one, which IDP_PROVE=1 turns on:
//
//	rounds := prove.Count(20, 1000)
//	...
//	prove.Figure(t, fmt.Sprint(rounds, " kills"), "0 letters lost")
//
// make prove plays the long forms and writes their figures to docs/proof.md
// (scripts/prove has the list). It is test code only. It refuses to judge: a
// laboratory that sees a promise broken fails as any test does.
package prove
