package eventlog

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"trucot/internal/kernel/calendar"
)

// clock reads the times of one log: ISO 8601 fast, then the layouts of the mapping. A time without an
// offset stands in the mapping's zone, or the agency's where the mapping names none.
type clock struct {
	zone    *time.Location
	zoned   bool // the mapping names the zone
	layouts []string
	offsets map[string]*time.Location // by how they are written
}

// commonLayouts are day-first, as dates are written in Việt Nam.
var commonLayouts = []string{"02/01/2006 15:04:05", "02/01/2006 15:04", "02/01/2006", "2/1/2006 15:04:05", "2/1/2006 15:04", "2/1/2006"}

func newClock(m *Mapping) *clock {
	c := &clock{zone: calendar.Zone, layouts: commonLayouts, offsets: map[string]*time.Location{}}
	if m != nil && m.zone != nil {
		c.zone, c.zoned = m.zone, true
	}
	if m != nil && len(m.layouts) > 0 {
		c.layouts = append(append([]string(nil), m.layouts...), commonLayouts...)
	}
	return c
}

// parse reads a time; ok is false for what is none.
func (c *clock) parse(v string) (at time.Time, ok bool) {
	if at, _, ok := c.iso(v); ok {
		if at.IsZero() { // 1 January of year 1 is written in the log; only a missing time is zero
			at = at.Add(1)
		}
		return at, true
	}
	for _, l := range c.layouts {
		if at, err := time.ParseInLocation(l, v, c.zone); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// iso reads 2011-10-11T13:45:40.276+02:00 with a blank for T, without fraction, seconds, clock or
// offset as far as they are missing. zoned tells whether an offset was there.
func (c *clock) iso(v string) (at time.Time, zoned, ok bool) {
	if len(v) < 10 || v[4] != '-' || v[7] != '-' {
		return at, false, false
	}
	year, ok1 := digits(v[0:4])
	month, ok2 := digits(v[5:7])
	day, ok3 := digits(v[8:10])
	if !ok1 || !ok2 || !ok3 || year < 1 || month < 1 || month > 12 || day < 1 || day > 28 && day > daysIn(year, month) {
		return at, false, false
	}
	hour, minute, second, nano, rest := 0, 0, 0, 0, v[10:]
	if len(rest) > 0 && (rest[0] == 'T' || rest[0] == ' ') {
		if hour, minute, second, nano, rest, ok = clockTime(rest[1:]); !ok {
			return at, false, false
		}
	}
	zone, zoned, ok := c.offset(strings.TrimPrefix(rest, " "))
	if !ok {
		return at, false, false
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, nano, zone), zoned, true
}

// clockTime reads "13:45[:40[.276]]" and returns what follows.
func clockTime(v string) (h, m, s, ns int, rest string, ok bool) {
	if len(v) < 5 || v[2] != ':' {
		return 0, 0, 0, 0, v, false
	}
	h, ok1 := digits(v[0:2])
	m, ok2 := digits(v[3:5])
	v = v[5:]
	ok3 := true
	if len(v) >= 3 && v[0] == ':' {
		s, ok3 = digits(v[1:3])
		v = v[3:]
		if len(v) > 1 && (v[0] == '.' || v[0] == ',') {
			ns, v, ok = fraction(v[1:])
			ok3 = ok3 && ok
		}
	}
	return h, m, s, ns, v, ok1 && ok2 && ok3 && h < 24 && m < 60 && s < 61
}

// fraction reads digits as nanoseconds; digits past the ninth are dropped.
func fraction(v string) (ns int, rest string, ok bool) {
	n, scale := 0, 100_000_000
	for n < len(v) && v[n] >= '0' && v[n] <= '9' {
		ns += int(v[n]-'0') * scale
		scale /= 10
		n++
	}
	return ns, v[n:], n > 0
}

func (c *clock) offset(v string) (zone *time.Location, zoned, ok bool) {
	switch {
	case v == "":
		return c.zone, false, true
	case v == "Z" || v == "z":
		return time.UTC, true, true
	case len(v) < 3 || v[0] != '+' && v[0] != '-':
		return nil, false, false
	}
	if zone := c.offsets[v]; zone != nil {
		return zone, true, true
	}
	hm := strings.Replace(v[1:], ":", "", 1)
	if len(hm) == 2 {
		hm += "00"
	}
	n, ok := digits(hm)
	if !ok || len(hm) != 4 || n/100 > 14 || n%100 > 59 {
		return nil, false, false
	}
	seconds := n/100*3600 + n%100*60
	if v[0] == '-' {
		seconds = -seconds
	}
	zone = time.FixedZone("", seconds)
	c.offsets[strings.Clone(v)] = zone
	return zone, true, true
}

func digits(v string) (n int, ok bool) {
	for i := range len(v) {
		if v[i] < '0' || v[i] > '9' {
			return 0, false
		}
		n = n*10 + int(v[i]-'0')
	}
	return n, len(v) > 0
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// localDate is the date on the wall where the event happened, by the offset written in the log.
func localDate(at time.Time) calendar.Date {
	y, m, d := at.Date()
	return calendar.Of(y, m, d)
}

type valueState uint8

const (
	valueOK valueState = iota
	valueBad
	valueNoZone
)

// check tells whether v is of the type, by the lexical rules of XML Schema.
func (c *clock) check(t Type, v string) valueState {
	ok := true
	switch t {
	case Int:
		_, err := strconv.ParseInt(strings.TrimPrefix(v, "+"), 10, 64)
		ok = err == nil
	case Float:
		ok = isDouble(v)
	case Boolean:
		ok = v == "true" || v == "false" || v == "1" || v == "0"
	case ID:
		ok = isUUID(v)
	case Date:
		_, zoned, iso := c.iso(v)
		if ok = iso && len(v) >= len("2006-01-02T15:04:05") && v[10] == 'T'; ok && !zoned {
			return valueNoZone
		}
	}
	if !ok {
		return valueBad
	}
	return valueOK
}

func isDouble(v string) bool {
	if v == "INF" || v == "-INF" || v == "NaN" {
		return true
	}
	for i := range len(v) {
		if !strings.ContainsRune("0123456789+-.eE", rune(v[i])) {
			return false
		}
	}
	_, err := strconv.ParseFloat(v, 64)
	return err == nil
}

func isUUID(v string) bool {
	if len(v) != 36 || v[8] != '-' || v[13] != '-' || v[18] != '-' || v[23] != '-' {
		return false
	}
	_, err := hex.DecodeString(strings.ReplaceAll(v, "-", ""))
	return err == nil
}
