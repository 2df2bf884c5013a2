package target

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

// Errors returns an error if the target logged one: an operation that looked
// good to its caller may not have been.
func (t *Process) Errors() error {
	f, err := os.Open(t.log)
	if err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, longestLine)
	for s.Scan() {
		if strings.Contains(s.Text(), `"level":"ERROR"`) {
			return fmt.Errorf("%s logged an error: %s", t.kind.Name, s.Text())
		}
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	return nil
}

const longestLine = 1 << 20 // a panic's stack is one line

// tail is the end of the log, for error messages.
func (t *Process) tail() string {
	text, err := os.ReadFile(t.log)
	if err != nil {
		return err.Error()
	}
	const most = 4000
	return string(text[max(0, len(text)-most):])
}
