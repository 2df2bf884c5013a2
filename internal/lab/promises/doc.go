// Package promises holds docs/promises.md to its word: every test that it names
// exists, every requirement stands in it once. It refuses to say whether a test
// proves enough: that is for its readers.
package promises
