package strictyaml

import "reflect"

// bindSlice replaces the slice; [] makes it empty but not nil.
func (d *decoder) bindSlice(n *node, v reflect.Value) {
	if n.kind != list {
		d.mismatch(n, v.Type())
		return
	}
	items := reflect.MakeSlice(v.Type(), len(n.items), len(n.items))
	for i, item := range n.items {
		d.bind(item, items.Index(i))
	}
	v.Set(items)
}

// bindMap replaces the map; {} makes it empty but not nil.
func (d *decoder) bindMap(n *node, v reflect.Value) {
	t := v.Type()
	switch {
	case t.Key().Kind() != reflect.String:
		d.faultOn(n, programMistake(t))
		return
	case n.kind != mapping:
		d.mismatch(n, t)
		return
	}
	values := reflect.MakeMap(t)
	for _, e := range n.entries {
		if e.kind != text {
			d.add(e.place, e.value.path(), "key is "+e.kind.found()+"; quote it to make it a text")
		}
		value := reflect.New(t.Elem()).Elem()
		d.bind(e.value, value)
		if e.firstAt == 0 {
			values.SetMapIndex(reflect.ValueOf(e.name).Convert(t.Key()), value)
		}
	}
	v.Set(values)
}

func (d *decoder) bindStruct(n *node, v reflect.Value) {
	if n.kind != mapping {
		d.mismatch(n, v.Type())
		return
	}
	known := fieldsOf(v.Type(), nil)
	for _, e := range n.entries {
		f, ok := find(known, e.name)
		if !ok {
			d.unknown(e, known)
			continue
		}
		target := v.FieldByIndex(f.index)
		if e.firstAt != 0 {
			// Given twice: only looked at for its faults.
			target = reflect.New(target.Type()).Elem()
		}
		d.bind(e.value, target)
	}
}

func (d *decoder) unknown(e entry, known []field) {
	if e.firstAt != 0 {
		return // the first one is reported as unknown, this one as given twice
	}
	message := "unknown key"
	if near := nearest(e.name, known); near != "" {
		message += `; did you mean "` + near + `"?`
	}
	d.add(e.place, e.value.path(), message)
}
