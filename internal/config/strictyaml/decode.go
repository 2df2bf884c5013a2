package strictyaml

import "reflect"

// Decode reads the one document in data into dst, a pointer to a struct, map or
// slice. Keys that are absent leave their fields as they are, so dst may hold
// defaults; an empty document changes nothing. The file name is only shown in
// positions. The positions are never nil; the faults are nil when all is well,
// sorted by line otherwise, and then dst is only partly set.
func Decode(file string, data []byte, dst any) (*Positions, Faults) {
	d := &decoder{file: file}
	root := d.read(data)
	if root != nil {
		d.bindRoot(root, dst)
	}
	d.faults.Sort()
	return &Positions{file: file, root: root}, d.faults
}

// decoder collects the faults of one document.
type decoder struct {
	file   string
	faults Faults
}

// read is the way from bytes to the tree; nil is an empty document or a fault.
func (d *decoder) read(data []byte) *node {
	lines, place, problem := plainLines(data)
	if problem != "" {
		d.faultAt(place, problem)
		return nil
	}
	body, place, problem := parse(lines)
	if problem != "" {
		d.faultAt(place, problem)
		return nil
	}
	if body == nil {
		return nil
	}
	t := &treeBuilder{decoder: d, source: lines}
	return t.build(body, slot{})
}

// faultAt reports a fault that ends the reading and so has no path.
func (d *decoder) faultAt(p place, message string) {
	d.add(p, "", message)
}

// faultOn reports a fault on a value, at the place where the value stands.
func (d *decoder) faultOn(n *node, message string) {
	d.add(n.place, n.path(), message)
}

func (d *decoder) add(p place, path, message string) {
	position := Position{File: d.file, Line: max(p.line, 1), Column: max(p.column, 1), Path: path}
	d.faults = append(d.faults, Fault{Position: position, Message: message})
}

func (d *decoder) bindRoot(root *node, dst any) {
	v := reflect.ValueOf(dst)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		d.faultOn(root, programMistake(reflect.TypeOf(dst)))
		return
	}
	d.bind(root, v.Elem())
}
