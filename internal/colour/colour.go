package colour

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
)

// Colour is a colour of the sRGB space.
type Colour struct{ R, G, B uint8 }

// The ends of every scale.
var (
	White = Colour{255, 255, 255}
	Black = Colour{}
)

// Readable is the contrast that text needs (WCAG 2.2, 1.4.3).
const Readable = 4.5

// Parse reads #rrggbb.
func Parse(text string) (Colour, error) {
	digits, ok := strings.CutPrefix(text, "#")
	raw, err := hex.DecodeString(digits)
	if !ok || err != nil || len(raw) != 3 {
		return Colour{}, errors.New("must be a colour as #rrggbb, such as #1f4fd8")
	}
	return Colour{raw[0], raw[1], raw[2]}, nil
}

// String is #rrggbb.
func (c Colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// Contrast is the ratio of two colours' luminances: 1 for none, 21 for black on
// white.
func Contrast(a, b Colour) float64 {
	high, low := a.luminance(), b.luminance()
	if low > high {
		high, low = low, high
	}
	return (high + 0.05) / (low + 0.05)
}

func (c Colour) luminance() float64 {
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

func linear(v uint8) float64 {
	s := float64(v) / 255
	if s <= 0.04045 {
		return s / 12.92
	}
	return math.Pow((s+0.055)/1.055, 2.4)
}

// Mix is c with a part of other, from 0 to 1.
func (c Colour) Mix(other Colour, part float64) Colour {
	one := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*part)) }
	return Colour{one(c.R, other.R), one(c.G, other.G), one(c.B, other.B)}
}

// On is the shade of c nearest to it that can be read on all of backgrounds:
// towards white on dark ones, towards black on light ones.
func (c Colour) On(backgrounds ...Colour) Colour {
	end := White
	if Contrast(Black, backgrounds[0]) > Contrast(White, backgrounds[0]) {
		end = Black
	}
	const steps = 50
	for i := range steps {
		shade := c.Mix(end, float64(i)/steps)
		if shade.readableOn(backgrounds) {
			return shade
		}
	}
	return end
}

func (c Colour) readableOn(backgrounds []Colour) bool {
	for _, b := range backgrounds {
		if Contrast(c, b) < Readable {
			return false
		}
	}
	return true
}

// Ink is what can be read best on c: white or black.
func (c Colour) Ink() Colour {
	if Contrast(White, c) >= Contrast(Black, c) {
		return White
	}
	return Black
}
