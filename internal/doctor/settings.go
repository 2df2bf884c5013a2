package doctor

import (
	"context"
	"errors"

	"idp/internal/config"
	"idp/internal/config/strictyaml"
)

// Faulty is the check of a configuration that cannot be used: one finding for each
// fault.
func Faulty(err error) Check {
	return Check{"configuration", false, func(context.Context) (found []Finding) {
		var faults strictyaml.Faults
		if !errors.As(err, &faults) {
			return []Finding{problem("name the file with --config", "%v", err)}
		}
		for _, f := range faults {
			found = append(found, problem("mend it; config.example.yaml shows every key", "%s", f.Error()))
		}
		return found
	}}
}

// Loaded is the check of a configuration that can be used.
func Loaded(cfg *config.Config) Check {
	return Check{"configuration", false, func(context.Context) []Finding {
		return []Finding{ok("good, with %d clients", len(cfg.Declared))}
	}}
}
