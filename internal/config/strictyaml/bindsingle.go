package strictyaml

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

func (d *decoder) bindText(n *node, v reflect.Value) {
	switch n.kind {
	case text:
		v.SetString(n.text)
	case whole, decimal, boolean:
		d.faultOn(n, "expected a text, found "+n.kind.found()+"; quote it to make it a text")
	default:
		d.mismatch(n, v.Type())
	}
}

func (d *decoder) bindBool(n *node, v reflect.Value) {
	if n.kind != boolean {
		d.mismatch(n, v.Type())
		return
	}
	v.SetBool(strings.EqualFold(n.text, "true"))
}

// bindWhole takes decimal digits only: YAML 1.1 reads 010 as 8 and 1.2 as 10,
// so whoever wrote it may mean either.
func (d *decoder) bindWhole(n *node, v reflect.Value) {
	switch {
	case n.kind == decimal:
		d.faultOn(n, "expected a whole number, found a decimal number")
		return
	case n.kind != whole:
		d.mismatch(n, v.Type())
		return
	case !plainDigits(n.text):
		d.faultOn(n, "expected a whole number in plain digits, without leading zero, underscore or base")
		return
	}
	number, err := strconv.ParseInt(n.text, 10, v.Type().Bits())
	if err != nil {
		d.faultOn(n, fmt.Sprintf("is out of range for a whole number of %d bits", v.Type().Bits()))
		return
	}
	v.SetInt(number)
}

func (d *decoder) bindDecimal(n *node, v reflect.Value) {
	if n.kind != whole && n.kind != decimal {
		d.mismatch(n, v.Type())
		return
	}
	if n.kind == whole && !plainDigits(n.text) || n.kind == decimal && !decimalNumber.MatchString(n.text) {
		d.faultOn(n, "expected a number in plain digits, without leading zero, underscore or base")
		return
	}
	number, err := strconv.ParseFloat(n.text, 64)
	if err != nil {
		d.faultOn(n, "is out of range for a number of 64 bits")
		return
	}
	v.SetFloat(number)
}

func plainDigits(s string) bool {
	digits := strings.TrimLeft(s, "+-")
	return wholeNumber.MatchString(s) && (digits == "0" || digits[0] != '0')
}
