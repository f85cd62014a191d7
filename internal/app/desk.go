package app

import (
	"context"
	"sync"

	"trucot/internal/app/page/onestop"
	"trucot/internal/engine/document"
	"trucot/internal/engine/numbering"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	room "trucot/internal/room/onestop"
	"trucot/internal/room/quality"
)

// openDesk opens the books of numbers, the one-stop desk and the index of its quality. Their definitions are read when first asked for.
func (a *App) openDesk(data string) {
	a.Books = numbering.New(a.Ledger, a.DB)
	a.Desk = room.New(a.Ledger, a.DB, a.Dossiers, a.Books, a.People, room.Options{
		Clock:   a.clock,
		Book:    sync.OnceValues(func() (*room.Book, error) { return room.Load(Definitions(data)) }),
		Layouts: sync.OnceValues(func() (*document.Layouts, error) { return document.LoadLayouts(Definitions(data)) }),
		Agency:  a.deskAgency,
	})
	a.Quality = quality.New(a.Dossiers, sync.OnceValues(func() ([]*quality.Index, error) { return quality.Load(Definitions(data)) }))
}

// deskAgency is the agency as it stands on the papers of its dossiers.
func (a *App) deskAgency(on calendar.Date) room.Agency {
	ctx, s := context.Background(), a.agency.State
	out := room.Agency{Parent: s.Parent, Symbol: s.Symbol, Place: s.Place, Site: a.agency.Site, Label: a.agency.Label}
	if u, err := a.People.Unit(ctx, a.root(ctx, on, people.State), on); err == nil {
		out.Unit = u
	}
	return out
}

// desk is what the pages of the one-stop desk stand on.
func (a *App) desk() onestop.Parts {
	return onestop.Parts{Desk: a.Desk, Dossiers: a.Dossiers, Procs: a.Procedures, Books: a.Books, Who: a.People}
}
