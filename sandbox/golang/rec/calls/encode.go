package calls

import (
	"reflect"
	"strconv"
	"strings"
	"time"
)

const mostEncoded = 48 << 10

type encoder struct{ out []byte }

// encoded gives results as JSON rows: kind, type, content. It reads unexported fields as well.
func encoded(values []interface{}) string {
	e := &encoder{out: []byte("[")}
	for i, one := range values {
		if i > 0 {
			e.add(",")
		}
		e.value(reflect.ValueOf(one), 0)
	}
	if len(e.out) > mostEncoded {
		return "[[\"large\"]]"
	}
	return string(e.out) + "]"
}

func (e *encoder) add(text string) {
	if len(e.out) <= mostEncoded {
		e.out = append(e.out, text...)
	}
}

func (e *encoder) value(v reflect.Value, depth int) {
	if !v.IsValid() {
		e.add("[\"nil\",\"\"]")
		return
	}
	if depth > 40 || len(e.out) > mostEncoded {
		e.add("[\"large\"]")
		return
	}
	if text, kind := said(v); kind != "" {
		e.add("[\"" + kind + "\"," + Quoted(text) + ",")
		e.plain(v, depth)
		e.add("]")
		return
	}
	e.plain(v, depth)
}

// said gives what a value says about itself, as an error or a Stringer.
func said(v reflect.Value) (text, kind string) {
	if !v.CanInterface() || (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil() {
		return "", ""
	}
	defer func() {
		if recover() != nil {
			text, kind = "", ""
		}
	}()
	switch one := v.Interface().(type) {
	case error:
		return one.Error(), "error"
	case interface{ String() string }:
		return one.String(), "said"
	}
	return "", ""
}

func (e *encoder) plain(v reflect.Value, depth int) {
	name := Quoted(v.Type().String())
	switch v.Kind() {
	case reflect.Bool:
		e.add("[\"bool\"," + name + "," + strconv.FormatBool(v.Bool()) + "]")
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		e.add("[\"int\"," + Quoted(v.Kind().String()) + "," + Quoted(strconv.FormatInt(v.Int(), 10)) + "]")
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		e.add("[\"int\"," + Quoted(v.Kind().String()) + "," + Quoted(strconv.FormatUint(v.Uint(), 10)) + "]")
	case reflect.Float32, reflect.Float64:
		e.add("[\"float\"," + name + "," + Quoted(strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits())) + "]")
	case reflect.String:
		e.add("[\"str\"," + name + "," + Quoted(v.String()) + "]")
	case reflect.Slice, reflect.Array:
		e.list(v, depth)
	case reflect.Map:
		e.mapping(v, name, depth)
	case reflect.Struct:
		e.structure(v, name, depth)
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			e.add("[\"nil\"," + name + "]")
			return
		}
		e.value(v.Elem(), depth+1)
	default:
		e.other(v, name)
	}
}

func (e *encoder) other(v reflect.Value, name string) {
	if (v.Kind() == reflect.Func || v.Kind() == reflect.Chan) && v.IsNil() {
		e.add("[\"nil\"," + name + "]")
		return
	}
	if v.Kind() == reflect.Chan && v.CanInterface() && v.Type().ChanDir() != reflect.SendDir {
		e.drained(v)
		return
	}
	e.add("[\"other\"," + name + "]")
}

// drained reads a channel to its end, or for a moment.
func (e *encoder) drained(v reflect.Value) {
	e.add("[\"list\",\"chan\",[")
	limit := reflect.ValueOf(time.After(500 * time.Millisecond))
	for i := 0; i < 1000; i++ {
		chosen, one, ok := reflect.Select([]reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: v}, {Dir: reflect.SelectRecv, Chan: limit}})
		if chosen == 1 || !ok {
			break
		}
		if i > 0 {
			e.add(",")
		}
		e.value(one, 1)
	}
	e.add("]]")
}

func (e *encoder) list(v reflect.Value, depth int) {
	if v.Kind() == reflect.Slice && v.IsNil() {
		e.add("[\"nil\",\"slice\"]")
		return
	}
	e.add("[\"list\"," + Quoted(v.Type().Elem().Kind().String()) + ",[")
	for i := range v.Len() {
		if i > 0 {
			e.add(",")
		}
		if len(e.out) > mostEncoded {
			return
		}
		e.value(v.Index(i), depth+1)
	}
	e.add("]]")
}

func (e *encoder) mapping(v reflect.Value, name string, depth int) {
	if v.IsNil() {
		e.add("[\"nil\",\"map\"]")
		return
	}
	e.add("[\"map\"," + name + ",[")
	for i, key := range v.MapKeys() {
		if i > 0 {
			e.add(",")
		}
		e.add("[")
		e.value(key, depth+1)
		e.add(",")
		e.value(v.MapIndex(key), depth+1)
		e.add("]")
	}
	e.add("]]")
}

func (e *encoder) structure(v reflect.Value, name string, depth int) {
	e.add("[\"struct\"," + name + ",[")
	for i := range v.NumField() {
		if i > 0 {
			e.add(",")
		}
		e.add("[" + Quoted(v.Type().Field(i).Name) + ",")
		e.value(v.Field(i), depth+1)
		e.add("]")
	}
	e.add("]]")
}

// Quoted gives a text as JSON.
func Quoted(text string) string {
	out := []byte{'"'}
	for _, sign := range strings.ToValidUTF8(text, "\ufffd") {
		switch {
		case sign == '"' || sign == '\\':
			out = append(out, '\\', byte(sign))
		case sign < 0x20 || sign == 0x7f || sign == 0x2028 || sign == 0x2029:
			out = append(out, "\\u"...)
			hex := strconv.FormatInt(int64(sign), 16)
			out = append(out, "0000"[len(hex):]...)
			out = append(out, hex...)
		default:
			out = append(out, string(sign)...)
		}
	}
	return string(append(out, '"'))
}
