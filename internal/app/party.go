package app

import (
	"context"
	"sync"

	"trucot/internal/app/page/tasks"
	"trucot/internal/engine/document"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/web"
	"trucot/internal/room/party"
	"trucot/internal/room/party/cadre"
)

// openParty opens the room of Party work and tells it who the units are and who gives out tasks.
func (a *App) openParty(o Options) {
	a.Party = a.partyRoom(o.Data, nil)
	a.Cadre = cadre.New(a.Ledger, a.DB, a.Party, a.People, cadre.Options{Files: Definitions(o.Data)})
}

// PartyOver is the room of Party work over another way to append, for who fills a fresh ledger.
func (a *App) PartyOver(data string, appendTo func(context.Context, ...ledger.Command) ([]ledger.Receipt, error)) *party.Room {
	return a.partyRoom(data, appendTo)
}

func (a *App) partyRoom(data string, appendTo func(context.Context, ...ledger.Command) ([]ledger.Receipt, error)) *party.Room {
	files := Definitions(data)
	return party.New(a.Ledger, a.DB, a.Calendar, a.People, party.Options{
		Clock: a.clock, Files: files, Seal: a.Vault.Seal, Open: a.Vault.Open, Append: appendTo,
		Salary:  a.baseSalary,
		Layouts: sync.OnceValues(func() (*document.Layouts, error) { return document.LoadLayouts(files) }),
		Assign: func(ctx context.Context, n party.Assignment) (string, error) {
			t, err := a.Tasks.Assign(ctx, task.Assignment{Title: n.Title, Unit: n.Unit, Owner: n.Owner, Due: n.Due, Actor: n.Actor, Key: n.Key, On: calendar.NoDate})
			if err != nil {
				return "", err
			}
			return t.ID, nil
		},
		Head: func(unit string, on calendar.Date) party.Head {
			h := a.reportingAgency(unit, string(people.Party), on)
			return party.Head{Parent: h.Parent, Name: h.Name, Symbol: h.Symbol, Place: h.Place, Authority: h.Authority, Post: h.Post, Signer: h.Signer, Label: h.Label}
		},
	})
}

// baseSalary is the base salary of a day, 0 for days before what the data hold.
func (a *App) baseSalary(on calendar.Date) (int64, error) {
	sum, err := a.Commendation.BaseSalary(on)
	if fault.Is(err, "commendation.no_salary") {
		return 0, nil
	}
	return sum, err
}

// partyWork counts the tasks of a person that fell due in a year and those done in
// time, of the tasks that the reader may see.
func (a *App) partyWork(r *web.Request, person string, year int) (due, onTime int, err error) {
	f := task.Filter{Reach: tasks.Reach(r), Limit: 1 << 30}
	owners, err := a.accountsOf(r.Context(), person)
	if err != nil {
		return 0, 0, err
	}
	for _, owner := range owners {
		f.Account = owner
		list, _, err := a.Tasks.List(r.Context(), f)
		if err != nil {
			return 0, 0, err
		}
		for _, t := range list {
			y, _, _ := t.Due.YMD()
			status := t.Status(r.Today())
			if t.Due == calendar.NoDate || y != year || status == task.Gone || status == task.InTerm {
				continue
			}
			due++
			if status == task.OnTime {
				onTime++
			}
		}
	}
	return due, onTime, nil
}

func (a *App) accountsOf(ctx context.Context, person string) ([]string, error) {
	all, err := a.People.Accounts(ctx)
	var out []string
	for _, account := range all {
		if account.Person == person {
			out = append(out, account.ID)
		}
	}
	return out, err
}
