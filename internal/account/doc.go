// Package account serves the page where people see and end what stands in their
// name: the browsers they are signed in with and the applications that have
// access. Every action is a form post of the signed-in browser on things of its
// own user; ids of others are simply not found.
package account
