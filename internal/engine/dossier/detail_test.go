package dossier

import (
	"bytes"
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"trucot/internal/kernel/calendar"
)

// The detail of a row is what encoding/json writes, whatever the dossier.
func TestDetailIsWhatEncodingJSONWrites(t *testing.T) {
	word := rapid.StringMatching(`[a-zđ_ "\\<\n]{0,8}`)
	date := rapid.Custom(func(t *rapid.T) calendar.Date {
		if rapid.Bool().Draw(t, "none") {
			return calendar.NoDate
		}
		return calendar.Date(rapid.IntRange(0, 30000).Draw(t, "day"))
	})
	rapid.Check(t, func(t *rapid.T) {
		d := &Dossier{Digest: word.Draw(t, "digest"), LastOn: date.Draw(t, "last"), Supplements: rapid.IntRange(0, 2).Draw(t, "n"),
			Reappointed: rapid.Bool().Draw(t, "again"), WorkingDays: rapid.IntRange(-1, 99).Draw(t, "days"), Fields: map[string]json.RawMessage{}}
		for _, id := range rapid.SliceOfN(word, 0, 4).Draw(t, "fields") {
			raw, _ := json.Marshal(id)
			d.Fields[id] = raw
		}
		k := &d.Track
		k.Once, k.Documents, k.Outputs = rapid.SliceOfN(word, 0, 2).Draw(t, "once"), rapid.SliceOfN(word, 0, 3).Draw(t, "papers"), rapid.SliceOfN(word, 0, 3).Draw(t, "outputs")
		k.Anchors = map[string]Anchor{}
		for _, id := range rapid.SliceOfN(word, 0, 3).Draw(t, "anchors") {
			k.Anchors[id] = Anchor{On: date.Draw(t, "on"), After: rapid.Bool().Draw(t, "after")}
		}
		if rapid.Bool().Draw(t, "deadline") {
			k.Deadlines = []Running{{ID: word.Draw(t, "id"), From: date.Draw(t, "from"), Due: date.Draw(t, "due"), Met: calendar.NoDate, Main: true}}
			k.Pauses = []calendar.Pause{{From: date.Draw(t, "pause"), To: calendar.NoDate}}
			k.Fees, k.Issued = []FeePaid{{ID: "phi", Amount: 600_000, On: date.Draw(t, "paid")}}, []Issued{{Number: word.Draw(t, "number"), Until: calendar.NoDate}}
		}
		got, err := detailOf(d)
		if err != nil {
			t.Fatal(err)
		}
		var want, back bytes.Buffer
		if err := encode(&want, &detail{d.Digest, d.LastOn, d.Supplements, d.Reappointed, d.WorkingDays, d.Fields, d.Track}); err != nil {
			t.Fatal(err)
		}
		var again detail
		if err := decode(got, &again); err != nil {
			t.Fatalf("%s: %v", got, err)
		}
		if err := encode(&back, &again); err != nil || !bytes.Equal(back.Bytes(), want.Bytes()) {
			t.Fatalf("%s\nread back is\n%swhere it should be\n%s", got, &back, &want)
		}
	})
}

func encode(b *bytes.Buffer, v any) error { return json.NewEncoder(b).Encode(v) }
