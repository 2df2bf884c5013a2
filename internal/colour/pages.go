package colour

// The backgrounds of our pages: card, page and tint, light and dark. They are those
// of the style sheet, which a test compares.
var (
	Light = []Colour{{0xff, 0xff, 0xff}, {0xf4, 0xf5, 0xf7}}
	Dark  = []Colour{{0x18, 0x1c, 0x21}, {0x0f, 0x12, 0x15}}
)
