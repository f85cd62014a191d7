package portal_test

import (
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trucot/definitions"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/room/portal"
	"trucot/internal/testing/storetest"
)

var (
	ctx  = context.Background()
	noon = time.Date(2021, 6, 14, 5, 0, 0, 0, time.UTC)
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// desk is a portal with one unit and a clock that a test may move.
func desk(t *testing.T, at string) (e *portal.Engine, l *ledger.Ledger, clock *time.Time) {
	t.Helper()
	now := noon
	clock = &now
	tick := func() time.Time { return now }
	db := storetest.Open(t, at)
	l, err := ledger.Open(ctx, db, ledger.Options{Folds: []ledger.Fold{people.Fold(), portal.Fold()}, Clock: tick})
	must(t, err)
	t.Cleanup(func() { l.Close() })
	who, err := people.New(ctx, db, l, people.Options{Clock: tick})
	must(t, err)
	must(t, who.OpenUnit(ctx, people.By{Actor: "sample", On: calendar.MustParse("2019-01-01")}, people.Unit{Code: "so", NameVI: "Sở mẫu", Side: people.State}))
	e, err = portal.New(ctx, l, db, who, portal.Options{Clock: tick, Cited: func(_ context.Context, reach portal.Reach) (func(string) ([]portal.Citation, error), error) {
		return func(text string) ([]portal.Citation, error) {
			var out []portal.Citation
			for words, c := range map[string]portal.Citation{"16/CT-TTg": {ID: "16/CT-TTg"}, "20-NQ/TW": {Of: []portal.Choice{{ID: "VB-1", Label: "2012"}, {ID: "VB-2", Label: "2017"}}}, "Nghị quyết Đại hội XIII": {}} {
				if i := strings.Index(text, words); i >= 0 {
					c.Start = len([]rune(text[:i]))
					c.End = c.Start + len([]rune(words))
					out = append(out, c)
				}
			}
			slices.SortFunc(out, func(a, b portal.Citation) int { return a.Start - b.Start })
			return out, nil
		}, nil
	}, Rules: func() (*portal.Rules, error) { return portal.LoadRules(definitions.Files) }})
	must(t, err)
	return e, l, clock
}

func some(title string) portal.Content {
	return portal.Content{Section: "hoat-dong", Title: title, Body: portal.ParseMarkup("Chữ của bài theo 16/CT-TTg.")}
}

// TestFromDraftToWithdrawalOnBothEngines: each step in its turn, none out of it, and the tables come out the same anew.
func TestFromDraftToWithdrawalOnBothEngines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		e, l, clock := desk(t, at)
		c := some("Tin một")
		if named, err := e.LinkDirectives(ctx, portal.Reach{State: true}, &c); err != nil || len(named) != 1 || !strings.Contains(portal.Markup(c.Body), "[16/CT-TTg](chi-dao:16/CT-TTg)") {
			t.Errorf("%+v %v in %s", named, err, portal.Markup(c.Body))
		}
		a, err := e.Enter(ctx, "viet", "so", c)
		must(t, err)
		take := func(by string, m portal.Move) error {
			x, err := e.Get(ctx, a.ID)
			must(t, err)
			m.Version = x.Version
			return e.Take(ctx, by, a.ID, m)
		}
		for _, early := range []portal.Step{portal.Forward, portal.Approve, portal.Withdraw, portal.Return} {
			if early == portal.Return { // a draft is with its writer already
				continue
			}
			if err := take("x", portal.Move{Step: early, Reason: "x"}); !fault.Is(err, "portal.not_now") {
				t.Errorf("%s of a draft: %v", early, err)
			}
		}
		must(t, take("viet", portal.Move{Step: portal.Submit}))
		if err := take("bien", portal.Move{Step: portal.Return}); !fault.Is(err, "portal.no_reason") {
			t.Error(err)
		}
		must(t, take("bien", portal.Move{Step: portal.Return, Reason: "Thiếu số"}))
		must(t, take("viet", portal.Move{Step: portal.Submit}))
		must(t, take("bien", portal.Move{Step: portal.Forward}))
		if err := take("viet", portal.Move{Step: portal.Approve}); !fault.Is(err, "portal.own_article") {
			t.Error(err)
		}
		before, err := e.Stamp(ctx)
		must(t, err)
		must(t, take("duyet", portal.Move{Step: portal.Approve, At: noon.Add(time.Hour)}))
		public := func() int {
			n, err := e.CountPublic(ctx, portal.Filter{Lang: lang.VI})
			must(t, err)
			return n
		}
		scheduled, err := e.Stamp(ctx)
		must(t, err)
		if public() != 0 || scheduled == before {
			t.Error("public before its hour, or nothing changed")
		}
		*clock = noon.Add(time.Hour)
		come, err := e.Stamp(ctx)
		must(t, err)
		again, err := e.Stamp(ctx)
		must(t, err)
		if public() != 1 || come == scheduled || again != come {
			t.Errorf("%d public; stamps %d, %d, %d", public(), scheduled, come, again)
		}
		if err := e.Write(ctx, "duyet", a.ID, 7, some("Tin một, sửa"), " "); !fault.Is(err, "portal.no_note") {
			t.Error(err)
		}
		x, err := e.Get(ctx, a.ID)
		must(t, err)
		must(t, e.Write(ctx, "duyet", a.ID, x.Version, some("Tin một, sửa"), "Sửa tiêu đề"))
		if err := e.Write(ctx, "duyet", a.ID, x.Version, some("Tin"), "Sửa nữa"); !fault.Is(err, "ledger.version_conflict") {
			t.Error(err)
		}
		days, err := e.Days(ctx, portal.Filter{Lang: lang.VI})
		must(t, err)
		if days[calendar.MustParse("2021-06-14")] != 1 {
			t.Error(days)
		}
		must(t, take("duyet", portal.Move{Step: portal.Withdraw, Reason: "Trùng"}))
		if x, err = e.Get(ctx, a.ID); err != nil || !x.Gone(*clock) || public() != 0 || len(x.Corrections) != 1 {
			t.Errorf("%+v %v", x, err)
		}
		report, err := l.Rebuild(ctx)
		must(t, err)
		for _, r := range report {
			if !r.Equal() {
				t.Errorf("%+v differs when rebuilt", r)
			}
		}
	})
}

// TestAForgottenVisitIsStillOne: memory holds the readers of late only, the table knows the others.
func TestAForgottenVisitIsStillOne(t *testing.T) {
	const readers = 40_000
	e, _, _ := desk(t, filepath.Join(t.TempDir(), "trucot.db"))
	for i := range readers + 1 {
		who := portal.Visitor{Address: "192.0.2.1", Agent: fmt.Sprint("Trình duyệt ", i%readers)}
		must(t, e.Visit(ctx, "1", who))
		if i%10_000 == 0 {
			must(t, e.Close())
		}
	}
	must(t, e.Close())
	if n, err := e.Views(ctx, "1"); err != nil || n != readers {
		t.Errorf("%d views of %d readers, %v", n, readers, err)
	}
}

// TestAVisitIsCountedOnce: however often it is written, also after a start anew; another day is another visit.
func TestAVisitIsCountedOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		e, l, clock := desk(t, at)
		who := portal.Visitor{Address: "192.0.2.1", Agent: "Trình duyệt"}
		count := func(want int64) {
			t.Helper()
			must(t, e.Visit(ctx, "1", who))
			must(t, e.Close())
			if n, err := e.Views(ctx, "1"); err != nil || n != want {
				t.Errorf("%d views, want %d, %v", n, want, err)
			}
		}
		count(1)
		count(1)
		_ = l
		*clock = clock.Add(24 * time.Hour)
		count(2)
		key, err := e.Rate(ctx, "1", "", who, 5)
		must(t, err)
		if _, err = e.Rate(ctx, "1", "made-up", who, 3); err != nil {
			t.Fatal(err)
		}
		if s, err := e.Stars(ctx, "1", key); err != nil || s.Count != 1 || s.Own != 3 {
			t.Errorf("%+v %v", s, err)
		}
		*clock = clock.Add(24 * time.Hour)
		if again, err := e.Rate(ctx, "1", key, who, 4); err != nil || again != key {
			t.Errorf("the next day: %v", err)
		}
		if _, err := e.Rate(ctx, "1", "", portal.Visitor{Address: "192.0.2.2"}, 5); err != nil {
			t.Fatal(err)
		}
		if s, _ := e.Stars(ctx, "1", key); s.Count != 2 || s.Mean() != 45 {
			t.Errorf("%+v", s)
		}
		if _, err := e.Rate(ctx, "1", key, who, 6); !fault.Is(err, "portal.bad_stars") {
			t.Error(err)
		}
	})
}

// TestMarkupAndBack: what an editor sees in the form is the article, sign for sign.
func TestMarkupAndBack(t *testing.T) {
	text := rapid.StringMatching(`[a-zA-Zàđ 0-9*_\[\]()#>|.!\\-]{0,12}`)
	run := rapid.Custom(func(t *rapid.T) portal.Run {
		return portal.Run{Text: text.Draw(t, "text"), Bold: rapid.Bool().Draw(t, "bold"), Italic: rapid.Bool().Draw(t, "italic"),
			Link: rapid.SampledFrom([]string{"", "", "https://a.vn/x_(y)?q=1", "/dich-vu", "so-lieu:a.b@2025", "javascript:alert(1)", "//evil"}).Draw(t, "link")}
	})
	runs := rapid.SliceOfN(run, 0, 4)
	block := rapid.Custom(func(t *rapid.T) portal.Block {
		return portal.Block{Kind: rapid.SampledFrom([]string{"p", "h2", "h3", "quote", "ul", "ol", "table", "photo", "script"}).Draw(t, "kind"), Text: runs.Draw(t, "runs"),
			Items: rapid.SliceOfN(runs, 0, 3).Draw(t, "items"), Rows: rapid.SliceOfN(rapid.SliceOfN(runs, 0, 3), 0, 3).Draw(t, "rows"), Photo: rapid.SampledFrom([]string{"", "ab12"}).Draw(t, "photo")}
	})
	rapid.Check(t, func(t *rapid.T) {
		want, err := portal.Clean(rapid.SliceOfN(block, 0, 5).Draw(t, "blocks"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := portal.Clean(portal.ParseMarkup(portal.Markup(want)))
		if err != nil || len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Fatalf("%s\n%+v\n%+v", portal.Markup(want), want, got)
		}
	})
}

func fromHTML(text string) ([]portal.Block, error) {
	blocks, err := portal.ParseHTML(text)
	if err != nil {
		return nil, err
	}
	return portal.Clean(blocks)
}

// TestHTMLBecomesBlocks: what office programs and other sites write, and what nobody may.
func TestHTMLBecomesBlocks(t *testing.T) {
	for in, want := range map[string]string{
		`<p>Một <b>đậm</b> <span style="font-style: italic">nghiêng</span></p>`:                  "Một **đậm** _nghiêng_",
		`<b style="font-weight:normal"><p>Dán từ trang khác</p></b>`:                             "Dán từ trang khác",
		`<h1>Đầu</h1><h4>Nhỏ</h4>`:                                                               "## Đầu\n\n### Nhỏ",
		`<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>`:                                       "- a\n- b\n- c",
		`<table><tr><th>A</th><th>B</th></tr><tr><td>1</td></tr></table>`:                        "| A | B |\n| 1 |  |",
		`<p>x<script>alert(1)</script><img src=x onerror=alert(1)></p><style>p{}</style>`:        "x",
		`<a href="javascript:alert(1)">bấm</a> <a href="https://a.vn">đi</a>`:                    "bấm [đi](https://a.vn)",
		`<a class="tt-ref" href="/x" data-ref="so-lieu:a.b@2025">12</a>`:                         "[12](so-lieu:a.b@2025)",
		`<figure><img src="/x" data-tep="ab12"><figcaption>Chú thích</figcaption></figure>`:      "![Chú thích](tep:ab12)",
		`dòng một<br>dòng hai`:                                                                   "dòng một\n\ndòng hai",
		`<!--[if gte mso 9]><xml>rác</xml><![endif]--><p class=MsoNormal>Từ Word<o:p></o:p></p>`: "Từ Word",
		`<iframe src="//x"></iframe><form><input value="a"></form><p onclick="x()">còn</p>`:      "còn",
	} {
		got, err := fromHTML(in)
		if err != nil || portal.Markup(got) != want {
			t.Errorf("%s\ngave %q\nwant %q %v", in, portal.Markup(got), want, err)
		}
	}
}

// FuzzHTML: whatever comes in, only safe links come out, and reading what was written changes nothing.
func FuzzHTML(f *testing.F) {
	f.Add(`<p>a<a href="https://x">b</a></p><ul><li>c`)
	f.Fuzz(func(t *testing.T, text string) {
		once, err := fromHTML(text)
		if err != nil {
			return
		}
		again, err := portal.Clean(portal.ParseMarkup(portal.Markup(once)))
		if err != nil || len(once) > 0 && !reflect.DeepEqual(once, again) {
			t.Fatalf("%q\n%+v\n%+v", portal.Markup(once), once, again)
		}
		if low := strings.ToLower(portal.Markup(once)); strings.Contains(low, "](javascript:") || strings.Contains(low, "](data:") {
			t.Fatal(low)
		}
	})
}

// FuzzReadArticle: no file breaks the reader.
func FuzzReadArticle(f *testing.F) {
	marks, err := portal.LoadMarks(definitions.Files)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("Tiêu đề\n\n19/01/2022\n\nSapo.\n\n\n\nChú thích\n\nThân bài.\n\nNguồn: x"))
	f.Add([]byte("<h1>Tiêu đề</h1><p>Chữ</p>"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, _, err := marks.ReadArticle(ctx, "x", strings.NewReader(string(raw)), int64(len(raw)))
		if err == nil && c.Title == "" {
			t.Fatal("an article without a title")
		}
	})
}

// TestOddTextsTakeNoTime: texts that a reader of signs could get lost in. Each would take minutes by the square of its length.
func TestOddTextsTakeNoTime(t *testing.T) {
	const n = 200_000
	for _, sign := range []string{"[", "_", "**", "|", "[a]", "](", "\\", "- [", "x<i></i>"} {
		text := strings.Repeat(sign, n/len(sign))
		if blocks := portal.ParseMarkup(text); len(blocks) == 0 && strings.Trim(text, "|") != "" {
			t.Errorf("%q left nothing", sign)
		}
		if blocks, err := fromHTML(text); err != nil && !fault.Is(err, "portal.too_long") || err == nil && len(blocks) == 0 {
			t.Errorf("%q as HTML: %v", sign, err)
		}
	}
}

// TestWhatIsInDoubtIsOffered: only a directive that is certain is tied; the editor ties the others, everywhere at once.
func TestWhatIsInDoubtIsOffered(t *testing.T) {
	e, _, _ := desk(t, filepath.Join(t.TempDir(), "a.db"))
	c := portal.Content{Body: portal.ParseMarkup("Theo 16/CT-TTg, 20-NQ/TW và Nghị quyết Đại hội XIII.\n\n- **20-NQ/TW** một lần nữa\n- 20-NQ/TW và 20-NQ/TW")}
	before := portal.Markup(c.Body)
	named, err := e.Mentions(ctx, portal.Reach{State: true}, c)
	must(t, err)
	if portal.Markup(c.Body) != before {
		t.Error("looking changed the text")
	}
	if len(named) != 3 || named[0].ID != "16/CT-TTg" || named[1].ID != "" || len(named[1].Of) != 2 || named[2].Words != "Nghị quyết Đại hội XIII" || len(named[2].Of) != 0 {
		t.Errorf("%+v", named)
	}
	_, err = e.LinkDirectives(ctx, portal.Reach{State: true}, &c)
	must(t, err)
	must(t, c.LinkWords("20-NQ/TW", "VB-2"))
	text := portal.Markup(c.Body)
	if strings.Count(text, "[20-NQ/TW](chi-dao:VB-2)")+strings.Count(text, "[**20-NQ/TW**](chi-dao:VB-2)") != 4 || strings.Count(text, "chi-dao:") != 5 {
		t.Error(text)
	}
	if named, err = e.Mentions(ctx, portal.Reach{State: true}, c); err != nil || len(named) != 3 || named[1].ID != "VB-2" {
		t.Errorf("%+v %v", named, err)
	}
	for _, words := range []string{"", "20-NQ/TW", "chưa hề có"} {
		if err := c.LinkWords(words, "VB-1"); !fault.Is(err, "portal.not_mentioned") {
			t.Errorf("%q: %v", words, err)
		}
	}
}
