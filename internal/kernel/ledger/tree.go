package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

var (
	insertNode = store.Statement(`insert into tree_hash (level, n, hash) values ($1, $2, $3)`)
	readLeaves = store.Statement(`select hash from event where position > $1 and position <= $2 order by position`)
	readNodes  = store.Statement(`select hash from tree_hash where level = $1 and n >= $2 and n < $3 order by n`)
)

// tileHeight is the number of levels between stored hashes: the tile height of C2SP tlog-tiles, so
// that a stored row is exactly one entry of a tile above the leaves.
const tileHeight = 8

// node is a full subtree at a level that is stored.
type node struct {
	level int
	n     int64
	hash  tlog.Hash
}

// frontier is the right edge of the tree: the roots of the full subtrees that make up size leaves,
// the largest first.
type frontier struct {
	size  int64
	roots []tlog.Hash
}

// push adds a leaf and appends the stored nodes that it completes to done.
func (f *frontier) push(leaf tlog.Hash, done []node) []node {
	h, level, n := leaf, 0, f.size
	for ; n&1 == 1; n >>= 1 {
		h = tlog.NodeHash(f.roots[len(f.roots)-1], h)
		f.roots = f.roots[:len(f.roots)-1]
		if level++; level%tileHeight == 0 {
			done = append(done, node{level, n >> 1, h})
		}
	}
	f.roots = append(f.roots, h)
	f.size++
	return done
}

// root is the tree head.
func (f *frontier) root() tlog.Hash {
	if f.size == 0 {
		h, _ := tlog.TreeHash(0, nil)
		return h
	}
	h := f.roots[len(f.roots)-1]
	for i := len(f.roots) - 2; i >= 0; i-- {
		h = tlog.NodeHash(f.roots[i], h)
	}
	return h
}

func (f *frontier) clone() frontier { return frontier{f.size, slices.Clone(f.roots)} }

// treeReader reads any node of the tree: stored ones as they are, those between computed from the
// stored level below.
type treeReader struct {
	ctx context.Context
	r   store.Reader
}

// ReadHashes is tlog.HashReader.
func (t treeReader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		var err error
		if out[i], err = t.node(tlog.SplitStoredHashIndex(index)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (t treeReader) node(level int, n int64) (tlog.Hash, error) {
	base := level - level%tileHeight
	row, err := t.row(base, n<<(level-base), (n+1)<<(level-base))
	if err != nil {
		return tlog.Hash{}, err
	}
	for len(row) > 1 {
		for i := range len(row) / 2 {
			row[i] = tlog.NodeHash(row[2*i], row[2*i+1])
		}
		row = row[:len(row)/2]
	}
	return row[0], nil
}

// row reads the stored hashes [from, to) of a level that is a multiple of tileHeight.
func (t treeReader) row(level int, from, to int64) ([]tlog.Hash, error) {
	q, args := readLeaves, []any{from, to}
	if level > 0 {
		q, args = readNodes, []any{level, from, to}
	}
	row, err := store.All(t.ctx, t.r, scanHash, q, args...)
	if err == nil && int64(len(row)) != to-from {
		err = fmt.Errorf("ledger: level %d of the tree has %d of the hashes %d to %d", level, len(row), from, to)
	}
	return row, err
}

func scanHash(rows *sql.Rows) (tlog.Hash, error) {
	var raw []byte
	var h tlog.Hash
	err := rows.Scan(&raw)
	copy(h[:], raw)
	return h, err
}

// readFrontier reads the right edge of a tree of size leaves.
func readFrontier(ctx context.Context, r store.Reader, size int64) (frontier, error) {
	f := frontier{size: size}
	t := treeReader{ctx, r}
	for level := 62; level >= 0; level-- {
		if size>>level&1 == 0 {
			continue
		}
		h, err := t.node(level, size>>level-1)
		if err != nil {
			return f, err
		}
		f.roots = append(f.roots, h)
	}
	return f, nil
}

// Inclusion proves that the event at position is in the tree of the first size events; check it with
// tlog.CheckRecord(proof, size, root, position-1, event.Hash).
func (l *Ledger) Inclusion(ctx context.Context, position, size int64) (tlog.RecordProof, error) {
	if position < 1 || position > size || size > l.Head() {
		return nil, fault.New(fault.NotFound, "ledger.no_proof", "position", position, "size", size, "head", l.Head())
	}
	return tlog.ProveRecord(size, position-1, treeReader{ctx, l.db})
}

// Consistency proves that the tree of the first old events is the beginning of that of the first size
// events; check it with tlog.CheckTree(proof, size, root, old, oldRoot).
func (l *Ledger) Consistency(ctx context.Context, old, size int64) (tlog.TreeProof, error) {
	if old < 1 || old > size || size > l.Head() {
		return nil, fault.New(fault.NotFound, "ledger.no_proof", "position", old, "size", size, "head", l.Head())
	}
	return tlog.ProveTree(size, old, treeReader{ctx, l.db})
}

// Root is the tree head over the first size events.
func (l *Ledger) Root(ctx context.Context, size int64) (tlog.Hash, error) {
	if size < 0 || size > l.Head() {
		return tlog.Hash{}, fault.New(fault.NotFound, "ledger.no_event", "position", size)
	}
	f, err := readFrontier(ctx, l.db, size)
	return f.root(), err
}
