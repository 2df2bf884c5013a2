package year_test

// calendar is what happens besides every day, by month and day. The year begins in
// the end of November.
var calendar = map[string]func(*world){
	"11-24": (*world).idleTokensBegin,
	"12-01": (*world).start, // a second replica: both serve in turn
	"12-04": (*world).roll,
	"12-07": (*world).idleTokensUsed,
	"12-09": (*world).idleTokensEnd,
	"12-12": (*world).leave,
	"12-15": (*world).badFile,
	"01-10": (*world).wrongCodes,
	"01-20": (*world).notMe,
	"02-01": (*world).secretKnown,
	"02-08": (*world).secretReplaced,
	"03-01": (*world).firstProviderDown,
	"03-10": (*world).mailDown,
	"03-20": (*world).gardenOpens,
	"04-12": (*world).webRenamed,
	"05-03": (*world).databaseAway,
	"05-20": (*world).roll,
	"06-15": (*world).backUp,
	"07-05": (*world).restore,
	"08-10": (*world).disable,
	"08-20": (*world).enable,
	"09-01": (*world).deleteOne,
	"10-05": (*world).gardenCloses,
	"10-20": (*world).oldSecretGone,
	"11-01": (*world).start,
	"11-15": (*world).leave,
}
