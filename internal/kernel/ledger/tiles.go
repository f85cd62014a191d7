package ledger

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

// The tree in the form of C2SP tlog-tiles: "checkpoint", "tile/<level>/<n>" with 256 hashes each, and
// "tile/entries/<n>" with 256 records each. A record here is the SHA-256 of an event, so all of it may
// be public. Unfinished tiles are called "<n>.p/<width>".

// tileWidth is the number of hashes of a full tile.
const tileWidth = 1 << tileHeight

// Tile is the content of the tile at level (in tiles, 0 = leaves) and number n, width hashes wide, of
// the tree over the first size events. fault.NotFound "ledger.no_tile" where the tree has none.
func (l *Ledger) Tile(ctx context.Context, level int, n int64, width int) ([]byte, error) {
	fits := level >= 0 && level < 8 && n >= 0 && n < 1<<48 && width >= 1 && width <= tileWidth
	if !fits || n*tileWidth+int64(width) > l.Head()>>(tileHeight*level) {
		return nil, fault.New(fault.NotFound, "ledger.no_tile")
	}
	row, err := treeReader{ctx, l.db}.row(level*tileHeight, n*tileWidth, n*tileWidth+int64(width))
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, width*tlog.HashSize)
	for i := range row {
		out = append(out, row[i][:]...)
	}
	return out, nil
}

// Entries is the entry bundle number n with width records, each behind its length in two bytes.
func (l *Ledger) Entries(ctx context.Context, n int64, width int) ([]byte, error) {
	if n < 0 || n >= 1<<48 || width < 1 || width > tileWidth || n*tileWidth+int64(width) > l.Head() {
		return nil, fault.New(fault.NotFound, "ledger.no_tile")
	}
	events, err := store.All(ctx, l.db, scanEvent, scanEvents, n*tileWidth, width)
	if err != nil {
		return nil, err
	}
	var out []byte
	for i := range events {
		record := events[i].Record()
		out = append(binary.BigEndian.AppendUint16(out, uint16(len(record))), record[:]...)
	}
	return out, nil
}

// ExportTiles writes the tree and a fresh checkpoint into a folder that any web server can offer.
// Full tiles that are there already are not written again.
func (l *Ledger) ExportTiles(ctx context.Context, dir string) (Exported, error) {
	c, err := l.Checkpoint(ctx)
	if err != nil {
		return Exported{}, err
	}
	x := Exported{Origin: l.origin, Events: c.Position, Root: base64.StdEncoding.EncodeToString(c.Root[:]), Checkpoints: 1}
	for level, size := 0, c.Position; size > 0; level, size = level+1, size>>tileHeight {
		if err := l.writeTiles(ctx, filepath.Join(dir, "tile", fmt.Sprint(level)), size, func(n int64, width int) ([]byte, error) {
			return l.Tile(ctx, level, n, width)
		}); err != nil {
			return x, err
		}
	}
	if err := l.writeTiles(ctx, filepath.Join(dir, "tile", "entries"), c.Position, func(n int64, width int) ([]byte, error) {
		return l.Entries(ctx, n, width)
	}); err != nil {
		return x, err
	}
	// Last, so that a reader never sees a checkpoint before its tiles.
	return x, replaceFile(filepath.Join(dir, "checkpoint"), []byte(c.Note))
}

// writeTiles writes the tiles of one level that has size hashes.
func (l *Ledger) writeTiles(ctx context.Context, dir string, size int64, content func(n int64, width int) ([]byte, error)) error {
	for n := int64(0); n*tileWidth < size; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		width := int(min(tileWidth, size-n*tileWidth))
		path := filepath.Join(dir, tilePath(n))
		if width < tileWidth {
			path = filepath.Join(path+".p", fmt.Sprint(width))
		}
		if _, err := os.Stat(path); err == nil {
			continue
		}
		raw, err := content(n, width)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := replaceFile(path, raw); err != nil {
			return err
		}
	}
	return nil
}

// tilePath is the number in groups of three digits, all but the last marked with x: x001/x234/067.
func tilePath(n int64) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	return path
}

func replaceFile(path string, content []byte) error {
	temporary := path + ".new"
	if err := os.WriteFile(temporary, content, 0o644); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}
