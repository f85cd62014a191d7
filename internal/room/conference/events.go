package conference

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

const (
	streamPrefix = "conference/"
	kindPrefix   = "conference."
)

// fact is the data of every event of a conference: what changed, whole as it is afterwards.
type fact struct {
	ID         string            `json:"id"`
	Conference *Conference       `json:"conference,omitempty"`
	Guests     []Guest           `json:"guests,omitempty"`
	Talk       *Talk             `json:"talk,omitempty"`
	Note       string            `json:"note,omitempty"`
	Dims       map[string]string `json:"dims"`
}

// change is a fact in the making.
type change struct {
	fact
	kind string
}

// errNothing says that a change changes nothing: it is no error to whoever asked.
var errNothing = errors.New("conference: nothing to change")

// tries is how often a change is worked out anew after somebody else's came first: at the door several desks write at once.
const tries = 12

// change works out a fact from the conference as it stands and appends it. Errors: conference.not_found,
// conference.not_now, those of do.
func (r *Room) change(ctx context.Context, actor, id string, d doing, do func(*Conference, *change) error) error {
	for try := 1; ; try++ {
		c, err := r.Get(ctx, id)
		if err != nil {
			return err
		}
		if d != "" {
			if err := c.allows(d); err != nil {
				return err
			}
		}
		expect := c.Version
		ch := change{fact: fact{ID: id, Dims: c.dims()}}
		if err := do(c, &ch); err != nil {
			if errors.Is(err, errNothing) {
				return nil
			}
			return err
		}
		_, err = r.l.Append(ctx, ledger.Command{Stream: streamPrefix + id, Expect: expect, Actor: actor, Unit: c.Unit,
			Events: []ledger.NewEvent{{Kind: kindPrefix + ch.kind, On: r.Today(), Data: ch.fact}}})
		if !fault.Is(err, "ledger.version_conflict") || try == tries {
			return err
		}
	}
}

func (c *Conference) dims() map[string]string {
	return map[string]string{"occasion": c.Occasion, "side": string(c.Side)}
}

func (c *Conference) party() bool { return c.Side == people.Party }

// Fold keeps the tables conference, conference_guest and conference_talk.
func Fold() ledger.Fold {
	return ledger.Fold{Name: "conference", Version: 1, Tables: tables, Streams: ofTables, Apply: func(ctx context.Context, tx store.Tx, batch []ledger.Event) error {
		for i := range batch {
			if strings.HasPrefix(batch[i].Stream, streamPrefix) {
				if err := apply(ctx, tx, &batch[i]); err != nil {
					return err
				}
			}
		}
		return nil
	}}
}

func apply(ctx context.Context, tx store.Tx, e *ledger.Event) error {
	var f fact
	if err := json.Unmarshal(e.Data, &f); err != nil {
		return err
	}
	if c := f.Conference; c != nil {
		data, err := json.Marshal(c)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, upsert, c.ID, c.Unit, string(c.Side), string(c.Status), int64(c.Day), string(data), e.Version, e.Position); err != nil {
			return err
		}
	} else if _, err := tx.Exec(ctx, touch, e.Version, e.Position, f.ID); err != nil {
		return err
	}
	for i := range f.Guests {
		g := &f.Guests[i]
		data, err := json.Marshal(g)
		if err != nil {
			return err
		}
		person := g.Person
		if g.Removed {
			person = ""
		}
		if _, err := tx.Exec(ctx, upsertGuest, f.ID, int64(g.N), person, string(data)); err != nil {
			return err
		}
	}
	if t := f.Talk; t != nil {
		data, err := json.Marshal(t)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, upsertTalk, f.ID, int64(t.N), string(data)); err != nil {
			return err
		}
	}
	return nil
}

// set is a change to the conference itself, which needs no more than a field.
func (r *Room) set(ctx context.Context, actor, id string, d doing, kind string, do func(*Conference) error) error {
	return r.change(ctx, actor, id, d, func(c *Conference, ch *change) error {
		ch.kind, ch.Conference = kind, c
		return do(c)
	})
}

// SetProgramme sets the sessions after the first and the programme, which is put in the order of sessions; lines without
// text are left out. An item of a session that is not there goes to the last. Errors: conference.not_now,
// conference.bad_item, conference.bad_session, conference.session_overlap, conference.session_held of one dropped while the
// conference runs, conference.no_day, conference.bad_time.
func (r *Room) SetProgramme(ctx context.Context, actor, id string, later []Session, items []Item) error {
	return r.set(ctx, actor, id, planning, "programme_set", func(c *Conference) error {
		before := c.Sessions
		if err := c.setSessions(later); err != nil {
			return err
		}
		if c.Status == Running && len(c.Sessions) < len(before) { // somebody may have come to it
			return fault.New(fault.Conflict, "conference.session_held")
		}
		var kept []Item
		for _, item := range items {
			item.What, item.Who = short(item.What), short(item.Who)
			if item.What == "" {
				continue
			}
			if item.Minutes < 1 || item.Minutes > 600 {
				return fault.New(fault.Invalid, "conference.bad_item", "what", item.What)
			}
			item.Session = min(max(item.Session, 0), len(c.Sessions))
			kept = append(kept, item)
		}
		slices.SortStableFunc(kept, func(a, b Item) int { return a.Session - b.Session })
		if slices.Equal(kept, c.Programme) && slices.Equal(before, c.Sessions) {
			return errNothing
		}
		c.Programme, c.Item = kept, min(c.Item, len(kept))
		return c.checkSessions()
	})
}

// SetPack says which parts the pack takes, in their order. Errors: conference.not_now, conference.unknown_part.
func (r *Room) SetPack(ctx context.Context, actor, id string, keys []string) error {
	return r.set(ctx, actor, id, recording, "pack_set", func(c *Conference) error {
		parts, err := r.Parts(ctx, c)
		if err != nil {
			return err
		}
		for _, key := range keys {
			if !slices.ContainsFunc(parts, func(p Part) bool { return p.Key == key }) {
				return fault.New(fault.Invalid, "conference.unknown_part", "part", key)
			}
		}
		if slices.Equal(keys, c.Pack) {
			return errNothing
		}
		c.Pack = keys
		return nil
	})
}

// SetThanks sets the thank-you list. Errors: conference.not_now, conference.no_reason.
func (r *Room) SetThanks(ctx context.Context, actor, id string, list []Thanks) error {
	return r.set(ctx, actor, id, recording, "thanked", func(c *Conference) error {
		var kept []Thanks
		for _, t := range list {
			t.Who, t.Reason = short(t.Who), short(t.Reason)
			if t.Who == "" && t.Reason == "" {
				continue
			}
			if t.Who == "" || t.Reason == "" {
				return fault.New(fault.Invalid, "conference.no_reason")
			}
			kept = append(kept, t)
		}
		if slices.Equal(kept, c.Thanks) {
			return errNothing
		}
		c.Thanks = kept
		return nil
	})
}

// SetPhoto gives a picture its caption and tags, in place of earlier ones; without a caption it is no longer among the
// conference's photos. Error: conference.not_now.
func (r *Room) SetPhoto(ctx context.Context, actor, id string, p Photo) error {
	return r.set(ctx, actor, id, recording, "photo_captioned", func(c *Conference) error {
		p.Caption = short(p.Caption)
		c.Photos = slices.DeleteFunc(slices.Clone(c.Photos), func(o Photo) bool { return o.File == p.File })
		if p.Caption != "" {
			c.Photos = append(c.Photos, p)
		}
		return nil
	})
}
