package dossier

import (
	"bytes"
	"context"
	"database/sql"
	"hash/fnv"
	"slices"
	"sort"
	"strings"
	"unicode"

	"trucot/internal/engine/dossier/words"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/store"
)

var (
	scanTitles = store.Statement(`select num, title, applicant from dossier where num > $1 order by num limit $2`)
	findCode   = store.Statement(`select num from dossier where code >= $1 and code < $2`)
)

const (
	// shortestCode is the least that looks like the beginning of a code: a day's number, as 251003.
	shortestCode = 6
	// mostRetitled is how many titles may have changed between two questions before an index is given up.
	mostRetitled = 200
)

// texts is what the lists know of titles: nothing until somebody searches, or sorts by them. It stands under lists.refresh.
type texts struct {
	words    *words.Index
	arranged []uint32 // rows in the order of their titles
	sums     []uint32 // by row: hash of the title by which it was arranged
	moved    []uint32 // rows to be arranged again
	retitled int      // texts that were put again since the words were read
}

// Search looks for the filter's Text once, for all questions that are then asked with the filter and its copies.
func (e *Engine) Search(ctx context.Context, f *Filter) error {
	list := lang.Words(f.Text)
	if len(list) == 0 || f.found != nil {
		return nil
	}
	x, err := e.lists.index(ctx, e.db)
	if err != nil {
		return err
	}
	have, err := e.lists.search(ctx, e.db)
	if err != nil {
		return err
	}
	all, err := e.having(ctx, have, list[0], len(list) == 1)
	for i := 1; i < len(list) && err == nil; i++ {
		var rows words.Rows
		rows, err = e.having(ctx, have, list[i], i == len(list)-1)
		for j := range all {
			if j >= len(rows) {
				all[j] = 0
				continue
			}
			all[j] &= rows[j]
		}
	}
	if err != nil {
		return err
	}
	f.found = x.Subset(all)
	return nil
}

// having gives the rows that have a word, or whose code begins with it: with the agency's part in front or from the day on.
func (e *Engine) having(ctx context.Context, have *words.Index, word string, begins bool) (words.Rows, error) {
	rows := have.Find(word, begins)
	if len(word) < shortestCode || !strings.ContainsFunc(word, unicode.IsDigit) {
		return rows, nil
	}
	code := strings.ToUpper(word)
	for _, from := range []string{code, e.opts.AgencyCode + "-" + code, word} {
		found, err := store.All(ctx, e.db, scanNum, findCode, from, from+"\U0010ffff")
		if err != nil {
			return nil, err
		}
		for _, num := range found {
			for int(num>>6) >= len(rows) {
				rows = append(rows, 0)
			}
			rows.Add(uint32(num))
		}
	}
	return rows, nil
}

// search is the index of words, read from the table when first asked for.
func (l *lists) search(ctx context.Context, db *store.DB) (*words.Index, error) {
	l.refresh.Lock()
	defer l.refresh.Unlock()
	if l.words != nil {
		return l.words, nil
	}
	x := words.New()
	var err error
	x.Fill(func(put func(uint32, string)) {
		err = eachTitle(ctx, db, func(num uint32, title, applicant []byte) { put(num, string(title)+" "+string(applicant)) })
	})
	if err == nil {
		l.words = x
	}
	return x, err
}

// eachTitle reads the title and the applicant of every row. Nobody's impatience interrupts it.
func eachTitle(ctx context.Context, db *store.DB, each func(num uint32, title, applicant []byte)) error {
	ctx = context.WithoutCancel(ctx)
	last, n := int64(-1), indexedAtOnce
	for n == indexedAtOnce {
		rows, err := db.Query(ctx, scanTitles, last, indexedAtOnce)
		if err != nil {
			return err
		}
		var title, applicant sql.RawBytes
		for n = 0; rows.Next(); n++ {
			if err := rows.Scan(&last, &title, &applicant); err != nil {
				rows.Close()
				return err
			}
			each(uint32(last), title, applicant)
		}
		if err := rows.Close(); err != nil {
			return store.Fault(err)
		}
		if err := rows.Err(); err != nil {
			return store.Fault(err)
		}
	}
	return nil
}

// retitle takes up rows that changed.
func (l *lists) retitle(found []*Row) {
	for _, r := range found {
		if l.words != nil && l.words.Put(r.Num, r.Title+" "+r.Applicant) {
			l.retitled++
		}
		if l.arranged != nil && (int(r.Num) >= len(l.sums) || l.sums[r.Num] != sumOf(r.Title)) {
			l.moved = append(l.moved, r.Num)
		}
	}
	if l.retitled > mostRetitled { // each costs a walk through all words
		l.words, l.retitled = nil, 0
	}
	if len(l.moved) > mostRetitled {
		l.arranged, l.sums, l.moved = nil, nil, nil
	}
}

func sumOf(title string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(title))
	return h.Sum32()
}

// arrange brings the order by title up to date.
func (l *lists) arrange(ctx context.Context, e *Engine) error {
	l.refresh.Lock()
	defer l.refresh.Unlock()
	if l.x == nil {
		return nil // just given up; the next question makes both
	}
	if l.arranged == nil {
		return l.arrangeAll(ctx, e.db)
	}
	if len(l.moved) == 0 {
		return nil
	}
	slices.Sort(l.moved)
	moved := slices.Compact(l.moved)
	rest := slices.DeleteFunc(slices.Clone(l.arranged), func(num uint32) bool { _, is := slices.BinarySearch(moved, num); return is })
	titles := titleReader{ctx: ctx, e: e, keys: map[uint32][]byte{}, titles: map[uint32]string{}}
	compare := func(a, b uint32) int { return bytes.Compare(titles.key(a), titles.key(b)) }
	in := slices.Clone(moved)
	slices.SortStableFunc(in, compare)
	merged := make([]uint32, 0, len(rest)+len(in))
	for _, num := range in {
		i := sort.Search(len(rest), func(i int) bool { return compare(rest[i], num) > 0 })
		merged, rest = append(append(merged, rest[:i]...), num), rest[i:]
		l.sum(num, titles.titles[num])
	}
	merged = append(merged, rest...)
	if titles.err != nil {
		return titles.err
	}
	l.x.Arrange(merged, moved)
	l.arranged, l.moved = merged, nil
	return nil
}

// titleReader gives the sort keys of some rows' titles.
type titleReader struct {
	ctx    context.Context
	e      *Engine
	keys   map[uint32][]byte
	titles map[uint32]string
	err    error
}

func (t *titleReader) key(num uint32) []byte {
	k, ok := t.keys[num]
	if !ok && t.err == nil {
		var rows []*Row
		if rows, t.err = t.e.rows(t.ctx, []uint32{num}); len(rows) == 1 {
			k = lang.SortKey(rows[0].Title)
			t.titles[num] = rows[0].Title
		}
		t.keys[num] = k
	}
	return k
}

func (l *lists) sum(num uint32, title string) {
	for int(num) >= len(l.sums) {
		l.sums = append(l.sums, 0)
	}
	l.sums[num] = sumOf(title)
}

// arrangeAll sorts every title: the keys of a million take some seconds and a hundred megabytes while it lasts.
func (l *lists) arrangeAll(ctx context.Context, db *store.DB) error {
	type keyed struct {
		end uint32
		num uint32
	}
	var keys []byte
	var rows []keyed
	err := eachTitle(ctx, db, func(num uint32, title, _ []byte) {
		keys = append(keys, lang.SortKey(string(title))...)
		rows = append(rows, keyed{uint32(len(keys)), num})
		l.sum(num, string(title))
	})
	if err != nil {
		return err
	}
	order := make([]uint32, len(rows))
	for i := range order {
		order[i] = uint32(i)
	}
	key := func(i uint32) []byte {
		if i == 0 {
			return keys[:rows[0].end]
		}
		return keys[rows[i-1].end:rows[i].end]
	}
	slices.SortStableFunc(order, func(a, b uint32) int { return bytes.Compare(key(a), key(b)) })
	for i, at := range order {
		order[i] = rows[at].num
	}
	l.x.Arrange(order, nil)
	l.arranged, l.moved = order, nil
	return nil
}
