// Package app puts the provider together. All construction is in New, top to
// bottom, so that it reads as a table of contents; commands and tests call it.
package app
