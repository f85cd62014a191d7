package ledger_test

import (
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
)

// tiles reads a ledger's tiles for a client of tlog.
type tiles struct{ l *ledger.Ledger }

func (tiles) Height() int                     { return 8 }
func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (r tiles) ReadTiles(wanted []tlog.Tile) (data [][]byte, err error) {
	for _, w := range wanted {
		raw, err := r.l.Tile(ctx, w.L, w.N, w.W)
		if err != nil {
			return nil, err
		}
		data = append(data, raw)
	}
	return data, nil
}

func TestAClientProvesAnEventFromTilesAlone(t *testing.T) {
	l, _, _ := start(t, filepath.Join(t.TempDir(), "trucot.db"), ledger.Options{})
	for _, size := range []int64{1, 255, 256, 700} {
		fillLoans(t, l, int(size-l.Head()))
		root, err := l.Root(ctx, size)
		if err != nil {
			t.Fatal(err)
		}
		reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, tiles{l})
		for _, position := range []int64{1, size} {
			proof, err := tlog.ProveRecord(size, position-1, reader)
			if err != nil {
				t.Fatal(size, position, err)
			}
			entries, err := l.Entries(ctx, (position-1)/256, int((position-1)%256)+1)
			if err != nil {
				t.Fatal(err)
			}
			record := entries[len(entries)-32:]
			if err := tlog.CheckRecord(proof, size, root, position-1, tlog.RecordHash(record)); err != nil {
				t.Error(size, position, err)
			}
		}
	}
	for _, c := range []struct {
		level int
		n     int64
		width int
	}{{0, 2, 189}, {0, 3, 1}, {1, 0, 3}, {2, 0, 1}, {-1, 0, 1}, {0, 0, 0}, {0, 0, 257}} {
		if _, err := l.Tile(ctx, c.level, c.n, c.width); !fault.Is(err, "ledger.no_tile") {
			t.Error(c, err)
		}
	}
}
