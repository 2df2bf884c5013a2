package app

import "runtime/debug"

// version is given to the linker where the source comes without its history, as into
// an image.
var version string

// Version is the program's own; "development" where it was built from no released
// or recorded state of its source.
func Version() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "development"
}
