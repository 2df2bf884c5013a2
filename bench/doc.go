// Command bench measures the product against the floor: the same operations, the
// same callers, the same PostgreSQL and mail server, in turns.
//
//	scripts/with-postgres go run ./bench
//
// A shared machine makes rates swing by half; the processor time per operation,
// as a multiple of the floor's in the same run, hardly moves. So the goals are
// about that, and the rates stand beside it.
//
//	build      product and floor, as they are shipped
//	starts     five of each, on a database that is there
//	counting   one caller, database behind pgtap: statements and commits, exact
//	load       each operation in rounds of product, floor, floor, product
//	report     one table, the goals, and what a process keeps in memory
//	crowd      64 refresh chains at once at the product: no error, and none lost
//
// With -rows 10000000 it measures the product alone, with empty tables and with ten
// million people, sessions and grants in them, and says whether any of the large
// tables was read from end to end.
//
// With -profile OPERATION it runs that one on the product alone and shows where
// its processor time goes.
package main
