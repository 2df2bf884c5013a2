package strictyaml

// goodEscapes checks the hexadecimal escapes of the double-quoted text that
// starts at p, because the scanner takes any character for a digit.
func (s source) goodEscapes(p place) bool {
	if p.line < 1 || p.line > len(s) {
		return true
	}
	from := p.column // behind the opening quote
	for _, line := range s[p.line-1:] {
		for i := from; i < len(line); i++ {
			switch line[i] {
			case '"':
				return true
			case '\\':
				i++
				if i < len(line) && !goodEscape(line[i:]) {
					return false
				}
			}
		}
		from = 0
	}
	return true
}

// goodEscape checks what follows a backslash. The scanner has paired the
// surrogates of \u; those of \U are no characters.
func goodEscape(after []rune) bool {
	digits := map[rune]int{'x': 2, 'u': 4, 'U': 8}[after[0]]
	if len(after) <= digits {
		return false
	}
	code := 0
	for _, r := range after[1 : 1+digits] {
		value, ok := hexDigit(r)
		if !ok {
			return false
		}
		code = code<<4 | value
	}
	surrogate := code >= 0xd800 && code < 0xe000
	return code <= 0x10ffff && (digits != 8 || !surrogate)
}

func hexDigit(r rune) (int, bool) {
	switch {
	case r >= '0' && r <= '9':
		return int(r - '0'), true
	case r >= 'a' && r <= 'f':
		return int(r-'a') + 10, true
	case r >= 'A' && r <= 'F':
		return int(r-'A') + 10, true
	}
	return 0, false
}
