// Package target builds, configures, starts and stops the programs that are
// measured: the product, as its users run it, and the floor. A target has a
// database of its own on a PostgreSQL server that is there already, and sends its
// mail to a server that it is told.
package target
