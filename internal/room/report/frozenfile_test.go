package report

import (
	"bytes"
	"testing"

	"trucot/internal/kernel/blob"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
)

// A frozen file outlives the definitions that it was made with; without the kept one it is made again, and never another one
// given in its place.
func TestAFrozenFileIsTheOneThatWasFrozen(t *testing.T) {
	r := openRoom(t, summer)
	feed(t, r, halves())
	rep, err := r.Freeze(t.Context(), Request{Regime: "so-ket-6-thang", Period: "2021-H1", Unit: "sk", AsOf: calendar.NoDate}, "van_thu")
	if err != nil {
		t.Fatal(err)
	}
	docx, xlsx := files(t, rep)
	want := map[string][]byte{"docx": docx, "xlsx": xlsx}
	same := func(f *Frozen) {
		t.Helper()
		for _, kind := range FileKinds {
			if got, err := r.FrozenFile(t.Context(), f, kind); err != nil || !bytes.Equal(got, want[kind]) {
				t.Errorf("%s: %d bytes, frozen %d (%v)", kind, len(got), len(want[kind]), err)
			}
		}
	}
	same(rep.Frozen)
	upgraded := *rep.Frozen
	upgraded.Digest = "of other definitions"
	same(&upgraded)

	r.opts.Files = blob.NewDisk(t.TempDir()) // as after a restore without the folder
	same(rep.Frozen)
	if _, err := r.FrozenFile(t.Context(), &upgraded, "docx"); !fault.Is(err, "report.definitions_changed") {
		t.Errorf("neither kept nor made with these definitions: %v", err)
	}
	other := *rep.Frozen
	other.DOCX = sumOf([]byte("by another writer"))
	if _, err := r.FrozenFile(t.Context(), &other, "docx"); !fault.Is(err, "report.definitions_changed") {
		t.Errorf("a file with another sum was given for the frozen one: %v", err)
	}
	if _, err := r.FrozenFile(t.Context(), rep.Frozen, "pdf"); !fault.Is(err, "report.unknown_file") {
		t.Errorf("a kind that reports have not: %v", err)
	}
}
