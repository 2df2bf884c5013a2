package colour_test

import (
	"math"
	"testing"

	"idp/internal/colour"
)

func parse(t *testing.T, text string) colour.Colour {
	t.Helper()
	c, err := colour.Parse(text)
	if err != nil || c.String() != text {
		t.Fatalf("%s: %s, %v", text, c, err)
	}
	return c
}

func TestParseRefusesOtherTexts(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "#", "#fff", "1f4fd8", "#1f4fd", "#1f4fd8f", "#1f4fdg", "red", "#1f4fd8;", "rgb(1,2,3)", "##1f4fd"} {
		if c, err := colour.Parse(text); err == nil {
			t.Errorf("%q is %s", text, c)
		}
	}
}

// The numbers are those of other calculators.
func TestContrast(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want float64
	}{{"#000000", "#ffffff", 21}, {"#ffffff", "#ffffff", 1}, {"#777777", "#ffffff", 4.48}, {"#767676", "#ffffff", 4.54}, {"#ff0000", "#ffffff", 4.00}} {
		if got := colour.Contrast(parse(t, c.a), parse(t, c.b)); math.Abs(got-c.want) > 0.01 {
			t.Errorf("%s on %s: %.2f, want %.2f", c.a, c.b, got, c.want)
		}
	}
}

// Every colour has a shade for both schemes, and an ink that can be read on it.
func TestShades(t *testing.T) {
	t.Parallel()
	for r := 0; r < 256; r += 51 {
		for g := 0; g < 256; g += 51 {
			for b := 0; b < 256; b += 51 {
				c := colour.Colour{R: uint8(r), G: uint8(g), B: uint8(b)}
				for _, backgrounds := range [][]colour.Colour{colour.Light, colour.Dark} {
					shade := c.On(backgrounds...)
					for _, behind := range backgrounds {
						if colour.Contrast(shade, behind) < colour.Readable {
							t.Errorf("%s as %s on %s", c, shade, behind)
						}
					}
					if colour.Contrast(shade, shade.Ink()) < colour.Readable {
						t.Errorf("%s on %s", shade.Ink(), shade)
					}
				}
			}
		}
	}
	if good := parse(t, "#1f4fd8"); good.On(colour.Light...) != good {
		t.Error("a colour that can be read is changed")
	}
}
