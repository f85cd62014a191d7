package worklist

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"trucot/internal/kernel/calendar"
)

// model is the index as one would write it without caring how long it takes.
type model map[uint32]Row

func drawRow(t *rapid.T) Row {
	pick := func(name string, n int) string { return fmt.Sprint(name, rapid.IntRange(0, n-1).Draw(t, name)) }
	date := func(name string) calendar.Date {
		n := rapid.IntRange(-1, 12).Draw(t, name)
		if n < 0 {
			return calendar.NoDate
		}
		return calendar.MustParse("2021-01-01") + calendar.Date(n)
	}
	return Row{Values: [dims]string{pick("u", 4), pick("p", 3), pick("s", 3), pick("a", 3), pick("r", 3), pick("l", 2)},
		Open: rapid.Bool().Draw(t, "open"), Late: rapid.Bool().Draw(t, "late"), Days: [days]calendar.Date{date("filed"), date("received"), date("due")}}
}

func drawQuery(t *rapid.T) Query {
	var q Query
	for d, name := range []string{"u", "p", "s", "a", "r", "l"} {
		if rapid.Bool().Draw(t, "restrict "+name) {
			q.In[d] = []string{}
			for i := range 4 {
				if rapid.Bool().Draw(t, "in") {
					q.In[d] = append(q.In[d], fmt.Sprint(name, i))
				}
			}
		}
	}
	if rapid.Bool().Draw(t, "without") {
		q.Without = []string{"u1", "nosuch"}
	}
	if rapid.Bool().Draw(t, "only open") {
		q.Open = new(bool)
		*q.Open = rapid.Bool().Draw(t, "open")
	}
	if rapid.Bool().Draw(t, "from") {
		q.DueFrom = calendar.MustParse("2021-01-03")
	}
	if rapid.Bool().Draw(t, "until") {
		q.DueUntil = calendar.MustParse("2021-01-08")
	}
	return q
}

// drawSubset restricts a query to few rows or many.
func drawSubset(t *rapid.T, x *Index, q *Query) (only set) {
	if rapid.Bool().Draw(t, "only these") {
		only = make(set, 15)
		for _, num := range rapid.SliceOfN(rapid.Uint32Range(0, 28), 0, 20).Draw(t, "these") {
			only[num>>6] |= 1 << (num & 63)
		}
		only[14] = 1 << 40 // none has this number
		q.Only = x.Subset(only)
	}
	return only
}

func (m model) matching(q *Query, only set) []uint32 {
	var out []uint32
	for num, r := range m {
		ok := !slices.Contains(q.Without, r.Values[Unit]) && (q.Open == nil || r.Open == *q.Open) && (only == nil || only.has(num))
		for d := range dims {
			ok = ok && (q.In[d] == nil || slices.Contains(q.In[d], r.Values[d]))
		}
		if q.DueFrom != 0 || q.DueUntil != 0 {
			ok = ok && r.Days[Due] != calendar.NoDate && (q.DueFrom == 0 || r.Days[Due] >= q.DueFrom) && (q.DueUntil == 0 || r.Days[Due] < q.DueUntil)
		}
		if ok {
			out = append(out, num)
		}
	}
	return out
}

func (m model) sort(rows []uint32, o Order, places []uint32) {
	group := func(r Row) string {
		switch {
		case o.Group >= 0:
			return r.Values[o.Group]
		case o.Group == ByOpen && !r.Open:
			return "1"
		}
		return ""
	}
	sign := func(c int, down bool) int {
		if down {
			return -c
		}
		return c
	}
	slices.SortFunc(rows, func(a, b uint32) int {
		x, y := m[a], m[b]
		c := 0
		if o.Key == Title {
			c = cmp.Compare(place(places, a), place(places, b))
		} else {
			c = cmp.Compare(short(x.Days[o.Key]), short(y.Days[o.Key]))
		}
		return cmp.Or(sign(cmp.Compare(group(x), group(y)), o.GroupDesc), sign(cmp.Or(c, cmp.Compare(a, b)), o.Desc))
	})
}

// place is where a row stands by title; one that was not arranged is last.
func place(sorted []uint32, num uint32) int {
	if i := slices.Index(sorted, num); i >= 0 {
		return i
	}
	return len(sorted)
}

// rearrange draws a new order of titles and says which rows moved in it, some more perhaps.
func rearrange(t *rapid.T, x *Index, m model, places []uint32) []uint32 {
	if !rapid.Bool().Draw(t, "arrange") {
		return places
	}
	var moved, sorted []uint32
	for _, num := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(places, num) || rapid.Bool().Draw(t, "moves") {
			moved = append(moved, num)
		}
	}
	for _, num := range places {
		if !slices.Contains(moved, num) {
			sorted = append(sorted, num)
		}
	}
	for _, num := range moved {
		sorted = slices.Insert(sorted, rapid.IntRange(0, len(sorted)).Draw(t, "to"), num)
	}
	x.Arrange(sorted, moved)
	return sorted
}

// Whatever was put and changed, every question gives what looking at each row gives: the same rows in the same
// order on every page, forwards and backwards, the same number before them, the same counts.
func TestTheIndexAnswersAsLookingAtEveryRow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, m := New(), model{}
		x.Fill(func(put func(uint32, *Row)) {
			for num := range uint32(rapid.IntRange(0, 20).Draw(t, "loaded")) {
				r := drawRow(t)
				put(num, &r)
				m[num] = r
			}
		})
		var places []uint32
		for range rapid.IntRange(1, 6).Draw(t, "rounds") {
			for range rapid.IntRange(0, 8).Draw(t, "changes") {
				num := uint32(rapid.IntRange(0, 25).Draw(t, "num"))
				m[num] = drawRow(t)
				x.Put(num, m[num])
			}
			places = rearrange(t, x, m, places)
			q := drawQuery(t)
			only := drawSubset(t, x, &q)
			o := Order{Group: Dim(rapid.IntRange(-2, int(dims)-1).Draw(t, "group")), GroupDesc: rapid.Bool().Draw(t, "group down"),
				Key: Key(rapid.IntRange(0, int(keys)-1).Draw(t, "key")), Desc: rapid.Bool().Draw(t, "down")}
			want := m.matching(&q, only)
			m.sort(want, o, places)
			if got := x.Count(q); got != len(want) {
				t.Fatalf("count %d, want %d", got, len(want))
			}
			pages(t, x, q, o, want, rapid.IntRange(1, 5).Draw(t, "limit"))
			values(t, x, m, q, only)
		}
	})
}

// pages walks to the end and back.
func pages(t *rapid.T, x *Index, q Query, o Order, want []uint32, limit int) {
	var at Cursor
	seen := 0
	for {
		p := x.Page(q, o, at, false, limit)
		if end := min(len(want), seen+limit); p.First != seen || p.Total != len(want) || !slices.Equal(p.Rows, want[seen:end]) || p.Ahead != (end < len(want)) {
			t.Fatalf("from %d: %+v, want %v", seen, p, want)
		}
		if seen > 0 {
			b := x.Page(q, o, p.Begin, true, limit)
			if from := max(0, seen-limit); b.First != from || !slices.Equal(b.Rows, want[from:seen]) {
				t.Fatalf("back from %d: %+v, want %v", seen, b, want)
			}
		}
		seen += len(p.Rows)
		if at = p.End; !p.Ahead {
			return
		}
	}
}

func values(t *rapid.T, x *Index, m model, q Query, only set) {
	for d := range dims {
		free := q
		if d != Unit {
			free.In[d] = nil
		}
		want := map[string]int{}
		for _, num := range m.matching(&free, only) {
			want[m[num].Values[d]]++
		}
		if got := x.Values(q, d); !reflect.DeepEqual(got, want) {
			t.Fatalf("dimension %d: %v, want %v", d, got, want)
		}
	}
}

// million is a large agency: 60 units of 4 procedures, 10 statuses, 5 officials each; a tenth is open.
func million(n int) *Index {
	x := New()
	x.Fill(func(put func(uint32, *Row)) {
		r := rand.New(rand.NewPCG(1, 1))
		for num := range uint32(n) {
			unit, status := r.IntN(60), 10
			if int(num) > n*9/10 {
				status = 1 + r.IntN(6)
			}
			filed := calendar.MustParse("2015-01-01") + calendar.Date(int(num)*3000/n)
			put(num, &Row{Values: [dims]string{fmt.Sprint("u", unit), fmt.Sprint("p", unit%30, r.IntN(4)), fmt.Sprint(status), fmt.Sprint("a", unit, r.IntN(5))},
				Open: status < 7, Late: status == 10 && r.IntN(20) == 0, Days: [days]calendar.Date{filed, filed + 1, filed + calendar.Date(10+r.IntN(30))}})
		}
	})
	return x
}

func BenchmarkPageOfAMillion(b *testing.B) {
	x, open := million(1_000_000), true
	for name, c := range map[string]struct {
		q Query
		o Order
	}{
		"all by due":      {Query{}, Order{Group: ByOpen, Key: Due}},
		"all by filing":   {Query{}, Order{Group: NoDim, Key: Filed, Desc: true}},
		"open by unit":    {Query{Open: &open}, Order{Group: Unit, Key: Due}},
		"units, open":     {Query{Open: &open, In: [dims][]string{Unit: {"u1", "u2", "u3"}}}, Order{Group: NoDim, Key: Due}},
		"overdue":         {Query{Open: &open, DueUntil: calendar.MustParse("2022-08-01")}, Order{Group: NoDim, Key: Due}},
		"mine by receipt": {Query{In: [dims][]string{Assignee: {"a33"}}}, Order{Group: NoDim, Key: Received}},
	} {
		b.Run(name, func(b *testing.B) {
			x.Page(c.q, c.o, Cursor{}, false, 50) // makes the order
			for b.Loop() {
				x.Page(c.q, c.o, Cursor{}, false, 50)
			}
		})
	}
}
