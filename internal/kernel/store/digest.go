package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"time"
)

// Digest is the content of a table in short: equal digests mean equal rows, whatever their order.
type Digest struct {
	Rows int64  `json:"rows"`
	Sum  string `json:"sum"` // hexadecimal sum of the rows' SHA-256, modulo 2^256
}

// Digest reads a whole table on the reading pool. The name is put into the statement as it is.
func (db *DB) Digest(ctx context.Context, table string) (Digest, error) {
	rows, err := db.read.QueryContext(ctx, "select * from "+table)
	if err != nil {
		return Digest{}, Fault(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return Digest{}, err
	}
	values, targets := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	var d Digest
	var line []byte
	sum, term := new(big.Int), new(big.Int)
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return d, err
		}
		line = line[:0]
		for _, v := range values {
			line = appendValue(line, v)
		}
		h := sha256.Sum256(line)
		sum.Add(sum, term.SetBytes(h[:]))
		d.Rows++
	}
	var out [32]byte
	new(big.Int).And(sum, maxSum).FillBytes(out[:])
	d.Sum = hex.EncodeToString(out[:])
	return d, Fault(rows.Err())
}

var maxSum = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1))

// appendValue writes a value with its type, so that 1, "1" and x'31' differ.
func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, 'n')
	case int64:
		return binary.BigEndian.AppendUint64(append(b, 'i'), uint64(v))
	case float64:
		return binary.BigEndian.AppendUint64(append(b, 'f'), math.Float64bits(v))
	case string:
		return append(binary.BigEndian.AppendUint64(append(b, 's'), uint64(len(v))), v...)
	case []byte:
		return append(binary.BigEndian.AppendUint64(append(b, 'b'), uint64(len(v))), v...)
	case time.Time:
		return binary.BigEndian.AppendUint64(append(b, 't'), uint64(v.UnixMicro()))
	default:
		return fmt.Appendf(append(b, 'x'), "%T %v", v, v)
	}
}
