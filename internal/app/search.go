package app

import (
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/engine/search"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/room/conference"
	"trucot/internal/room/directive"
)

// SearchSource is one kind of record that can be found. Its documents have ids "<Kind>/<id>" and the facets kind,
// side and unit, by which a reader's scope goes.
type SearchSource struct {
	Kind   string
	Stream string // prefix of the streams whose events change a document; the rest of the stream is the id

	// One gives a document anew, none when it is no longer to be found; All gives each of them once.
	One func(ctx context.Context, id string) ([]search.Doc, error)
	All func(ctx context.Context, put func(...search.Doc)) error

	// Said gives the documents of an event whose stream holds many records; then One is nil.
	Said func(ledger.Event) ([]search.Doc, error)
}

// finder keeps the index behind the search page. It costs nothing until somebody searches: then the file is read, and
// before each search what the ledger has recorded since. No goroutine follows, and what is published is found at once.
type finder struct {
	mu    sync.Mutex // one reader of the ledger at a time
	index *search.Index
	at    int64  // ledger position that the index stands for
	saved int64  // position that the file holds
	posts string // what the posts were made of

	edition int64 // of the directory that they were read from
	today   calendar.Date
	due     time.Time // until when scheduled articles are in
	news    int64     // the portal's stamp at that time
}

func (a *App) searchFile() string { return filepath.Join(a.data, "search.snapshot") }

// Find searches what is recorded up to now.
func (a *App) Find(ctx context.Context, q search.Query) (search.Result, error) {
	x, err := a.searchIndex(ctx)
	if err != nil {
		return search.Result{}, err
	}
	return x.Search(q), nil
}

// Complete lists how the last word of what somebody types may go on.
func (a *App) Complete(ctx context.Context, text string, scope []search.Clause, n int) ([]string, error) {
	x, err := a.searchIndex(ctx)
	if err != nil {
		return nil, err
	}
	return x.Complete(text, scope, n), nil
}

func (a *App) searchIndex(ctx context.Context) (*search.Index, error) {
	f := &a.finder
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.index == nil {
		if err := a.openSearch(ctx); err != nil {
			return nil, err
		}
	}
	if err := a.follow(ctx); err != nil {
		return nil, err
	}
	if err := a.indexDue(ctx); err != nil {
		return nil, err
	}
	return f.index, a.indexPosts(ctx)
}

// openSearch reads the file, or every record where there is none of this ledger.
func (a *App) openSearch(ctx context.Context) error {
	f := &a.finder
	lex, err := search.Load(Definitions(a.data))
	if err != nil {
		return placed(a.data, err)
	}
	x := search.New(lex)
	mark, err := x.Restore(a.searchFile())
	if err == nil {
		if at, ok := a.searchMark(ctx, mark); ok {
			f.index, f.at, f.saved, f.due, f.news = x, at, at, a.recordedAt(ctx, at), -1
			return a.indexProcedures(ctx, x)
		}
		x = search.New(lex)
	}
	slog.Debug("search: reading the records from the start", "why", err)
	at, now := a.Ledger.Head(), a.clock()
	for _, s := range a.searchSources() {
		if err := s.All(ctx, func(docs ...search.Doc) { x.Put(docs...) }); err != nil {
			return err
		}
	}
	f.index, f.at, f.saved, f.due, f.news = x, at, 0, now, -1
	a.writeSearch(ctx) // it took its time: a process that is killed leaves it to the next
	return a.indexProcedures(ctx, x)
}

// searchMark says whether a file's mark is of this ledger, and its position.
func (a *App) searchMark(ctx context.Context, mark string) (at int64, ok bool) {
	if _, err := fmt.Sscanf(mark, "%d ", &at); err != nil || at > a.Ledger.Head() {
		return 0, false
	}
	now, err := a.markAt(ctx, at)
	return at, err == nil && now == mark
}

// searchEdition counts the changes of what is indexed: a file of another edition is made again.
const searchEdition = 2

func (a *App) markAt(ctx context.Context, at int64) (string, error) {
	if at == 0 {
		return fmt.Sprintf("0 %s %d", a.Ledger.Origin(), searchEdition), nil
	}
	e, err := a.Ledger.Event(ctx, at)
	return fmt.Sprintf("%d %s %d", at, hex.EncodeToString(e.Hash[:]), searchEdition), err
}

// follow makes anew what events since the last search were about.
func (a *App) follow(ctx context.Context) error {
	f := &a.finder
	head := a.Ledger.Head()
	if head == f.at {
		return nil
	}
	changed := map[string]bool{}
	sources := a.searchSources()
	err := a.Ledger.Scan(ctx, f.at, func(e ledger.Event) error {
		changed[e.Stream], head = true, max(head, e.Position)
		for _, s := range sources {
			if s.Said == nil || !strings.HasPrefix(e.Stream, s.Stream) {
				continue
			}
			docs, err := s.Said(e)
			if err != nil {
				return err
			}
			f.index.Put(docs...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, s := range sources {
		for stream := range changed {
			id, ours := strings.CutPrefix(stream, s.Stream)
			if !ours || s.One == nil {
				continue
			}
			docs, err := s.One(ctx, id)
			if err != nil {
				return err
			}
			if len(docs) == 0 {
				f.index.Remove(s.Kind + "/" + id)
			}
			f.index.Put(docs...)
		}
	}
	f.at = head
	return nil
}

// recordedAt is when an event was written down; the beginning of time where none is.
func (a *App) recordedAt(ctx context.Context, at int64) time.Time {
	if at == 0 {
		return time.Time{}
	}
	e, err := a.Ledger.Event(ctx, at)
	if err != nil {
		return time.Time{}
	}
	return e.RecordedAt
}

// saveSearch writes the file where reading the records again would take noticeably longer.
func (a *App) saveSearch(ctx context.Context) {
	a.finder.mu.Lock()
	defer a.finder.mu.Unlock()
	a.writeSearch(ctx)
}

// writeSearch is saveSearch for who holds the finder.
func (a *App) writeSearch(ctx context.Context) {
	f := &a.finder
	if f.index == nil || f.at-f.saved < max(1000, f.at/200) {
		return
	}
	mark, err := a.markAt(ctx, f.at)
	if err == nil {
		err = f.index.Save(a.searchFile(), mark)
	}
	if err != nil {
		slog.Debug("search: index not written", "err", err)
		return
	}
	f.saved = f.at
}

// searchPage is how many records a source reads at once.
const searchPage = 1000

func (a *App) searchSources() []SearchSource {
	return []SearchSource{
		{Kind: "directive", Stream: "directive/", One: a.oneDirective, All: a.allDirectives},
		{Kind: "task", Stream: "task/", One: a.oneTask, All: a.allTasks},
		{Kind: "dossier", Stream: "dossier/", One: a.oneDossier, All: a.allDossiers},
		{Kind: "news", Stream: "article/", One: a.oneArticle, All: a.allArticles},
		{Kind: "credential", Stream: "credential/", Said: a.issuedCredential, All: a.allCredentials},
		{Kind: "conference", Stream: "conference/", One: a.oneConference, All: a.allConferences},
	}
}

// indexed makes the document of a record.
func indexed(kind, id string, side people.Side, unit string, on calendar.Date, title string, text ...string) search.Doc {
	d := search.Doc{ID: kind + "/" + id, Title: title, Text: strings.Join(text, "\n"), Facets: []string{"kind:" + kind, "side:" + string(side), "unit:" + unit}}
	if on != calendar.NoDate {
		d.Date = int32(on)
		d.Facets = append(d.Facets, "year:"+on.String()[:4])
	}
	return d
}

// gone turns "there is no such record" into no document.
func gone(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}

func directiveDoc(d *directive.Document) search.Doc {
	goals := make([]string, len(d.Goals))
	for i, g := range d.Goals {
		goals[i] = g.Title
	}
	return indexed("directive", d.ID, d.Side, d.Unit, d.Date, strings.Join(strings.Fields(d.Label()+" "+d.Summary), " "), d.Issuer, strings.Join(goals, "\n"))
}

func (a *App) oneDirective(ctx context.Context, id string) ([]search.Doc, error) {
	d, err := a.Directives.Get(ctx, id)
	if err != nil {
		return nil, gone(err)
	}
	return []search.Doc{directiveDoc(d)}, nil
}

// allDirectives reads the whole register, the Party's with it: the scope of each search keeps them apart.
func (a *App) allDirectives(ctx context.Context, put func(...search.Doc)) error {
	units := a.partyUnits(ctx)
	for after := ""; ; {
		page, err := a.Directives.After(ctx, directive.Filter{State: true, Units: units, Limit: searchPage}, after)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, d := range page {
			put(directiveDoc(d))
			after = d.ID
		}
	}
}

func taskDoc(t *task.Task) search.Doc {
	return indexed("task", t.ID, t.Side, t.Unit, t.AssignedOn, t.Title, t.ID, t.External, t.Goal, t.Product)
}

func (a *App) oneTask(ctx context.Context, id string) ([]search.Doc, error) {
	t, err := a.Tasks.Get(ctx, id)
	if err != nil {
		return nil, gone(err)
	}
	return []search.Doc{taskDoc(t)}, nil
}

func (a *App) allTasks(ctx context.Context, put func(...search.Doc)) error {
	units := a.partyUnits(ctx)
	for after := ""; ; {
		page, err := a.Tasks.After(ctx, task.Filter{Reach: task.Reach{State: true, Units: units}, Limit: searchPage}, after)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, t := range page {
			put(taskDoc(t))
			after = t.ID
		}
	}
}

// dossierDoc is the public part of a dossier: its code, what it asks for and under which procedure. Who filed it is
// personal and stays out.
func (a *App) dossierDoc(unit, code, id, version, title string, on calendar.Date) search.Doc {
	name := ""
	if p, err := a.Procedures.Version(id, version); err == nil {
		name = p.Title[lang.VI]
	}
	if title == "" {
		title = name
	}
	return indexed("dossier", code, people.State, unit, on, title, code, name)
}

func (a *App) oneDossier(ctx context.Context, code string) ([]search.Doc, error) {
	d, err := a.Dossiers.Get(ctx, code)
	if err != nil {
		return nil, gone(err)
	}
	return []search.Doc{a.dossierDoc(d.Unit, d.Code, d.Procedure, d.Version, d.Title, d.SubmittedOn)}, nil
}

func (a *App) allDossiers(ctx context.Context, put func(...search.Doc)) error {
	for skip := 0; ; skip += searchPage {
		rows, _, err := a.Dossiers.List(ctx, dossier.Filter{Order: dossier.ByFiling, Limit: searchPage, Offset: skip, Overdue: calendar.NoDate})
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, r := range rows {
			put(a.dossierDoc(r.Unit, r.Code, r.Procedure, r.Version, r.Title, r.SubmittedOn))
		}
	}
}

// credentialDoc is a result that was issued: its number and what it is about. Whose it is may be personal and stays out.
func (a *App) credentialDoc(c *dossier.Credential) search.Doc {
	name := ""
	if p, err := a.Procedures.At(c.Procedure, c.IssuedOn); err == nil {
		name = p.Title[lang.VI]
	}
	title := c.Title
	if title == "" {
		title = name
	}
	return indexed("credential", c.Procedure+"/"+c.Number, people.State, c.Unit, c.IssuedOn, title, c.Number, c.Dossier, name)
}

func (a *App) issuedCredential(e ledger.Event) ([]search.Doc, error) {
	c, err := dossier.IssuedIn(e)
	if c == nil || err != nil {
		return nil, err
	}
	return []search.Doc{a.credentialDoc(c)}, nil
}

func (a *App) allCredentials(ctx context.Context, put func(...search.Doc)) error {
	for procedure, number := "", ""; ; {
		page, err := a.Dossiers.CredentialsAfter(ctx, dossier.CredentialFilter{Limit: searchPage}, procedure, number)
		if err != nil || len(page) == 0 {
			return err
		}
		for i := range page {
			put(a.credentialDoc(&page[i]))
		}
		last := page[len(page)-1]
		procedure, number = last.Procedure, last.Number
	}
}

// conferenceDoc holds no guest and no speaker.
func conferenceDoc(c *conference.Conference) search.Doc {
	text := []string{c.ID, c.Place}
	for _, i := range c.Programme {
		text = append(text, i.What)
	}
	for _, one := range c.Conclusions {
		text = append(text, one.Text)
	}
	return indexed("conference", c.ID, c.Side, c.Unit, c.Day, c.Name, text...)
}

func (a *App) oneConference(ctx context.Context, id string) ([]search.Doc, error) {
	c, err := a.Conferences.Get(ctx, id)
	if err != nil {
		return nil, gone(err)
	}
	return []search.Doc{conferenceDoc(c)}, nil
}

func (a *App) allConferences(ctx context.Context, put func(...search.Doc)) error {
	reach := conference.Reach{State: true, Units: a.partyUnits(ctx)}
	for after := ""; ; {
		page, err := a.Conferences.After(ctx, conference.Filter{Reach: reach, Limit: searchPage}, after)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, c := range page {
			put(conferenceDoc(c))
			after = c.ID
		}
	}
}

// indexProcedures puts in the procedures, which are definitions and may have changed with the program.
func (a *App) indexProcedures(_ context.Context, x *search.Index) error {
	x.Remove(x.IDs("procedure/")...)
	for _, p := range a.Procedures.All() {
		if p.Abstract || p.Toy {
			continue
		}
		x.Put(indexed("procedure", p.ID, people.State, "", calendar.NoDate, p.Title[lang.VI], p.Summary[lang.VI], p.Code, p.Sector[lang.VI], p.Title[lang.EN]))
	}
	return nil
}

// indexPosts puts in who holds which post. Names stand beside the ledger and can be erased, so these documents are
// compared when the directory has changed and never written to the file.
func (a *App) indexPosts(ctx context.Context) error {
	f, today := &a.finder, calendar.OfTime(a.clock())
	edition, err := a.People.Edition(ctx)
	if err != nil || f.edition == edition && f.today == today {
		return err
	}
	posts, err := a.People.Posts(ctx, today)
	if err != nil {
		return err
	}
	var docs []search.Doc
	var all strings.Builder
	for _, p := range posts {
		u, err := a.People.Unit(ctx, p.Unit, today)
		if err != nil {
			continue // a post in a unit that was closed before it ended
		}
		d := indexed("person", p.Person+"/"+p.Unit, u.Side, p.Unit, calendar.NoDate, a.People.PersonName(ctx, p.Person), p.TitleVI, u.NameVI)
		d.Brief = true
		docs = append(docs, d)
		all.WriteString(d.ID + "\x00" + d.Title + "\x00" + d.Text + "\x00")
	}
	f.edition, f.today = edition, today
	if f.posts == all.String() {
		return nil
	}
	f.index.Remove(f.index.IDs("person/")...)
	f.index.Put(docs...)
	f.posts = all.String()
	return nil
}
