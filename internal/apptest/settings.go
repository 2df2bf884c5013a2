package apptest

// Settings adds to the configuration what stands beside its clients, as YAML that is
// not indented.
func Settings(yaml string) Option { return func(o *options) { o.settings += yaml } }
