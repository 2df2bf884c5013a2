// Package account serves the page where people see and end what stands in their
// name: the browsers they are signed in with and the applications that have
// access. Before something ends, a page of its own names it and asks;
// the answer is a form post. Both are about things of the signed-in user only;
// ids of others are simply not found.
package account
