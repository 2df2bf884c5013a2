package strictyaml

// Has reports whether the document itself says something at the path. Defaults
// that dst held do not count.
func (p *Positions) Has(path string) bool {
	n := p.root
	for n != nil && path != "" {
		n, path = n.next(path)
	}
	return n != nil
}
