package idp_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"idp/internal/idp"
)

// filled gives every field of a struct a value of its own.
func filled[T any](t *testing.T) *T {
	t.Helper()
	out := new(T)
	v := reflect.ValueOf(out).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		switch f := v.Field(i); f.Interface().(type) {
		case []string:
			f.Set(reflect.ValueOf([]string{name, "", strings.Repeat("long ", 60)}))
		case *int64:
			n := int64(-i)
			f.Set(reflect.ValueOf(&n))
		case int64:
			f.SetInt(noon.UnixMilli() + int64(i))
		default:
			f.SetString(name) // panics for what is no text
		}
	}
	return out
}

func TestFieldsTravelSealed(t *testing.T) {
	k := newKeyring(t)
	for _, f := range []*idp.Flow{filled[idp.Flow](t), {Start: noon.UnixMilli(), Browser: "hash"}} {
		before := f.MaxAge
		got, err := idp.OpenFlow(k, f.Seal(k), f.Browser, noon)
		if err != nil || !reflect.DeepEqual(got, f) || f.MaxAge != before { // sealing changes nothing
			t.Errorf("the flow\n%+v came back as\n%+v, %v", f, got, err)
		}
		pushed, err := idp.OpenPushed(k, f.Push(k), noon)
		if err != nil {
			t.Fatal(err)
		}
		want := *f
		want.Pushed, want.Start, want.PushedAt = pushed.Pushed, noon.UnixMilli(), f.Start
		if !reflect.DeepEqual(*pushed, want) {
			t.Errorf("the pushed request\n%+v came back as\n%+v", want, *pushed)
		}
	}
	for _, c := range []*idp.Code{filled[idp.Code](t), {IssuedAt: noon.UnixMilli()}} {
		got, err := idp.OpenCode(k, c.Seal(k), noon)
		if err != nil || !reflect.DeepEqual(got, c) {
			t.Errorf("the code\n%+v came back as\n%+v, %v", c, got, err)
		}
	}
}

// What one release packs, the next one reads.
func TestPackingChangesWithItsFields(t *testing.T) {
	k := newKeyring(t)
	for name, tt := range map[string]struct{ sealed, sum string }{
		"flow":               {filled[idp.Flow](t).Seal(k), "1 af88b639d38e51e8762d88f1728534790ddb81fe7a6b77d24a052e13d68d9f04"},
		"authorization-code": {filled[idp.Code](t).Seal(k), "1 afb758f3d8d60a6e0b654140fa89207208c2d0b917cabecb48d85f9db1355935"},
	} {
		plain, err := k.Open(name, tt.sealed, nil)
		if err != nil {
			t.Fatal(err)
		}
		if sum := fmt.Sprintf("%d %x", plain[0], sha256.Sum256(plain)); sum != tt.sum {
			t.Errorf("a %s is packed otherwise than before: raise packing, read the one before too, and write %q here", name, sum)
		}
	}
}

// What an earlier program sealed, or a later one will, is not ours to read.
func TestSealedTextOfAnotherShapeOpensNothing(t *testing.T) {
	k := newKeyring(t)
	sealed := filled[idp.Code](t).Seal(k)
	plain, err := k.Open("authorization-code", sealed, nil)
	if err != nil {
		t.Fatal(err)
	}
	with := func(at int, b byte) string {
		changed := append([]byte(nil), plain...)
		changed[at] = b
		return string(changed)
	}
	texts := []string{
		"", "{}", `{"g":"grt_1"}`, string(plain) + "x", with(0, 2),
		with(1, 1),    // a text shorter than nothing
		with(1, 0xff), // and one longer than all
		string(plain[:1]) + strings.Repeat("\x00", 8) + "\x7f" + strings.Repeat("\xff", 20),           // a list of less than nothing
		string(plain[:1]) + strings.Repeat("\x00", 8) + "\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01abc", // and one of more than there is room for
	}
	for n := range plain {
		texts = append(texts, string(plain[:n]))
	}
	for _, text := range texts {
		if c, err := idp.OpenCode(k, k.Seal("authorization-code", []byte(text), nil), noon); c != nil || !errors.Is(err, idp.ErrNotFound) {
			t.Errorf("%q opens %+v, %v", text, c, err)
		}
	}
}
