package app

import (
	"context"
	"crypto/rand"
	"strconv"
	"strings"

	"trucot/internal/engine/notify"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
)

// mailDraft has the codes of a citizen's draft sent to the address given in it.
func (a *App) mailDraft(ctx context.Context, draft, address, secret string) error {
	return a.Notify.Write(ctx, notify.Letter{ID: "draft/" + rand.Text(), To: address, Matter: notify.DraftKept, Code: draft, Secret: secret})
}

// matters are the events of which a citizen who gave an address is told.
var matters = map[string]notify.Matter{"dossier.received": notify.CitizenReceived, "dossier.supplement_requested": notify.CitizenAsked,
	"dossier.finished": notify.CitizenCompleted, "dossier.refused": notify.CitizenCompleted, "dossier.stopped": notify.CitizenCompleted, "filing.lodged": notify.CitizenReceived}

// letterOf is what an event tells the citizen whose dossier it is. At the desk a dossier is received before it is noted who
// filed it, so that is looked at too; the letter's id makes it one letter.
func (a *App) letterOf(ctx context.Context, e ledger.Event) (*notify.Letter, error) {
	matter, told := matters[e.Kind]
	if !told {
		return nil, nil
	}
	_, code, _ := strings.Cut(e.Stream, "/")
	to, err := a.Filing.Address(ctx, code)
	if err != nil || to == "" {
		return nil, err
	}
	d, err := a.Dossiers.Get(ctx, code)
	if fault.KindOf(err) == fault.NotFound || err == nil && d.ReceivedOn == calendar.NoDate && e.Kind == "filing.lodged" {
		return nil, nil
	}
	id := code + "/" + string(matter)
	if matter == notify.CitizenAsked {
		id += "/" + strconv.FormatInt(e.Position, 10)
	}
	return &notify.Letter{ID: id, To: to, Matter: matter, Code: code}, err
}
