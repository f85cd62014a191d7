package task

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// mostWords is how many words of a search are looked for: of more, the longest, which are the rarest.
const mostWords = 6

// wordTable has the words of each task, with marks and without, so that a search reads the tasks that have them and no
// others.
var wordTable = ledger.Table{Name: "task_word", DDL: []string{
	`create table task_word (word text not null, task text not null, primary key (word, task)) without rowid`,
	`create index task_word_task on task_word (task)`,
}}

var (
	dropWords = store.Statement(`delete from task_word where task = $1`)
	putWord   = store.Statement(`insert into task_word (word, task) values ($1, $2) on conflict (word, task) do nothing`)
)

// hasWords asks for mostWords words, each from $13 on with the first and the end of what it begins.
var hasWords = func() string {
	var b strings.Builder
	for i := range mostWords {
		fmt.Fprintf(&b, ` and ($%d = '' or id in (select task from task_word where word >= $%d and word < $%d))`, 13+2*i, 13+2*i, 14+2*i)
	}
	return b.String()
}()

// putWords enters the words of a task anew.
func putWords(ctx context.Context, tx store.Tx, t *Task) error {
	if _, err := tx.Exec(ctx, dropWords, t.ID); err != nil {
		return err
	}
	seen := map[string]bool{}
	var failed error
	put := func(w string) {
		if failed == nil && !seen[w] {
			seen[w] = true
			_, failed = tx.Exec(ctx, putWord, w, t.ID)
		}
	}
	lang.EachWord(t.ID+" "+t.External+" "+t.Title+" "+t.Goal, func(w string) {
		put(w)
		put(lang.Fold(w))
	})
	return failed
}

// wordArgs are the parameters of hasWords. The last word may be only begun.
func wordArgs(text string) []any {
	type span struct{ from, to string }
	var spans []span
	list := lang.Words(text)
	for i, w := range list {
		to := w + " " // no word has a blank: this one alone
		if i == len(list)-1 {
			to = w + "\U0010ffff"
		}
		spans = append(spans, span{w, to})
	}
	slices.SortStableFunc(spans, func(a, b span) int { return cmp.Compare(len(b.from), len(a.from)) })
	out := make([]any, 0, 2*mostWords)
	for i := range mostWords {
		s := span{}
		if i < len(spans) {
			s = spans[i]
		}
		out = append(out, s.from, s.to)
	}
	return out
}
