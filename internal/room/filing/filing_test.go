package filing_test

import (
	"context"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trucot/definitions"
	"trucot/internal/engine/attachment"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/blob"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/kernel/vault"
	"trucot/internal/room/filing"
	"trucot/internal/testing/storetest"
)

// desk is a filing room over an empty database whose clock the test sets.
type desk struct {
	*filing.Room
	ctx      context.Context
	db       *store.DB
	ledger   *ledger.Ledger
	dossiers *dossier.Engine
	files    *attachment.Engine
	now      time.Time
}

var shipped = sync.OnceValues(func() (*procedure.Set, error) {
	files, err := fs.Sub(definitions.Files, "procedures")
	if err != nil {
		return nil, err
	}
	return procedure.Load(files)
})

var workdays = sync.OnceValues(func() (*calendar.Calendar, error) { return calendar.Load(definitions.Files) })

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newDesk(t testing.TB, at string) *desk {
	t.Helper()
	o := &desk{ctx: context.Background(), db: storetest.Open(t, at), now: time.Date(2021, 6, 14, 2, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return o.now }
	procs, err := shipped()
	must(t, err)
	cal, err := workdays()
	must(t, err)
	l, err := ledger.Open(o.ctx, o.db, ledger.Options{Folds: []ledger.Fold{dossier.Fold(), filing.Fold(), attachment.Fold()}, Clock: clock})
	must(t, err)
	t.Cleanup(func() { l.Close() })
	safe, err := vault.Open(o.ctx, o.db, filepath.Join(t.TempDir(), "vault.key"))
	must(t, err)
	o.ledger, o.dossiers = l, dossier.New(l, o.db, procs, cal, dossier.Options{AgencyCode: "000.00.00.H00", Clock: clock, Seal: safe.Seal})
	files := t.TempDir()
	kept := attachment.New(l, o.db, blob.NewDisk(files), attachment.Options{Folder: files, Clock: clock, Rules: func() (*attachment.Rules, error) { return attachment.Load(definitions.Files) },
		Person: func(owner string) string { _, id, _ := strings.Cut(owner, "/"); return id }, Seal: safe.Seal, Open: safe.Open})
	o.files = kept
	o.Room, err = filing.New(o.ctx, o.db, l, o.dossiers, procs, cal, filing.Options{Clock: clock, Rules: func() (*filing.Rules, error) { return filing.LoadRules(definitions.Files) },
		Unit: func(context.Context) string { return "so" }, Seal: safe.Seal, Open: safe.Open, Erase: safe.Erase, Files: kept})
	must(t, err)
	return o
}

// licence are the answers of a licence, by step.
var licence = map[string]url.Values{
	filing.ApplicantStep:  {"f.co_so": {"Bệnh viện Đa khoa mẫu"}, "dien-thoai": {"+84 912 345 678"}, "so-dinh-danh": {"0100109106"}},
	"muc-noi_dung":        {"f.noi_dung": {"Cấp phép máy X-quang (mẫu)"}},
	"muc-loai":            {"f.loai": {"cap_moi"}},
	"muc-cong_viec":       {"f.cong_viec": {"x_quang_y_te"}},
	"muc-so_thiet_bi":     {"f.so_thiet_bi": {"2"}},
	"muc-nguoi_phu_trach": {"f.nguoi_phu_trach": {"Người mẫu"}},
	"muc-thiet_bi":        {"r.thiet_bi.0.ky_hieu": {"XG-1"}, "r.thiet_bi.0.so_may": {""}, "r.thiet_bi.0.phong": {"Phòng 2"}, "r.thiet_bi.1.ky_hieu": {""}},
	"giay-don":            {"cach": {filing.PaperLater}},
}

// today is the desk's local date.
func (o *desk) today() calendar.Date { return calendar.OfTime(o.now) }

// answer takes one step and fails on a problem.
func (o *desk) answer(t testing.TB, d *filing.Draft, secret, key string, in url.Values) {
	t.Helper()
	p, err := o.Definition(d)
	must(t, err)
	rules, err := o.Rules()
	must(t, err)
	_, err = o.Change(o.ctx, d.ID, secret, func(d *filing.Draft) error {
		step := d.Step(p, o.today(), key)
		if step == nil {
			return fmt.Errorf("no step %s", key)
		}
		for _, problem := range d.Answer(p, rules, step, in, lang.VI) {
			return problem.Err
		}
		return nil
	})
	must(t, err)
}

func (o *desk) start(t testing.TB, id string) (*filing.Draft, string) {
	t.Helper()
	d, secret, err := o.Start(o.ctx, id, "198.51.100.7")
	must(t, err)
	return d, secret
}

// filed is a licence that was sent.
func (o *desk) filed(t testing.TB) *dossier.Dossier {
	t.Helper()
	d, secret := o.start(t, "radiation_work_licence")
	for key, in := range licence {
		o.answer(t, d, secret, key, in)
	}
	sent, err := o.Send(o.ctx, d.ID, secret)
	must(t, err)
	return sent
}

func TestADraftBecomesOneDossier(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newDesk(t, at)
		d, secret := o.start(t, "radiation_work_licence")
		if _, err := o.Send(o.ctx, d.ID, secret); !fault.Is(err, "filing.incomplete") {
			t.Errorf("an empty draft was sent: %v", err)
		}
		for key, in := range licence {
			o.answer(t, d, secret, key, in)
		}
		var all sync.WaitGroup
		codes := make([]string, 4)
		for i := range codes { // the button was pressed again and again
			all.Go(func() {
				sent, err := o.Send(o.ctx, d.ID, secret)
				if err != nil {
					t.Error(err)
					return
				}
				codes[i] = sent.Code
			})
		}
		all.Wait()
		rows, n, err := o.dossiers.List(o.ctx, dossier.Filter{Overdue: calendar.NoDate})
		must(t, err)
		if n != 1 || strings.Join(codes, " ") != strings.Repeat(rows[0].Code+" ", 3)+rows[0].Code {
			t.Fatalf("%d dossiers, answers %v", n, codes)
		}
		if r := rows[0]; r.Status != dossier.Filed || r.Channel != "online" || r.Unit != "so" || r.Applicant != "Bệnh viện Đa khoa mẫu" {
			t.Errorf("%+v", r)
		}
		again, err := o.Draft(o.ctx, d.ID, secret)
		must(t, err)
		if again.Dossier != rows[0].Code || len(again.Values) > 0 || again.Contact != (filing.Contact{}) {
			t.Errorf("the draft still holds %+v", again)
		}
		known, err := o.Known(o.ctx, "0100 109 106", "radiation_work_licence")
		must(t, err)
		if known == nil || known.Name != "Bệnh viện Đa khoa mẫu" || known.Last == nil {
			t.Errorf("the organisation is not known again: %+v", known)
		}
	})
}

// TestTheLedgerHoldsNothingPersonalInTheClear reads every event of a filing and the draft's own row.
func TestTheLedgerHoldsNothingPersonalInTheClear(t *testing.T) {
	o := newDesk(t, filepath.Join(t.TempDir(), "t.db"))
	o.filed(t)
	d, secret := o.start(t, "radiation_work_licence")
	o.answer(t, d, secret, filing.ApplicantStep, licence[filing.ApplicantStep])
	var b strings.Builder
	must(t, o.ledger.Scan(o.ctx, 0, func(e ledger.Event) error { b.Write(e.Data); return nil }))
	var sealed []byte
	must(t, o.db.QueryRow(o.ctx, "select sealed from filing_draft where id = $1", d.ID).Scan(&sealed))
	b.Write(sealed)
	for _, secret := range []string{"912345678", "Người mẫu"} {
		if strings.Contains(b.String(), secret) {
			t.Errorf("%q can be read", secret)
		}
	}
	if !strings.Contains(b.String(), "0100109106") {
		t.Error("the tax code of an organisation is no secret, and the agency knows it by it")
	}
}

// TestAnyOrderOfAnsweringGivesTheSameDraft is the law of the list of parts: one may fill it in from any end.
func TestAnyOrderOfAnsweringGivesTheSameDraft(t *testing.T) {
	o := newDesk(t, filepath.Join(t.TempDir(), "t.db"))
	p, err := o.Service("radiation_work_licence")
	must(t, err)
	rules, err := o.Rules()
	must(t, err)
	var keys []string
	for key := range licence {
		keys = append(keys, key)
	}
	fillIn := func(keys []string) *filing.Draft {
		d := &filing.Draft{Procedure: p.ID, Values: map[string]any{}, Papers: map[string]string{}, Seen: map[string]bool{}}
		for _, key := range keys {
			if step := d.Step(p, o.today(), key); step == nil || len(d.Answer(p, rules, step, licence[key], lang.VI)) > 0 {
				t.Fatalf("%s is refused", key)
			}
		}
		return d
	}
	want := fillIn(keys)
	rapid.Check(t, func(t *rapid.T) {
		order := rapid.Permutation(keys).Draw(t, "order")
		again := rapid.SliceOfN(rapid.SampledFrom(keys), 0, 3).Draw(t, "answered twice")
		if got := fillIn(append(again, order...)); !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v\nis not\n%+v", got, want)
		}
	})
}

func TestADraftOpensOnlyWithItsSecretAndInItsTime(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newDesk(t, at)
		d, secret := o.start(t, "st_enterprise")
		typed := strings.ToLower(filing.Spaced(secret[:8]) + " " + secret[8:])
		if _, err := o.Return(o.ctx, filing.Spaced(d.ID), typed, "a"); err != nil {
			t.Errorf("typed by hand it does not open: %v", err)
		}
		wrong := "0" + secret[1:]
		if secret[0] == '0' {
			wrong = "1" + secret[1:]
		}
		for name, try := range map[string][2]string{"wrong secret": {d.ID, wrong}, "no secret": {d.ID, ""}, "no draft": {"00000000", secret}} {
			if _, err := o.Draft(o.ctx, try[0], try[1]); !fault.Is(err, "filing.no_draft") {
				t.Errorf("%s: %v", name, err)
			}
		}
		rules, err := o.Rules()
		must(t, err)
		o.now = o.now.Add(time.Duration(rules.DraftDays) * 24 * time.Hour)
		if _, err := o.Draft(o.ctx, d.ID, secret); !fault.Is(err, "filing.no_draft") {
			t.Errorf("an expired draft opens: %v", err)
		}
		o.start(t, "st_enterprise") // sweeps
		var n int
		must(t, o.db.QueryRow(o.ctx, "select count(*) from filing_draft").Scan(&n))
		if n != 1 {
			t.Errorf("%d drafts are kept, the expired one among them", n)
		}
	})
}

func TestGuessingIsSlow(t *testing.T) {
	o := newDesk(t, filepath.Join(t.TempDir(), "t.db"))
	code := o.filed(t).Code
	refused := ""
	for i := range 40 {
		_, err := o.Prove(o.ctx, code, fmt.Sprintf("%04d", i), fmt.Sprint("address ", i))
		if fault.Is(err, "filing.too_many_tries") {
			refused = fmt.Sprint(i)
			break
		}
	}
	if refused != "5" {
		t.Errorf("one dossier was guessed at from many addresses until try %q", refused)
	}
	for i := range 40 {
		if _, _, err := o.Start(o.ctx, "st_enterprise", "one"); fault.Is(err, "filing.too_many_drafts") {
			return
		} else if i == 39 {
			t.Error("one address starts drafts without end")
		}
	}
}

// TestFilesGoWithTheDraft: onto the dossier when it is sent, out of reach when it is discarded.
func TestFilesGoWithTheDraft(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newDesk(t, at)
		d, secret := o.start(t, "radiation_work_licence")
		for key, in := range licence {
			o.answer(t, d, secret, key, in)
		}
		attach := func(d *filing.Draft, secret, name string) {
			t.Helper()
			must(t, o.Attach(o.ctx, d, secret, "don", name, "a", strings.NewReader(pdf)))
		}
		attach(d, secret, "Đơn đề nghị (mẫu).pdf")
		sent, err := o.Send(o.ctx, d.ID, secret)
		must(t, err)
		files, err := o.files.List(o.ctx, "dossier/"+sent.Code)
		must(t, err)
		if len(files) != 1 || files[0].Slot != "don" || files[0].Name != "Đơn đề nghị (mẫu).pdf" || strings.Join(sent.Track.Documents, " ") != "don" {
			t.Errorf("the dossier has %+v, papers %v", files, sent.Track.Documents)
		}
		other, word := o.start(t, "radiation_work_licence")
		attach(other, word, "riêng.pdf")
		if err := o.Detach(o.ctx, d, secret, "don", files[0].ID); err == nil {
			t.Error("the files of the dossier can be taken back through its draft")
		}
		must(t, o.Discard(o.ctx, other.ID, word))
		left, err := o.files.List(o.ctx, "draft/"+other.ID)
		must(t, err)
		for _, f := range left {
			if !f.Erased {
				t.Errorf("the file %q outlives its draft", f.Name)
			}
		}
		if err := o.Attach(o.ctx, d, secret, "don", "ma.pdf", "a", strings.NewReader("MZ not a PDF")); err == nil {
			t.Error("a program is taken for a PDF")
		}
	})
}

// pdf is the smallest file that is read as one.
const pdf = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj\ntrailer<</Root 1 0 R/Size 4>>\n%%EOF\n"
