package spelling

// maxLetters bounds what is compared: the price grows with its square, and what is
// compared may come from anybody.
const maxLetters = 300

// Distance is Levenshtein's: how many letters have to be put in, left out or replaced
// to make a of b, over the first 300 of each.
func Distance(a, b string) int {
	from, to := letters(a), letters(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range to {
			replaced := diagonal
			if r != s {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}
	return row[len(to)]
}

func letters(s string) []rune {
	all := []rune(s[:min(len(s), 4*maxLetters)])
	return all[:min(len(all), maxLetters)]
}

// Nearest returns the one of all that is most like text, the first of several; "" if
// there is none.
func Nearest(text string, all []string) string {
	best, least := "", -1
	for _, one := range all {
		if d := Distance(one, text); least < 0 || d < least {
			best, least = one, d
		}
	}
	return best
}
