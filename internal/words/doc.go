// Package words is the catalogue of everything that pages and letters say, in
// every language. It owns the phrases, the rules for plurals, and the choice of
// the language for one person; it knows no page and no letter.
//
// A language is one file, locales/{locale}.words, of lines such as
//
//	wait.wrote = We wrote to {address}.
//	refusal.wrong[one] = That code isn't right. 1 try left.
//	refusal.wrong[other] = That code isn't right. {n} tries left.
//
// Names in braces are places; forms in brackets are those of the Unicode CLDR for
// the number n; *stars* stress what stands between them. English is the
// reference: a language that lacks a phrase, has one too many, or has other
// places in one does not load.
package words
