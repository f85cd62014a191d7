package schedule

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/store"
)

// A feed (địa chỉ lịch) is a secret address at which a person's calendar programme reads what concerns the person. It shows
// what was published, of the State's side only: an address can be passed on, and nobody is asked for a password there.

var (
	dropFeed = store.Statement(`delete from schedule_feed where account = $1`)
	addFeed  = store.Statement(`insert into schedule_feed (hash, account, made_on) values ($1,$2,$3)`)
	findFeed = store.Statement(`select account from schedule_feed where hash = $1`)
)

// OpenFeeds prepares the table of secrets, which stands beside the ledger.
func (b *Book) OpenFeeds(ctx context.Context) error {
	return b.db.Update(ctx, func(tx store.Tx) error {
		_, err := tx.Exec(ctx, feedTable)
		return err
	})
}

// NewFeed gives an account a new secret; the one before ends.
func (b *Book) NewFeed(ctx context.Context, account string) (secret string, err error) {
	secret = rand.Text()
	return secret, b.db.Update(ctx, func(tx store.Tx) error {
		if _, err := tx.Exec(ctx, dropFeed, account); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, addFeed, hash(secret), account, int64(b.today()))
		return err
	})
}

func hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// How far a feed looks back and ahead, in days.
const (
	feedBack  = 31
	feedAhead = 92
)

// Feed writes the iCalendar of a secret's account. Error: fault.NotFound "schedule.no_feed".
func (b *Book) Feed(ctx context.Context, w io.Writer, secret string) error {
	var id string
	err := b.db.QueryRow(ctx, findFeed, hash(secret)).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "schedule.no_feed")
	}
	if err != nil {
		return store.Fault(err)
	}
	all, err := b.who.Accounts(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(a people.Account) bool { return a.ID == id && !a.Closed })
	if at < 0 {
		return fault.New(fault.NotFound, "schedule.no_feed")
	}
	var units []string
	for _, g := range all[at].Grants {
		units = append(units, g.Unit)
	}
	items, err := b.Items(ctx, Reach{State: true}, b.today()-feedBack, b.today()+feedAhead)
	if err != nil {
		return err
	}
	return WriteICS(w, slices.DeleteFunc(items, func(i *Item) bool { return i.Shown == nil || !i.Concerns(id, units) }), b.opts.Clock())
}

// WriteICS writes items as iCalendar (RFC 5545): UTC times, a line of at most 75 octets, CRLF. An item without an end takes
// an hour; a cancelled one says so.
func WriteICS(w io.Writer, items []*Item, now time.Time) error {
	var b strings.Builder
	line := func(name, value string) { fold(&b, name+":"+value) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Tru Cot//Lich cong tac//VI")
	for _, i := range items {
		line("BEGIN", "VEVENT")
		line("UID", i.ID+"@trucot")
		line("DTSTAMP", stamp(now))
		start := moment(i.On, i.Start)
		end := start.Add(time.Hour)
		if i.End != "" {
			end = moment(i.On, i.End)
		}
		line("DTSTART", stamp(start))
		line("DTEND", stamp(end))
		line("SEQUENCE", fmt.Sprint(i.Version))
		line("SUMMARY", escape(i.Content))
		if i.Place != "" {
			line("LOCATION", escape(i.Place))
		}
		if i.Materials != "" {
			line("DESCRIPTION", escape(i.Materials))
		}
		if i.Cancelled {
			line("STATUS", "CANCELLED")
		} else {
			line("STATUS", "CONFIRMED")
		}
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	_, err := io.WriteString(w, b.String())
	return err
}

func moment(on calendar.Date, at string) time.Time {
	t, _ := time.Parse("15:04", at) // checked when it was entered
	y, m, d := on.YMD()
	return time.Date(y, m, d, t.Hour(), t.Minute(), 0, 0, calendar.Zone)
}

func stamp(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r", "", "\n", `\n`).Replace(s)
}

// fold writes a line in pieces of at most 75 octets, never inside a character.
func fold(b *strings.Builder, s string) {
	room := 75
	for _, r := range s {
		n := len(string(r))
		if n > room {
			b.WriteString("\r\n ")
			room = 74
		}
		b.WriteRune(r)
		room -= n
	}
	b.WriteString("\r\n")
}
