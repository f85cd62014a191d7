package ledger

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

var (
	insertKey       = store.Statement(`insert into signing_key (verifier, since) values ($1, $2) on conflict (verifier) do nothing`)
	readVerifiers   = store.Statement(`select verifier from signing_key order by since, verifier`)
	putCheckpoint   = store.Statement(`insert into checkpoint (position, made_at, note) values ($1, $2, $3) on conflict (position) do nothing`)
	readCheckpoint  = store.Statement(`select note from checkpoint where position = $1`)
	readCheckpoints = store.Statement(`select note from checkpoint order by position`)
)

// Checkpoint is a signed statement of the ledger's state: the root over the first Position events.
type Checkpoint struct {
	Position int64
	Root     [32]byte
	Note     string // the signed text in the form of C2SP tlog-checkpoint
}

// signer is the node's key.
type signer struct {
	note.Signer
	verifier string
}

func newOrigin() string {
	var b [6]byte
	rand.Read(b[:])
	return "trucot-" + hex.EncodeToString(b[:])
}

// openKey reads the node's key, or draws one, and registers its public half. The file is for the
// account of the program alone.
func (l *Ledger) openKey(ctx context.Context, path string) (*signer, error) {
	secret, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		secret, err = drawKey(path, l.origin)
	}
	if err != nil {
		return nil, fault.New(fault.Unavailable, "ledger.key_unreadable", "path", path).Because(err)
	}
	lines := strings.Fields(string(secret))
	if len(lines) != 2 {
		return nil, fault.New(fault.Invalid, "ledger.key_damaged", "path", path)
	}
	s, err := note.NewSigner(lines[0])
	if err != nil {
		return nil, fault.New(fault.Invalid, "ledger.key_damaged", "path", path).Because(err)
	}
	if v, err := note.NewVerifier(lines[1]); err != nil || v.KeyHash() != s.KeyHash() {
		return nil, fault.New(fault.Invalid, "ledger.key_damaged", "path", path).Because(err)
	}
	known, err := l.Verifiers(ctx)
	if err != nil || slices.Contains(known, lines[1]) {
		return &signer{s, lines[1]}, err
	}
	err = l.db.Update(ctx, func(tx store.Tx) error {
		_, err := tx.Exec(ctx, insertKey, lines[1], l.opts.Clock().UnixMicro())
		return err
	})
	return &signer{s, lines[1]}, err
}

// drawKey writes a new key pair: the secret key on the first line, the public one on the second.
func drawKey(path, name string) ([]byte, error) {
	secret, public, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return nil, err
	}
	text := []byte(secret + "\n" + public + "\n")
	return text, store.WriteSecret(path, text)
}

// Verifiers are the public keys of all nodes that ever signed here, in the form of sumdb/note.
func (l *Ledger) Verifiers(ctx context.Context) ([]string, error) {
	return store.All(ctx, l.db, scanText, readVerifiers)
}

// Checkpoints are the signed texts of all checkpoints kept, oldest first.
func (l *Ledger) Checkpoints(ctx context.Context) ([]string, error) {
	return store.All(ctx, l.db, scanText, readCheckpoints)
}

// Checkpoint signs the present state and keeps the signed text; at an unchanged head it returns the
// one made before. fault.Unavailable "ledger.no_key" without a key.
func (l *Ledger) Checkpoint(ctx context.Context) (Checkpoint, error) {
	if l.signer == nil {
		return Checkpoint{}, fault.New(fault.Unavailable, "ledger.no_key")
	}
	var made Checkpoint
	err := l.do(ctx, func(ctx context.Context) (err error) {
		made, err = l.checkpoint(ctx)
		return err
	})
	return made, err
}

// checkpoint is Checkpoint on the writer's goroutine, or after it ended.
func (l *Ledger) checkpoint(ctx context.Context) (Checkpoint, error) {
	c := Checkpoint{Position: l.tree.size, Root: l.tree.root()}
	kept, err := store.All(ctx, l.db, scanText, readCheckpoint, c.Position)
	if err != nil {
		return c, err
	}
	if len(kept) == 1 {
		c.Note = kept[0]
		return c, nil
	}
	signed, err := note.Sign(&note.Note{Text: checkpointText(l.origin, c.Position, c.Root)}, l.signer)
	if err != nil {
		return c, err
	}
	c.Note = string(signed)
	return c, l.db.Update(ctx, func(tx store.Tx) error {
		_, err := tx.Exec(ctx, putCheckpoint, c.Position, l.opts.Clock().UnixMicro(), c.Note)
		return err
	})
}

// checkpointText is the text that is signed: name, size, root.
func checkpointText(origin string, size int64, root tlog.Hash) string {
	return fmt.Sprintf("%s\n%d\n%s\n", origin, size, base64.StdEncoding.EncodeToString(root[:]))
}

// CheckNote checks the signature of a checkpoint that was printed or stored elsewhere and that this
// ledger's tree still begins with the one it vouches for. It trusts the stored tree; Verify compares
// that with the events.
func (l *Ledger) CheckNote(ctx context.Context, text string) (Checkpoint, error) {
	keys, err := l.Verifiers(ctx)
	if err != nil {
		return Checkpoint{}, err
	}
	c, err := openNote(text, l.origin, keys)
	if err != nil {
		return c, err
	}
	root, err := l.Root(ctx, c.Position)
	if err == nil && root != c.Root {
		err = fault.New(fault.Conflict, "ledger.root_differs", "at", c.Position)
	}
	return c, err
}

// openNote verifies and parses a checkpoint.
func openNote(text, origin string, keys []string) (Checkpoint, error) {
	var verifiers []note.Verifier
	for _, k := range keys {
		if v, err := note.NewVerifier(k); err == nil {
			verifiers = append(verifiers, v)
		}
	}
	c := Checkpoint{Note: text}
	n, err := note.Open([]byte(text), note.VerifierList(verifiers...))
	if err != nil {
		return c, fault.New(fault.Invalid, "ledger.bad_signature").Because(err)
	}
	lines := strings.Split(n.Text, "\n")
	var raw []byte
	if len(lines) >= 4 && lines[0] == origin {
		raw, _ = base64.StdEncoding.DecodeString(lines[2])
		_, err = fmt.Sscan(lines[1], &c.Position)
	}
	if err != nil || len(raw) != len(c.Root) || checkpointText(origin, c.Position, tlog.Hash(raw)) != n.Text {
		return c, fault.New(fault.Invalid, "ledger.bad_checkpoint")
	}
	copy(c.Root[:], raw)
	return c, nil
}

// Sign signs a text of another kind under the node's key, such as the figures of a report, in the form of sumdb/note: lines
// of UTF-8, the last one ended. Errors: fault.Unavailable "ledger.no_key"; fault.Invalid "ledger.not_signable" for a text
// that could pass for a checkpoint or is none.
func (l *Ledger) Sign(text string) (string, error) {
	if l.signer == nil {
		return "", fault.New(fault.Unavailable, "ledger.no_key")
	}
	if first, _, _ := strings.Cut(text, "\n"); first == l.origin {
		return "", fault.New(fault.Invalid, "ledger.not_signable")
	}
	signed, err := note.Sign(&note.Note{Text: text}, l.signer)
	if err != nil {
		return "", fault.New(fault.Invalid, "ledger.not_signable").Because(err)
	}
	return string(signed), nil
}
