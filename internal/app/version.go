package app

import "runtime/debug"

// Version is the program's own; "development" where it was built from no released
// or recorded state of its source.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "development"
}
