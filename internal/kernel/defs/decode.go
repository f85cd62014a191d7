package defs

import (
	"encoding"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Unmarshaler is a type that reads itself from a node.
type Unmarshaler interface {
	UnmarshalDef(*Node) error
}

var (
	nodeType = reflect.TypeFor[*Node]()
	textType = reflect.TypeFor[map[lang.Tag]string]()
)

// Decode fills the struct that out points to and returns every fault of the tree at once. Fields are
// named by the tag `def:"key"`, `def:"key,required"` when the key must stand; a field of type
// fault.Place tagged `def:"@"` gets the place of its map, one of type *Node takes the raw tree. Strings,
// booleans, whole and decimal numbers, lists, maps by string, pointers, encoding.TextUnmarshaler and
// Unmarshaler are understood. A key without a field is a fault that names the nearest key.
func Decode(n *Node, out any) fault.List {
	d := &decoder{}
	d.value(n, reflect.ValueOf(out).Elem())
	return d.faults
}

type decoder struct{ faults fault.List }

func (d *decoder) fail(p fault.Place, key string, args ...any) {
	d.faults = append(d.faults, fault.New(fault.Invalid, key, args...).At(p))
}

func (d *decoder) value(n *Node, v reflect.Value) {
	if v.Type() == nodeType {
		v.Set(reflect.ValueOf(n))
		return
	}
	if d.custom(n, v) || n.Kind == Null {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem())
	case reflect.Struct:
		d.structure(n, v)
	case reflect.Slice:
		d.slice(n, v)
	case reflect.Map:
		d.mapping(n, v)
	default:
		d.scalar(n, v)
	}
}

// custom lets the type read itself; it reports whether it did.
func (d *decoder) custom(n *Node, v reflect.Value) bool {
	if !v.CanAddr() || n.Kind == Null {
		return false
	}
	var err error
	switch u := v.Addr().Interface().(type) {
	case Unmarshaler:
		err = u.UnmarshalDef(n)
	case encoding.TextUnmarshaler:
		if n.Kind != Scalar {
			d.fail(n.Place, "defs.want_text")
			return true
		}
		err = u.UnmarshalText([]byte(n.Text))
	default:
		return false
	}
	d.add(n.Place, err)
	return true
}

// add takes over a type's own fault, placing it where it has no place yet.
func (d *decoder) add(p fault.Place, err error) {
	if err == nil {
		return
	}
	var list fault.List
	var one *fault.Error
	switch {
	case errors.As(err, &list):
		d.faults = append(d.faults, list...)
	case errors.As(err, &one):
		if one.Place.File == "" {
			one.Place = p
		}
		d.faults = append(d.faults, one)
	default:
		d.faults = append(d.faults, fault.New(fault.Invalid, "defs.bad_value").At(p).Because(err))
	}
}

func (d *decoder) structure(n *Node, v reflect.Value) {
	if n.Kind != Map {
		d.fail(n.Place, "defs.want_map", "keys", strings.Join(keysOf(v.Type()), ", "))
		return
	}
	shape := shapeOf(v.Type())
	if shape.place >= 0 {
		*v.Field(shape.place).Addr().Interface().(*fault.Place) = n.Place
	}
	for _, name := range shape.required {
		if value := n.Get(name); value == nil || value.Kind == Null {
			d.fail(n.Place, "defs.missing_key", "key", name)
		}
	}
	for _, p := range n.Pairs {
		field, ok := shape.fields[p.Key]
		if !ok {
			d.unknownKey(p, keysOf(v.Type()))
			continue
		}
		d.value(p.Value, v.Field(field))
	}
}

// shape is what the tags of a struct say.
type shape struct {
	fields   map[string]int // by key
	required []string       // in the order of the fields
	place    int            // the field that takes the place of the map; -1 = none
}

// shapes keeps each struct's shape: reading the tags anew for each map is a fifth of a start.
var shapes sync.Map // reflect.Type → *shape

func shapeOf(t reflect.Type) *shape {
	if known, ok := shapes.Load(t); ok {
		return known.(*shape)
	}
	s := &shape{fields: map[string]int{}, place: -1}
	for i := range t.NumField() {
		switch name, option, _ := strings.Cut(t.Field(i).Tag.Get("def"), ","); {
		case name == "@":
			s.place = i
		case name != "":
			s.fields[name] = i
			if option == "required" {
				s.required = append(s.required, name)
			}
		}
	}
	shapes.Store(t, s)
	return s
}

func (d *decoder) unknownKey(p Pair, keys []string) {
	if near := Nearest(p.Key, keys); near != "" {
		d.fail(p.Place, "defs.unknown_key_near", "key", p.Key, "near", near)
		return
	}
	d.fail(p.Place, "defs.unknown_key", "key", p.Key, "keys", strings.Join(keys, ", "))
}

func keysOf(t reflect.Type) []string {
	return slices.Sorted(maps.Keys(shapeOf(t).fields))
}

// slice also takes a single value for a list of one, since "from: nhap" is how people write it.
func (d *decoder) slice(n *Node, v reflect.Value) {
	items := n.Items
	if n.Kind == Scalar {
		items = []*Node{n}
	} else if n.Kind != List {
		d.fail(n.Place, "defs.want_list")
		return
	}
	out := reflect.MakeSlice(v.Type(), len(items), len(items))
	for i, item := range items {
		d.value(item, out.Index(i))
	}
	v.Set(out)
}

func (d *decoder) mapping(n *Node, v reflect.Value) {
	if n.Kind != Map {
		d.fail(n.Place, "defs.want_map", "keys", "vi, en")
		return
	}
	out := reflect.MakeMapWithSize(v.Type(), len(n.Pairs))
	for _, p := range n.Pairs {
		if v.Type().ConvertibleTo(textType) && p.Key != string(lang.VI) && p.Key != string(lang.EN) {
			d.unknownKey(p, []string{"en", "vi"})
			continue
		}
		item := reflect.New(v.Type().Elem()).Elem()
		d.value(p.Value, item)
		out.SetMapIndex(reflect.ValueOf(p.Key).Convert(v.Type().Key()), item)
	}
	if n.Known && v.Type().ConvertibleTo(textType) {
		out = shared(out.Convert(textType).Interface().(map[lang.Tag]string)).Convert(v.Type())
	}
	v.Set(out)
}

// sharing holds the texts of the definitions that the program ships, each once: versions and kin of one procedure repeat most
// of each other's, and a map takes ten times the room of its two words. Nobody changes a text that was read.
var sharing struct {
	sync.Mutex
	texts map[[2]string]map[lang.Tag]string
}

func shared(text map[lang.Tag]string) reflect.Value {
	key := [2]string{text[lang.VI], text[lang.EN]}
	sharing.Lock()
	defer sharing.Unlock()
	known, ok := sharing.texts[key]
	if !ok || len(known) != len(text) {
		if sharing.texts == nil {
			sharing.texts = map[[2]string]map[lang.Tag]string{}
		}
		known, sharing.texts[key] = text, text
	}
	return reflect.ValueOf(known)
}

func (d *decoder) scalar(n *Node, v reflect.Value) {
	if n.Kind != Scalar {
		d.fail(n.Place, "defs.want_text")
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(strings.TrimSpace(n.Text))
	case reflect.Bool:
		if n.Text != "true" && n.Text != "false" {
			d.fail(n.Place, "defs.want_bool", "text", n.Text)
			return
		}
		v.SetBool(n.Text == "true")
	case reflect.Int, reflect.Int64:
		i, err := strconv.ParseInt(n.Text, 10, 64)
		if err != nil {
			d.fail(n.Place, "defs.want_whole", "text", n.Text)
			return
		}
		v.SetInt(i)
	case reflect.Float64:
		f, err := strconv.ParseFloat(n.Text, 64)
		if err != nil {
			d.fail(n.Place, "defs.want_number", "text", n.Text)
			return
		}
		v.SetFloat(f)
	default:
		panic("defs: cannot decode into " + v.Type().String())
	}
}
