// Package clients is the running process's view of the registered applications:
// a snapshot in memory that follows the database, so that no request reads a
// client and every replica sees a change within seconds.
package clients
