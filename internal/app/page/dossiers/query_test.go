package dossiers

import (
	"net/url"
	"reflect"
	"testing"

	"trucot/internal/engine/dossier/worklist"
)

// Whatever stands in an address, the list reads it, and the address of what it read leads to the same list.
func FuzzAddresses(f *testing.F) {
	for _, q := range []string{"", "xem=late&sap=-han&nhom=tuan&cot=ma,nop&sau=12.7.so.x", "truoc=1.2.3.4&trang-thai=99", "cot=ma&cot=nop&q=%ff", "ngay=2021-03-01&uu-tien=high&nhan-viec=a&trang=3", "sau=65536.1.x"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		v, err := url.ParseQuery(raw)
		if err != nil {
			return
		}
		q := readQuery(v)
		again := readQuery(q.values())
		q.At, q.Back, q.Number = worklist.Cursor{}, false, 1
		if !reflect.DeepEqual(q, again) {
			t.Errorf("%q reads as %+v, its address as %+v", raw, q, again)
		}
	})
}

func TestCursorsComeBack(t *testing.T) {
	for _, c := range []worklist.Cursor{{Set: true, Day: 65535, Num: 1 << 31, Group: "a.b"}, {Set: true}} {
		if got := readCursor(cursorText(c)); got != c {
			t.Errorf("%+v came back as %+v", c, got)
		}
	}
	for _, text := range []string{"", "x", "1.2", "-1.2.x", "1.99999999999.x"} {
		if c := readCursor(text); c.Set {
			t.Errorf("%q was taken for %+v", text, c)
		}
	}
}
