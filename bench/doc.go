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
// With -rows 10000000 it measures the product with a thousand people in its tables
// beside the product with ten million, in turns, and says whether any of the large
// tables was read from end to end. Both databases are on the same server, whose
// pg_stat_statements, if it is loaded, tells of each statement.
//
// With -beside FILE another build of the product, of before a change say, takes the place
// of the floor: CPU × is then what the change left of an operation's cost.
//
// With -pooler HOST:PORT the targets reach PostgreSQL through a connection pooler.
//
// With -profile OPERATION it runs that one on the product alone and shows where
// its processor time goes.
package main
