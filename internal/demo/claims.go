package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// claims is a set of statements about the person, as the provider wrote them.
type claims map[string]any

// UnmarshalJSON keeps numbers as they were written: 1763716620, not 1.7e+09.
func (c *claims) UnmarshalJSON(raw []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var values map[string]any
	if err := decoder.Decode(&values); err != nil {
		return err
	}
	*c = values
	return nil
}

// text returns a claim that is a string, or "".
func (c claims) text(name string) string {
	value, _ := c[name].(string)
	return value
}

// number returns a claim that is a whole number, or 0.
func (c claims) number(name string) int64 {
	value, _ := c[name].(json.Number)
	n, err := value.Int64()
	if err != nil {
		return 0
	}
	return n
}

// row is one claim as the page shows it.
type row struct {
	Name    string
	Value   string
	When    moment // set if the value is a time
	Meaning string
}

// rows lists the claims: known ones in the order of the dictionary, then the
// others by name.
func (c claims) rows(now time.Time) []row {
	var list []row
	for _, known := range dictionary {
		value, ok := c[known.name]
		if !ok {
			continue
		}
		r := row{Name: known.name, Value: plain(value), Meaning: known.meaning}
		if seconds := c.number(known.name); known.isTime && seconds > 0 {
			r.When = newMoment(time.Unix(seconds, 0), now)
		}
		list = append(list, r)
	}
	known := len(list)
	for name, value := range c {
		if !inDictionary(name) {
			list = append(list, row{Name: name, Value: plain(value), Meaning: "A claim of this provider's own."})
		}
	}
	slices.SortFunc(list[known:], func(a, b row) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// plain writes a claim's value for reading: lists with commas, objects as JSON.
func plain(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case string:
		return v
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = plain(v[i])
		}
		return strings.Join(parts, ", ")
	case map[string]any:
		if text, err := json.Marshal(v); err == nil {
			return string(text)
		}
	}
	return fmt.Sprint(value)
}
