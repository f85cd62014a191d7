package notify_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"pgregory.net/rapid"

	"trucot/internal/engine/notify"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
	"trucot/internal/kernel/vault"
	"trucot/internal/testing/storetest"
)

// office is an engine over an empty database; events of the kind test.told concern the account of their data.
type office struct {
	*notify.Engine
	ctx    context.Context
	ledger *ledger.Ledger
	db     *store.DB
	open   func() *notify.Engine // another node, or the same after a restart
	now    time.Time
	due    []notify.Notice
	mail   outbox
	vault  *vault.Vault
	letter func(context.Context, ledger.Event) (*notify.Letter, error)
}

// seal is a text under the key of the dossier HS-1.
func (o *office) seal(t *testing.T, text string) string {
	t.Helper()
	token, err := o.vault.Seal(o.ctx, "HS-1", text)
	must(t, err)
	return token
}

// outbox keeps what would be sent.
type outbox struct {
	mu   sync.Mutex
	sent []string
	fail error
}

func (o *outbox) Send(_ context.Context, to, subject, text, id string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent = append(o.sent, to+"\n"+subject+"\n"+text+"\n"+id)
	return o.fail
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newOffice(t testing.TB, at string) *office {
	t.Helper()
	o := &office{ctx: context.Background(), now: time.Date(2021, 6, 14, 2, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return o.now }
	o.db = storetest.Open(t, at)
	var err error
	o.ledger, err = ledger.Open(o.ctx, o.db, ledger.Options{Folds: []ledger.Fold{people.Fold(), notify.Fold()}, Clock: clock})
	must(t, err)
	t.Cleanup(func() { o.ledger.Close() })
	who, err := people.New(o.ctx, o.db, o.ledger, people.Options{Clock: clock})
	must(t, err)
	v, err := vault.Open(o.ctx, o.db, filepath.Join(t.TempDir(), "vault.key"))
	must(t, err)
	o.vault = v
	words := lang.NewCatalog(notify.Texts())
	o.open = func() *notify.Engine {
		e, err := notify.New(o.ctx, o.ledger, o.db, who, notify.Options{Clock: clock, Seal: v.Seal, Open: v.Open, Erase: v.Erase, Text: words.T, Sources: notify.Sources{
			Of: func(_ context.Context, e ledger.Event) ([]notify.Notice, error) {
				var x struct{ Tell []string }
				err := json.Unmarshal(e.Data, &x)
				var out []notify.Notice
				for _, a := range x.Tell {
					out = append(out, notify.Notice{Account: a, Kind: notify.TaskAssigned, Subject: e.Stream})
				}
				return out, err
			},
			Due: func(context.Context, calendar.Date) ([]notify.Notice, error) { return slices.Clone(o.due), nil },
			Letter: func(ctx context.Context, e ledger.Event) (*notify.Letter, error) {
				if o.letter == nil {
					return nil, nil
				}
				return o.letter(ctx, e)
			},
			MayKnow: func(_ context.Context, account string, e ledger.Event) (bool, error) { return e.Unit != "secret", nil },
		}})
		must(t, err)
		return e
	}
	o.Engine = o.open()
	o.Reach(o.world())
	return o
}

func (o *office) world() notify.Outside {
	return notify.Outside{Mail: &o.mail, Base: "https://example.gov.vn", Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
}

// happen records an event about a stream that concerns some accounts.
func (o *office) happen(t testing.TB, stream, unit, actor string, tell ...string) {
	t.Helper()
	_, err := o.ledger.Append(o.ctx, ledger.Command{Stream: stream, Expect: ledger.AnyVersion, Actor: actor, Unit: unit,
		Events: []ledger.NewEvent{{Kind: "test.told", On: calendar.OfTime(o.now), Data: map[string]any{"tell": tell, "title": "riêng tư"}}}})
	must(t, err)
}

func (o *office) subjects(t testing.TB, account string) (out []string) {
	t.Helper()
	list, err := o.List(o.ctx, account, "", false, 1000)
	must(t, err)
	for _, n := range list {
		out = append(out, n.Subject)
	}
	return out
}

func TestPeopleAreToldOnceOnBothEngines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		o.happen(t, "task/1", "so", "khai", "hung", "khai", "")
		must(t, o.Step(o.ctx))
		o.Engine = o.open() // a restart
		o.happen(t, "task/2", "so", "khai", "hung")
		must(t, o.Step(o.ctx))
		must(t, o.Step(o.ctx))
		if got := o.subjects(t, "hung"); !slices.Equal(got, []string{"task/2", "task/1"}) {
			t.Errorf("hung was told of %v", got)
		}
		if got := o.subjects(t, "khai"); len(got) != 0 {
			t.Errorf("khai was told of what khai did: %v", got)
		}
		if n, err := o.Unread(o.ctx, "hung"); err != nil || n != 2 {
			t.Errorf("%d unread, %v", n, err)
		}
		first, err := o.List(o.ctx, "hung", "", false, 1)
		must(t, err)
		o.now = o.now.Add(time.Minute)
		o.happen(t, "task/3", "so", "khai", "hung")
		must(t, o.Step(o.ctx))
		must(t, o.MarkAllRead(o.ctx, "hung", first[0].Place))
		left, err := o.List(o.ctx, "hung", "", true, 10)
		must(t, err)
		if len(left) != 1 || left[0].Subject != "task/3" {
			t.Errorf("what came after the page was shown is not left unread: %v", left)
		}
		must(t, o.MarkRead(o.ctx, "hung", left[0].Key))
		if n, err := o.Unread(o.ctx, "hung"); err != nil || n != 0 {
			t.Errorf("%d unread, %v", n, err)
		}
	})
}

func TestDueDatesAreToldOnceADay(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	o.due = []notify.Notice{{Account: "hung", Kind: notify.TaskDueSoon, Subject: "task/1", Key: "task_due_soon/task/1/2021-06-16"}}
	for range 3 {
		must(t, o.Step(o.ctx))
		o.now = o.now.Add(24 * time.Hour)
	}
	if got := o.subjects(t, "hung"); len(got) != 1 {
		t.Errorf("told %d times", len(got))
	}
	o.now = o.now.Add(200 * 24 * time.Hour)
	o.due = nil
	must(t, o.Step(o.ctx))
	if got := o.subjects(t, "hung"); len(got) != 0 {
		t.Errorf("old notices are kept: %v", got)
	}
}

func TestChoices(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	if err := o.Choose(o.ctx, "hung", map[notify.Kind]notify.Way{notify.TaskAssigned: notify.ByMail}); !fault.Is(err, "notify.need_address") {
		t.Errorf("%v", err)
	}
	for _, bad := range []string{"hung", "a@", "Hưng <a@b.vn>", "a@b.vn\r\nBcc: x@y.vn"} {
		if err := o.SetAddress(o.ctx, "hung", bad); !fault.Is(err, "notify.bad_address") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if err := o.Choose(o.ctx, "hung", map[notify.Kind]notify.Way{"x": notify.InApp}); !fault.Is(err, "notify.unknown_kind") {
		t.Errorf("%v", err)
	}
	if err := o.Choose(o.ctx, "hung", map[notify.Kind]notify.Way{notify.TaskAssigned: "x"}); !fault.Is(err, "notify.unknown_way") {
		t.Errorf("%v", err)
	}
	must(t, o.Choose(o.ctx, "hung", map[notify.Kind]notify.Way{notify.TaskAssigned: notify.Silent}))
	o.happen(t, "task/1", "so", "khai", "hung")
	must(t, o.Step(o.ctx))
	if got := o.subjects(t, "hung"); len(got) != 0 {
		t.Errorf("who does not want to hear was told of %v", got)
	}
}

// TestOneMailADay: counts and a link, to those who asked for it, and never what it is about.
func TestOneMailADay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		o.now = time.Date(2021, 6, 13, 23, 0, 0, 0, time.UTC) // 6 o'clock in the morning
		must(t, o.SetAddress(o.ctx, "hung", "hung@example.gov.vn"))
		must(t, o.SetAddress(o.ctx, "khai", "khai@example.gov.vn")) // who wants none
		must(t, o.Choose(o.ctx, "hung", map[notify.Kind]notify.Way{notify.TaskAssigned: notify.ByMail}))
		o.happen(t, "task/1", "so", "van", "hung", "khai")
		must(t, o.Step(o.ctx))
		if len(o.mail.sent) != 0 {
			t.Fatal("mail before the office opens")
		}
		o.now = o.now.Add(90 * time.Minute)
		other := o.open()
		other.Reach(o.world())
		must(t, o.Step(o.ctx))
		must(t, other.Step(o.ctx))
		if len(o.mail.sent) != 1 {
			t.Fatalf("%d mails: %v", len(o.mail.sent), o.mail.sent)
		}
		mail := o.mail.sent[0]
		for _, want := range []string{"hung@example.gov.vn", "Được giao nhiệm vụ: 1", "Task assigned to you: 1", "https://example.gov.vn/thong-bao"} {
			if !strings.Contains(mail, want) {
				t.Errorf("no %q in\n%s", want, mail)
			}
		}
		if strings.Contains(mail, "riêng tư") || strings.Contains(mail, "task/1") {
			t.Errorf("the mail says what it is about:\n%s", mail)
		}
	})
}

// receiver is another system; it answers with the codes in their order, then with the last.
type receiver struct {
	*httptest.Server
	mu    sync.Mutex
	codes []int
	calls []call
}

type call struct {
	header http.Header
	body   []byte
}

func newReceiver(t *testing.T, codes ...int) *receiver {
	r := &receiver{codes: codes}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.calls = append(r.calls, call{q.Header, body})
		code := r.codes[min(len(r.calls), len(r.codes))-1]
		if code == http.StatusFound {
			w.Header().Set("Location", "http://169.254.169.254/")
		}
		w.WriteHeader(code)
	}))
	t.Cleanup(r.Close)
	return r
}

func TestWebhooksAreSignedAndTriedAgainOnBothEngines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		r := newReceiver(t, 500, 302, 204)
		o.happen(t, "task/0", "so", "khai") // before the webhook
		h, secret, err := o.AddHook(o.ctx, "khai", r.URL+"/nhan?khoa=bi-mat", []string{"test.*"})
		must(t, err)
		o.happen(t, "task/1", "so", "khai")
		o.happen(t, "task/2", "secret", "khai")
		must(t, o.Step(o.ctx))
		for range 2 { // the same engine after a restart goes on
			o.Engine = o.open()
			o.Reach(o.world())
			o.now = o.now.Add(2 * time.Minute)
			must(t, o.Step(o.ctx))
		}
		if len(r.calls) != 3 {
			t.Fatalf("%d calls", len(r.calls))
		}
		verifier, err := webhooks.NewWebhook(secret)
		must(t, err)
		for _, c := range r.calls {
			must(t, verifier.Verify(c.body, c.header))
			if c.header.Get("Webhook-Id") != r.calls[0].header.Get("Webhook-Id") || string(c.body) != string(r.calls[0].body) {
				t.Error("the same event came as another")
			}
			if verifier.Verify(append(c.body, ' '), c.header) == nil {
				t.Error("a changed body still verifies")
			}
		}
		var e notify.CloudEvent
		must(t, json.Unmarshal(r.calls[0].body, &e))
		if e.SpecVersion != "1.0" || e.Type != "vn.trucot.test.told" || e.Subject != "task/1" || e.Data.Version != 1 || strings.Contains(string(r.calls[0].body), "riêng") {
			t.Errorf("%s", r.calls[0].body)
		}
		calls, err := o.Deliveries(o.ctx, h.ID, 10)
		must(t, err)
		if len(calls) != 1 || calls[0].State != "done" || calls[0].Attempt != 3 {
			t.Errorf("%+v", calls)
		}
		o.nothingOnRecord(t, "bi-mat", secret)
		must(t, o.RemoveHook(o.ctx, "khai", h.ID))
		o.happen(t, "task/3", "so", "khai")
		must(t, o.Step(o.ctx))
		if len(r.calls) != 3 {
			t.Error("a webhook that was removed is still called")
		}
	})
}

// nothingOnRecord holds that the ledger knows neither a webhook's address nor its secret.
func (o *office) nothingOnRecord(t *testing.T, secrets ...string) {
	t.Helper()
	must(t, o.ledger.Scan(o.ctx, 0, func(e ledger.Event) error {
		for _, s := range secrets {
			if strings.Contains(string(e.Data), s) {
				t.Errorf("%q stands in the ledger: %s", s, e.Data)
			}
		}
		return nil
	}))
}

func TestAReceiverThatIsGoneIsLeftAlone(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	gone, down := newReceiver(t, 410), newReceiver(t, 503)
	for _, r := range []*receiver{gone, down} {
		_, _, err := o.AddHook(o.ctx, "khai", r.URL, []string{"*"})
		must(t, err)
	}
	hooks, err := o.Hooks(o.ctx)
	must(t, err)
	o.happen(t, "task/1", "so", "khai")
	for range 12 {
		must(t, o.Step(o.ctx))
		o.now = o.now.Add(25 * time.Hour)
	}
	for i, want := range []int{1, 8} {
		calls, err := o.Deliveries(o.ctx, hooks[i].ID, 100)
		must(t, err)
		last := calls[len(calls)-1]
		if last.State != "failed" && i == 0 || last.Attempt != want {
			t.Errorf("%s: %s after %d attempts, not %d", hooks[i].ID, last.State, last.Attempt, want)
		}
	}
}

// TestWebhooksStayOutside: neither an address nor a name leads to where the administrator did not allow it.
func TestWebhooksStayOutside(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	o.Reach(notify.Outside{})
	for address, key := range map[string]string{
		"http://example.gov.vn/": "notify.need_https", "ftp://example.gov.vn/": "notify.need_https", "//example.gov.vn": "notify.need_https",
		"https://": "notify.bad_url", "https://u:p@example.gov.vn/": "notify.bad_url", "http://127.0.0.1/": "notify.need_https", "nhan": "notify.bad_url",
	} {
		if _, _, err := o.AddHook(o.ctx, "khai", address, []string{"*"}); !fault.Is(err, key) {
			t.Errorf("%s: %v, not %s", address, err, key)
		}
	}
	hidden := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a private address was called") }))
	defer hidden.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(hidden.URL, "https://"), ":")
	hosts := []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"}
	for _, host := range hosts {
		_, _, err := o.AddHook(o.ctx, "khai", "https://"+host+":"+port+"/", []string{"*"})
		must(t, err)
	}
	o.happen(t, "task/1", "so", "khai")
	must(t, o.Step(o.ctx))
	hooks, err := o.Hooks(o.ctx)
	must(t, err)
	for i, h := range hooks {
		calls, err := o.Deliveries(o.ctx, h.ID, 100)
		must(t, err)
		if last := calls[len(calls)-1]; last.Answer != "refused" { // unreachable would mean that it was dialled
			t.Errorf("%s: %+v", hosts[i], last)
		}
	}
}

func TestBadHooks(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	for _, kinds := range [][]string{nil, {""}, {"task"}, {"task.*.x"}, {"Task.done"}, {"task.done", "**"}} {
		if _, _, err := o.AddHook(o.ctx, "khai", "https://example.gov.vn/", kinds); !fault.Is(err, "notify.bad_kinds") {
			t.Errorf("%q: %v", kinds, err)
		}
	}
	if err := o.RemoveHook(o.ctx, "khai", "wh_x"); !fault.Is(err, "notify.unknown_hook") {
		t.Errorf("%v", err)
	}
}

// TestTwoNodesDoEachJobOnce: nodes that take turns in any order tell everybody once and call every receiver once.
func TestTwoNodesDoEachJobOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		r := newReceiver(t, 200)
		_, _, err := o.AddHook(o.ctx, "khai", r.URL, []string{"test.told"})
		must(t, err)
		nodes := []*notify.Engine{o.Engine, o.open(), o.open()}
		for _, n := range nodes {
			n.Reach(o.world())
		}
		const events = 12
		for i := range events {
			o.happen(t, fmt.Sprint("task/", i), "so", "khai", "hung")
		}
		var all sync.WaitGroup
		for _, n := range nodes {
			all.Go(func() {
				if err := n.Step(o.ctx); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		must(t, o.Step(o.ctx))
		if got := o.subjects(t, "hung"); len(got) != events {
			t.Errorf("%d notices", len(got))
		}
		if len(r.calls) != events {
			t.Errorf("%d calls", len(r.calls))
		}
	})
}

// TestReadingOnLosesNothing reads notices page by page while new ones come: each that was there is seen once.
func TestReadingOnLosesNothing(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		who := fmt.Sprint("hung", round)
		n := rapid.IntRange(0, 6).Draw(rt, "before")
		for i := range n {
			o.happen(t, fmt.Sprint("task/", i), "so", "khai", who)
			o.now = o.now.Add(time.Duration(rapid.IntRange(0, 1).Draw(rt, "later")) * time.Second)
		}
		must(t, o.Step(o.ctx))
		seen := map[string]int{}
		for behind := ""; ; {
			page, err := o.List(o.ctx, who, behind, false, rapid.IntRange(1, 4).Draw(rt, "size"))
			must(t, err)
			if len(page) == 0 {
				break
			}
			for _, e := range page {
				seen[e.Subject]++
			}
			behind = page[len(page)-1].Place
			if rapid.Bool().Draw(rt, "meanwhile") {
				o.now = o.now.Add(time.Second)
				o.happen(t, "task/new", "so", "khai", who)
				must(t, o.Step(o.ctx))
			}
		}
		for i := range n {
			if seen[fmt.Sprint("task/", i)] != 1 {
				rt.Fatalf("task/%d was seen %d times", i, seen[fmt.Sprint("task/", i)])
			}
		}
	})
}
