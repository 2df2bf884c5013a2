package main

// laboratory is one line of the table: tests that are proofs together.
type laboratory struct {
	name, pkg, run string // run is what go test -run gets
}

// laboratories are all there are. To add one: a line here, prove.Count and
// prove.Figure in its tests.
var laboratories = []laboratory{
	{"mail server faults", "./internal/mail", "^TestFaultMatrix$"},
	{"mail worker killed", "./cmd/idp", "^TestMailWorkerKilledAtEveryStep$"},
	{"two processes", "./cmd/idp", "^TestEveryStepAtTheOtherProcess$"},
	{"stolen database", "./internal/oidc", "^TestStolenDatabase"},
	{"restored database", "./internal/backup", "^TestNothingIsReplayedAfterARestore$"},
	{"a day of guessing", "./internal/storage", "^TestADayOfGuessingEverywhere$"},
	{"scanners", "./internal/lab/scanners", "^TestReadersSignInAfterScanners$"},
	{"who is known, in bytes", "./internal/lab/enumeration", "^TestAnswersDoNotTellWhoIsKnown$"},
	{"who is known, in time", "./internal/lab/enumeration", "^TestTimesDoNotTellWhoIsKnown$"},
	{"a year", "./internal/lab/year", "^TestAYear$"},
	{"full tables", "./internal/oidc", "^TestFullTables$"},
}
