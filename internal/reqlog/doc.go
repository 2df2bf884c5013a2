// Package reqlog carries the one log event of a request from its start to its
// end. Handlers add what they learn; the server writes the line when the answer
// is out. There is room for identifiers only: no secret, no address, no URL.
package reqlog
