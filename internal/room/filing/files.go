package filing

import (
	"context"
	"io"
	"slices"

	"trucot/internal/engine/attachment"
	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/fault"
)

// draftOwner is the row that a draft's files hang on; they are under a key of the draft's own, which goes with it.
func draftOwner(id string) string { return "draft/" + id }

// Attach takes a file for a paper of a draft. from is the address it comes from. Errors: as Draft, as attachment.Add,
// fault.Unavailable after too many.
func (r *Room) Attach(ctx context.Context, d *Draft, secret, paper, name, from string, content io.Reader) error {
	if !r.limits.Allow("file "+from, fileRate, r.opts.Clock()) {
		return fault.New(fault.Unavailable, "filing.too_many_tries")
	}
	if _, err := r.opts.Files.Add(ctx, attachment.Incoming{Owner: draftOwner(d.ID), Slot: paper, Name: name}, content); err != nil {
		return err
	}
	_, err := r.Change(ctx, d.ID, secret, func(d *Draft) error {
		d.Papers[paper], d.Seen[paperStep+paper] = PaperFile, true
		return nil
	})
	return err
}

// Detach takes a file back from a paper of a draft. Errors: as Draft; fault.NotFound for another's file.
func (r *Room) Detach(ctx context.Context, d *Draft, secret, paper, file string) error {
	there, err := r.Files(ctx, d, paper)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(there, func(f *attachment.File) bool { return f.ID == file })
	if i < 0 {
		return fault.New(fault.NotFound, "filing.no_file")
	}
	if err := r.opts.Files.Withdraw(ctx, file, "draft", "", ""); err != nil || len(there) > 1 {
		return err
	}
	_, err = r.Change(ctx, d.ID, secret, func(d *Draft) error {
		delete(d.Papers, paper)
		delete(d.Seen, paperStep+paper)
		return nil
	})
	return err
}

// Files are the files of a draft for a paper; for paper "" all of them.
func (r *Room) Files(ctx context.Context, d *Draft, paper string) ([]*attachment.File, error) {
	all, err := r.opts.Files.List(ctx, draftOwner(d.ID))
	return slices.DeleteFunc(all, func(f *attachment.File) bool { return f.Withdrawn || f.Erased || paper != "" && f.Slot != paper }), err
}

// FileRules say which files are taken.
func (r *Room) FileRules() (*attachment.Rules, error) { return r.opts.Files.Rules() }

// handOver hangs the draft's files on the dossier it became. Done twice it changes nothing.
func (r *Room) handOver(ctx context.Context, d *Draft, to *dossier.Dossier) error {
	files, err := r.Files(ctx, d, "")
	if err != nil {
		return err
	}
	for _, f := range files {
		if d.Papers[f.Slot] != PaperFile {
			continue
		}
		if _, err := r.opts.Files.Reuse(ctx, f.ID, attachment.Incoming{Owner: "dossier/" + to.Code, Slot: f.Slot, Unit: to.Unit}); err != nil {
			return err
		}
	}
	return nil
}

// Supplement takes a file for a paper of a dossier that waits for its supplement, from who has proved to know it.
// Errors: fault.Forbidden while it does not wait; as attachment.Add.
func (r *Room) Supplement(ctx context.Context, code, paper, name, from string, content io.Reader) error {
	if !r.limits.Allow("file "+from, fileRate, r.opts.Clock()) {
		return fault.New(fault.Unavailable, "filing.too_many_tries")
	}
	d, err := r.dossiers.Get(ctx, code)
	if err != nil {
		return err
	}
	p, err := r.dossiers.Procedure(ctx, d)
	if err != nil {
		return err
	}
	if d.Status != dossier.AwaitSupplement || p.Document(paper) == nil {
		return fault.New(fault.Forbidden, "filing.not_yours")
	}
	_, err = r.opts.Files.Add(ctx, attachment.Incoming{Owner: "dossier/" + code, Slot: paper, Name: name, Unit: d.Unit}, content)
	return err
}
