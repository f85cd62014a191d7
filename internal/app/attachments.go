package app

import (
	"path/filepath"
	"strings"

	"trucot/internal/engine/attachment"
	"trucot/internal/kernel/blob"
)

// filesFolder is where attachments stand in the data folder.
const filesFolder = "tep"

// openAttachments opens the files beside the ledger. The rules are read when the first file comes.
func (a *App) openAttachments(o Options) {
	folder := filepath.Join(o.Data, filesFolder)
	opts := attachment.Options{Folder: folder, Clock: o.Clock, Person: personOf, Seal: a.Vault.Seal, Open: a.Vault.Open,
		Rules: func() (*attachment.Rules, error) { return attachment.Load(Definitions(o.Data)) }}
	if o.Clamd != "" {
		opts.Scanner = attachment.NewClamd(o.Clamd)
	}
	a.Attachments = attachment.New(a.Ledger, a.DB, blob.NewDisk(folder), opts)
}

// personOf is whose data the files of an owner are: those of a dossier are under the same key as its personal fields.
func personOf(owner string) string {
	kind, id, _ := strings.Cut(owner, "/")
	if kind == "dossier" || kind == "draft" {
		return id
	}
	return ""
}
