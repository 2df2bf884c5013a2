package idp

import (
	"encoding/binary"

	"idp/internal/secret"
)

// packed is what travels sealed in URLs. It names its fields once, in the order in
// which they are written and read. JSON would be several times the work, on every page
// of a sign-in, and make longer addresses.
type packed interface{ fields(p *packer) }

// packing begins every packed text, so that no program takes the fields of one for those
// of another: whoever adds, drops or moves one raises it. While two releases run side by
// side, each has sign-ins of the other under way; a release that raises it must read
// what the one before packed, too.
const packing = 1

// packer writes fields, or reads them from text.
type packer struct {
	out     []byte
	text    string // what is left to read
	reading bool
	failed  bool // text is not what is being read
}

// seal returns the sealed text of v.
func seal(k *secret.Keyring, label string, v packed) string {
	p := packer{out: append(make([]byte, 0, 512), packing)}
	v.fields(&p)
	return k.Seal(label, p.out, nil)
}

// open reads into v what seal made of one like it: ErrNotFound for anything else.
func open(k *secret.Keyring, label, sealed string, v packed) error {
	plain, err := k.Open(label, sealed, nil)
	if err != nil || len(plain) == 0 || plain[0] != packing {
		return ErrNotFound
	}
	p := packer{text: string(plain[1:]), reading: true}
	v.fields(&p)
	if p.failed || p.text != "" {
		return ErrNotFound
	}
	return nil
}

func (p *packer) number(n *int64) {
	if !p.reading {
		p.out = binary.AppendVarint(p.out, *n)
		return
	}
	size := 0
	if *n, size = binary.Varint([]byte(p.text[:min(len(p.text), binary.MaxVarintLen64)])); size <= 0 {
		p.fail()
		return
	}
	p.text = p.text[size:]
}

// optional is a number that may be missing.
func (p *packer) optional(n **int64) {
	var given, value int64
	if *n != nil {
		given, value = 1, **n
	}
	p.number(&given)
	if given == 0 {
		return
	}
	p.number(&value)
	if p.reading {
		*n = &value
	}
}

func (p *packer) strings(all ...*string) {
	for _, s := range all {
		size := int64(len(*s))
		p.number(&size)
		switch {
		case !p.reading:
			p.out = append(p.out, *s...)
		case size < 0 || size > int64(len(p.text)):
			p.fail()
		default:
			*s, p.text = p.text[:size], p.text[size:]
		}
	}
}

func (p *packer) hash(h *secret.Hash) { p.strings((*string)(h)) }

// lists leaves those without elements nil.
func (p *packer) lists(all ...*[]string) {
	for _, list := range all {
		n := int64(len(*list))
		p.number(&n)
		if p.reading && n != 0 {
			if n < 0 || n > int64(len(p.text)) {
				p.fail()
				return
			}
			*list = make([]string, n)
		}
		for i := range *list {
			p.strings(&(*list)[i])
		}
	}
}

// fail leaves nothing to read, so that what is read behind it fails too.
func (p *packer) fail() { p.failed, p.text = true, "" }
