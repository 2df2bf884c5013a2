// Package presets knows how well-known applications are registered: one small
// file per application under applications/, each compared with the public
// documentation and source code that it names under checked. A preset fills what
// the administrator left out of a client's entry; it never overrides what stands
// there.
//
// It also holds, for each application, the text to paste into its own
// configuration. It refuses to know secrets: where one belongs stands a
// placeholder.
package presets
