package strictyaml

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// One look at the output must show an operator all there is to mend.
func TestManyFaultsAtOnce(t *testing.T) {
	t.Parallel()
	runBad(t, []badDocument{{"one of each", `issuer: 5
listen:
  addres: x
  port: eighty
clients:
  - client_id: shop
    redirect_uris: https://shop.example.com/callback
    secret: tiny
  - client_id: &id wiki
    pkce:
    redirect_uris:
      - 1
      - ok
      - true
  - just text
issuer: again
labels:
  ? a
  : b
`, `idp.yaml:1:9: issuer: expected a text, found a number; quote it to make it a text
idp.yaml:3:3: listen.addres: unknown key; did you mean "address"?
idp.yaml:4:9: listen.port: expected a whole number, found a text
idp.yaml:7:20: clients[0].redirect_uris: expected a list of texts, found a text
idp.yaml:8:13: clients[0].secret: is shorter than 8 characters
idp.yaml:9:16: clients[1].client_id: anchor (&) is not supported; quote a text that starts with &
idp.yaml:10:5: clients[1].pkce: has no value; remove the key or give one
idp.yaml:12:9: clients[1].redirect_uris[0]: expected a text, found a number; quote it to make it a text
idp.yaml:14:9: clients[1].redirect_uris[2]: expected a text, found a true or false value; quote it to make it a text
idp.yaml:15:5: clients[2]: expected a mapping, found a text
idp.yaml:16:1: issuer: key is given twice; the first is on line 1
idp.yaml:18:3: labels: explicit key (?) is not supported; write key: value`}})
}

func TestFaultsShowOneHundred(t *testing.T) {
	t.Parallel()
	for count, last := range map[int]string{
		100: "idp.yaml:100:1: k100: unknown key",
		101: "and 1 more",
		250: "and 150 more",
	} {
		var document strings.Builder
		for i := range count {
			fmt.Fprintf(&document, "k%d: x\n", i+1)
		}
		_, _, faults := read(t, document.String())
		lines := strings.Split(faults.Error(), "\n")
		if len(faults) != count || len(lines) != min(count, 101) || lines[len(lines)-1] != last {
			t.Errorf("%d faults, %d lines, last %q", len(faults), len(lines), lines[len(lines)-1])
		}
	}
}

func TestFaultsAsError(t *testing.T) {
	t.Parallel()
	if err := (Faults)(nil).Err(); err != nil {
		t.Errorf("no faults are the error %v", err)
	}
	_, positions, faults := read(t, "dev: true\nissue: x\n")
	faults = append(faults, Fault{positions.At("dev"), "is for tests"})
	faults.Sort()
	err := fmt.Errorf("read config: %w", faults.Err())
	var back Faults
	if !errors.As(err, &back) || len(back) != 2 || back[0].Path != "dev" {
		t.Errorf("got %v", back)
	}
	if got, want := (Fault{Message: "m", Position: Position{Line: 1, Column: 2}}).Error(), "1:2: m"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
