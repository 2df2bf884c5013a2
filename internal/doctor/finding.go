package doctor

import "fmt"

// These make findings. Those that ask for something take what to do first, because
// that is what nobody may forget.

func ok(seen string, args ...any) Finding {
	return Finding{Severity: OK, Seen: fmt.Sprintf(seen, args...)}
}

func note(fix, seen string, args ...any) Finding {
	return Finding{Severity: Note, Seen: fmt.Sprintf(seen, args...), Fix: fix}
}

func warning(fix, seen string, args ...any) Finding {
	return Finding{Severity: Warning, Seen: fmt.Sprintf(seen, args...), Fix: fix}
}

func problem(fix, seen string, args ...any) Finding {
	return Finding{Severity: Problem, Seen: fmt.Sprintf(seen, args...), Fix: fix}
}
