package app

import (
	"fmt"
	"os"
	"testing"

	"trucot/internal/engine/people"
	"trucot/internal/engine/search"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
	"trucot/internal/room/portal"
)

// What took long to read is written down at once, not when the process ends: one that is killed leaves it to the next.
func TestASearchLeavesItsIndexToTheNextProcess(t *testing.T) {
	ctx, data := t.Context(), t.TempDir()
	a, err := Open(ctx, Options{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	on := calendar.MustParse("2021-06-14")
	var batch []ledger.Command
	for i := range 600 {
		id := fmt.Sprintf("2021-%04d", i)
		content := portal.Content{Lang: "vi", Section: "hoat-dong", Title: "Tin đo lường", Body: portal.ParseMarkup(fmt.Sprint("Bài số ", i))}
		batch = append(batch, ledger.Command{Stream: "article/" + id, Actor: "test", Unit: "so", Events: []ledger.NewEvent{
			{Kind: "article.drafted", On: on, Data: map[string]any{"id": id, "unit": "so", "side": people.State, "content": content}},
			{Kind: "article.stepped", On: on, Data: map[string]any{"step": portal.Approve, "publish_at": on.Time()}},
		}})
	}
	if _, err := a.Ledger.Append(ctx, batch...); err != nil {
		t.Fatal(err)
	}
	find := func() int {
		found, err := a.Find(ctx, search.Query{Text: "đo lường", Scope: []search.Clause{{All: []string{"kind:news"}}}})
		if err != nil {
			t.Fatal(err)
		}
		return found.Total
	}
	if n := find(); n != 600 {
		t.Fatalf("%d found, want 600", n)
	}
	if _, err := os.Stat(a.searchFile()); err != nil {
		t.Fatal(err)
	}
	a.finder = finder{} // as the next process begins
	if n := find(); n != 600 || a.finder.saved == 0 {
		t.Errorf("%d found, from the file: %v", n, a.finder.saved > 0)
	}
}
