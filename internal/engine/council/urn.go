package council

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

// The urn of a council stands beside the ledger while the vote is open: one row, sealed under a key of its own, that
// holds who has voted and, apart from that, the ballots, both in an order that tells nothing. Every vote writes the
// whole row anew, so that two copies of the database differ in one unreadable text. See docs/adr/0041.
const urnTable = `create table if not exists council_urn (council text not null primary key, open bigint not null, sealed text not null)`

var (
	insertUrn = store.Statement(`insert into council_urn (council, open, sealed) values ($1, 1, $2) on conflict (council) do nothing`)
	selectUrn = store.Statement(`select open, sealed from council_urn where council = $1`)
	updateUrn = store.Statement(`update council_urn set sealed = $1 where council = $2 and sealed = $3 and open = 1`)
	shutUrn   = store.Statement(`update council_urn set open = 0 where council = $1`)
	blankUrn  = store.Statement(`update council_urn set sealed = '' where council = $1`)
	deleteUrn = store.Statement(`delete from council_urn where council = $1`)
)

// urn is what the sealed row says.
type urn struct {
	Voters  []string `json:"voters"`  // ascending
	Ballots []Sealed `json:"ballots"` // by commitment
}

// paperSize is what a paper is filled up to with blanks in the urn, so that its length says nothing.
const paperSize = 1024

// owner is whose key seals an urn.
func owner(council string) string { return "urn/" + council }

// seal makes the row's text; its length depends on the number of ballots only.
func (e *Engine) seal(ctx context.Context, council string, u urn) (string, error) {
	raw, err := json.Marshal(u)
	if err != nil {
		return "", err
	}
	size := (len(u.Ballots) + 1) * paperSize
	if size = max(size, (len(raw)+paperSize-1)/paperSize*paperSize); size > len(raw) {
		raw = append(raw, bytes.Repeat([]byte(" "), size-len(raw))...)
	}
	return e.opts.Seal(ctx, owner(council), string(raw))
}

func (e *Engine) unseal(ctx context.Context, sealed string) (u urn, err error) {
	raw, err := e.opts.Open(ctx, sealed)
	if err != nil {
		return u, err
	}
	return u, json.Unmarshal([]byte(raw), &u)
}

// putUrn stands an empty urn up; one that is there already stays.
func (e *Engine) putUrn(ctx context.Context, council string) error {
	empty, err := e.seal(ctx, council, urn{})
	if err != nil {
		return err
	}
	return e.db.Update(ctx, func(tx store.Tx) error {
		_, err := tx.Exec(ctx, insertUrn, council, empty)
		return err
	})
}

// readUrn gives the urn and its text; sealed is empty when there is none.
func (e *Engine) readUrn(ctx context.Context, r store.Reader, council string) (u urn, open bool, sealed string, err error) {
	var n int64
	err = r.QueryRow(ctx, selectUrn, council).Scan(&n, &sealed)
	if errors.Is(err, sql.ErrNoRows) || err == nil && sealed == "" {
		return u, false, "", nil
	}
	if err != nil {
		return u, false, "", store.Fault(err)
	}
	u, err = e.unseal(ctx, sealed)
	return u, n == 1, sealed, err
}

// drop puts a ballot into the urn. The first ballot of a voter that gets there stands: a second one, from another
// window, is refused with council.voted_already; the same one sent again is taken for what it is.
func (e *Engine) drop(ctx context.Context, council, account string, b Sealed) error {
	for range tries {
		u, open, was, err := e.readUrn(ctx, e.db, council)
		if err != nil {
			return err
		}
		at, same := slices.BinarySearchFunc(u.Ballots, b, byCommitment)
		i, voted := slices.BinarySearch(u.Voters, account)
		switch {
		case voted && same:
			return nil
		case voted:
			return fault.New(fault.Conflict, "council.voted_already")
		case !open:
			return fault.New(fault.Conflict, "council.vote_closed")
		case same:
			return fault.New(fault.Conflict, "council.changed", "id", council)
		}
		u.Voters, u.Ballots = slices.Insert(u.Voters, i, account), slices.Insert(u.Ballots, at, b)
		now, err := e.seal(ctx, council, u)
		if err != nil {
			return err
		}
		if done, err := e.swap(ctx, council, was, now); done || err != nil {
			return err
		}
	}
	return fault.New(fault.Conflict, "council.busy")
}

// swap writes the urn's text if nobody else did since it was read.
func (e *Engine) swap(ctx context.Context, council, was, now string) (done bool, err error) {
	err = e.db.Update(ctx, func(tx store.Tx) error {
		res, err := tx.Exec(ctx, updateUrn, now, council, was)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		done = n == 1
		return err
	})
	return done, err
}

// shut lets no more ballots in and gives what is inside.
func (e *Engine) shut(ctx context.Context, council string) (urn, error) {
	err := e.db.Update(ctx, func(tx store.Tx) error {
		_, err := tx.Exec(ctx, shutUrn, council)
		return err
	})
	if err != nil {
		return urn{}, err
	}
	u, _, sealed, err := e.readUrn(ctx, e.db, council)
	if err == nil && sealed == "" {
		err = fault.New(fault.Unavailable, "council.no_urn", "id", council)
	}
	return u, err
}

// destroy takes the urn away and its key with it, so that no copy of the row can be read any more.
func (e *Engine) destroy(ctx context.Context, council string) error {
	err := e.db.Update(ctx, func(tx store.Tx) error {
		if _, err := tx.Exec(ctx, blankUrn, council); err != nil { // overwritten in place first
			return err
		}
		_, err := tx.Exec(ctx, deleteUrn, council)
		return err
	})
	if err != nil {
		return err
	}
	return e.opts.Forget(ctx, owner(council))
}

func byCommitment(a, b Sealed) int { return strings.Compare(a.Commitment, b.Commitment) }

// sealedBallot makes a ballot of a paper. The nonce comes from the key of the form, so that the same form sent again
// is the same ballot.
func sealedBallot(council, key string, p Paper) (Sealed, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return Sealed{}, err
	}
	sum := sha256.Sum256([]byte("trucot ballot|" + council + "|" + key))
	b := Sealed{Nonce: hex.EncodeToString(sum[:16]), Paper: text}
	b.Commitment = commitment(b.Nonce, text)
	return b, nil
}

func commitment(nonce string, paper []byte) string {
	sum := sha256.Sum256([]byte(nonce + "|" + string(paper)))
	return hex.EncodeToString(sum[:])
}

// Receipt is the short form of a commitment that a voter writes down: four groups of four.
func Receipt(commitment string) string {
	s := strings.ToUpper(commitment[:min(16, len(commitment))])
	var groups []string
	for len(s) > 0 {
		n := min(4, len(s))
		groups, s = append(groups, s[:n]), s[n:]
	}
	return strings.Join(groups, "-")
}
