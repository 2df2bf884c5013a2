// Package scanners is a laboratory: twenty kinds of programs that read mail before
// its reader does, by HTTP and in a real Chromium, are let loose on letters of a
// running provider. Then the reader signs in, by the link and by the code, and a
// table says which of them came to a session.
//
// It refuses to guess what scanners of a certain make do: each kind is what a
// program can do at all. IDP_PROVE=1 runs each twenty times, which takes
// longer than the ten minutes that go test gives by itself.
package scanners
