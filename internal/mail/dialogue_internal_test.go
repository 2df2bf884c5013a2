package mail

import (
	"bufio"
	"bytes"
	"net/textproto"
	"testing"
)

// What follows DATA is what net/textproto would say, and ends nowhere but at its end.
func TestStuffedMessages(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"", "a", "a\r\n", "a\n", "a\nb\r\nc", ".", "..\r\n.\r\n", "a\n.\nb", "a\r\n.\r\nRSET\r\n", "\r\n\r\n.", "x.y\r\n.z",
		"a\rb\r\n", "a\r", "a\r\n\r\n", "\n.\n",
	} {
		var want bytes.Buffer
		b := bufio.NewWriter(&want)
		w := textproto.NewWriter(b).DotWriter()
		if _, err := w.Write([]byte("X-Of: us\r\n" + raw)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got := stuffed("X-Of: us\r\n", raw); string(got) != want.String() {
			t.Errorf("%q: %q, want %q", raw, got, want.String())
		}
	}
}
