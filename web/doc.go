// Package web holds the pages of the provider: templates, style sheet and the
// few scripts, embedded in the binary, and the code that renders them.
//
// What they say comes from internal/words, in the reader's language: a template
// names phrases and holds none.
//
// Every page is complete without JavaScript. Nothing is inline and nothing comes
// from elsewhere, so the content security policy is the same for all pages but
// for the targets of their forms: Chrome also applies form-action to the
// redirects that follow a form, so a page whose form leads back to an
// application must name that application's origin.
package web
