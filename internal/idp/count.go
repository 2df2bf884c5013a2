package idp

import "fmt"

// Count is a number of things as people read it: 1 key, 2 keys.
func Count[N int | int64](n N, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}
