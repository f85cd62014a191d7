package app

import (
	"context"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"trucot/internal/app/page/attachments"
	"trucot/internal/app/page/directives"
	partypages "trucot/internal/app/page/party"
	"trucot/internal/app/page/tasks"
	"trucot/internal/engine/attachment"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/engine/people/accesslog"
	"trucot/internal/kernel/blob"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
)

// FilesFolder is where attachments stand in the data folder.
const FilesFolder = "tep"

// openAttachments opens the files beside the ledger. The rules are read when the first file comes.
func (a *App) openAttachments(o Options) {
	folder := filepath.Join(o.Data, FilesFolder)
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

// files are the pages of attachments, the same for every kind of row.
func (a *App) files() *attachments.Pages {
	return attachments.New(attachments.Options{Files: a.Attachments, Who: a.People, Kinds: map[string]attachments.Kind{
		"dossier":    {Read: people.ReadDossiers, Add: []web.Permission{people.ActOnDossiers, people.OpenDossiers}, Find: a.dossierRow},
		"task":       {Read: people.ReadTasks, Add: []web.Permission{people.ActOnTasks, people.AssignTasks}, Find: a.taskRow},
		"conference": {Read: people.ReadConferences, Add: []web.Permission{people.KeepConferences}, Find: a.conferenceRow},
		"directive":  {Read: people.ReadDirectives, Add: []web.Permission{people.KeepDirectives}, Find: a.directiveRow},
		partypages.FilesKind: {Read: people.ReadParty, Add: []web.Permission{people.KeepParty}, Find: func(ctx context.Context, id string) (attachments.Row, error) {
			return partypages.FilesRow(ctx, a.Cadre, id)
		}},
		"campaign-part": {Read: people.ReadReports, Add: []web.Permission{people.FillParts}, Find: a.campaignRow},
	}, Opened: a.fileOpened})
}

// fileOpened writes down who opened a file that is a person's data.
func (a *App) fileOpened(r *web.Request, f *attachment.File, unit string, sent bool) error {
	e := accesslog.Entry{Account: r.Actor(), What: accesslog.Opened, Subject: f.Owner, Unit: unit, Detail: f.ID,
		Reason: a.Catalog.T(lang.VI, "attachments.log_reason"), Address: r.Address()}
	if sent {
		e.What = accesslog.Downloaded
	}
	return a.Access.Opened(r.Context(), e)
}

func (a *App) dossierRow(ctx context.Context, code string) (attachments.Row, error) {
	d, err := a.Dossiers.Get(ctx, code)
	if err != nil {
		return attachments.Row{}, err
	}
	row := attachments.Row{Unit: d.Unit, Title: d.Code, Path: "/ho-so/" + url.PathEscape(d.Code)}
	p, err := a.Dossiers.Procedure(ctx, d)
	if err != nil {
		return row, nil // an imported dossier has no definition
	}
	for _, doc := range p.Documents {
		row.Slots = append(row.Slots, attachments.Slot{ID: doc.ID, Form: doc.Form, Label: doc.Label, Required: asked(d, doc.Required, doc.When.Empty()),
			OnPaper: slices.Contains(d.Track.Documents, doc.ID)})
	}
	return row, nil
}

// asked reports whether a paper is surely missed: one that is required under a condition may not be, and a dossier that
// is over misses nothing.
func asked(d *dossier.Dossier, required, always bool) bool { return required && always && d.Open() }

func (a *App) taskRow(ctx context.Context, id string) (attachments.Row, error) {
	t, err := a.Tasks.Get(ctx, id)
	if err != nil {
		return attachments.Row{}, err
	}
	row := attachments.Row{Unit: t.Unit, Title: t.Title, Path: tasks.Path(t.ID)}
	if t.Side == people.State { // a task of the Party is for those who may read that side
		row.With = t.Collaborators
	}
	return row, nil
}

func (a *App) directiveRow(ctx context.Context, id string) (attachments.Row, error) {
	d, err := a.Directives.Get(ctx, id)
	if err != nil {
		return attachments.Row{}, err
	}
	return attachments.Row{Unit: d.Unit, Title: d.Label(), Path: directives.Path(d.ID)}, nil
}
