package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"trucot/internal/app/api"
	"trucot/internal/engine/people"
	"trucot/internal/engine/task"
	"trucot/internal/kernel/web"
)

// description is the served OpenAPI document.
type description struct {
	OpenAPI    string
	Paths      map[string]map[string]describedOp
	Components struct{ Schemas map[string]map[string]any }
}

type describedOp struct {
	OperationID string
	Permission  string `json:"x-permission"`
	Parameters  []struct{ Name, In string }
	RequestBody *struct {
		Content map[string]struct{ Schema map[string]any }
	}
	Responses map[string]struct{ Content map[string]any }
}

func (a *agency) description(t *testing.T) description {
	t.Helper()
	resp, err := http.Get(a.url + "/api/openapi.json")
	must(t, err)
	defer resp.Body.Close()
	var d description
	must(t, json.NewDecoder(resp.Body).Decode(&d))
	return d
}

// each calls fn with every operation.
func (d description) each(fn func(path, method string, o describedOp)) {
	for path, item := range d.Paths {
		for method, o := range item {
			fn(path, strings.ToUpper(method), o)
		}
	}
}

// TestTheDescriptionIsWhole holds the OpenAPI document against the route table: what is served is described, with
// the same permission, and what is described is served.
func TestTheDescriptionIsWhole(t *testing.T) {
	a := start(t)
	d := a.description(t)
	if !strings.HasPrefix(d.OpenAPI, "3.1") {
		t.Errorf("OpenAPI %s", d.OpenAPI)
	}
	ids, described := map[string]bool{}, map[string]string{}
	d.each(func(path, method string, o describedOp) {
		at := method + " " + path
		described[at] = o.Permission
		if ids[o.OperationID] || o.OperationID == "" {
			t.Errorf("%s: operation id %q is not its own", at, o.OperationID)
		}
		ids[o.OperationID] = true
	})
	for _, rt := range a.Site(context.Background(), siteOptions).Routes() {
		at := rt.Method + " " + rt.Pattern
		if !strings.HasPrefix(rt.Pattern, "/api/v1/") {
			continue
		}
		if described[at] != string(rt.Permission) {
			t.Errorf("%s asks for %q and is described with %q", at, rt.Permission, described[at])
		}
		delete(described, at)
	}
	for at := range described {
		t.Errorf("%s is described and not served", at)
	}
}

// TestTheGuideNamesEveryScope: what a token may be narrowed to stands in the API's guide.
func TestTheGuideNamesEveryScope(t *testing.T) {
	guide, err := os.ReadFile("../docs/api.md")
	must(t, err)
	start(t).description(t).each(func(path, method string, o describedOp) {
		if !strings.Contains(string(guide), "`"+o.Permission+"`") && o.Permission != string(web.Public) {
			t.Errorf("%s %s asks for %s, which docs/api.md does not name", method, path, o.Permission)
		}
	})
}

// noOperation are the forms of pages that programs need no operation for.
var noOperation = map[string]string{
	"/tuy-chon":  "language and theme are a browser's; programs send Accept-Language",
	"/dang-nhap": "programs have tokens", "/dang-xuat": "programs have tokens", "/vao": "programs have tokens",
	"/tai-khoan": "one's own ways in are a person's acts in a browser", "/quan-tri": "each change asks for a fresh proof of who the administrator is, which no token is; trucot user and trucot unit do it on the machine",
	"/nop-ho-so": "the citizen's own pages; a program files by dossier-open", "/tra-cuu": "the citizen's own pages", "/lay-y-kien": "a person's own word, with a trap for machines", "/khen-thuong/ho-so/{id}/nguoi-gui": "who sent an opinion is looked at by a person, who gives a reason",
	"/ho-so/tiep-nhan": "dossier-open", "/ho-so/hang-loat": "a loop over dossier-act", "/ho-so/bo-loc": "saved views are the page's", "/viec/bo-loc": "saved views are the page's",
	"/ho-so/{code}/du-lieu-ca-nhan": "personal data is opened by a person who gives a reason", "/hoi-dong/{id}/phieu": "a secret ballot is cast by a person",
	"/tin-tuc/bai/{id}/danh-gia": "a star is a reader's own",
	"/viec/hang-loat":            "a loop over task-change",
	"/moi/{token}":               "the guest's own page", "/moi/{token}/hoi": "the guest's own page",
	"/chi-dao/nhan-dien": "directive-find gives the citations; the form is filled in by the program itself",
}

// excused reports whether a form, or what it stands below, needs no operation.
func excused(pattern string) bool {
	below := func(top string) bool { return pattern == top || strings.HasPrefix(pattern, top+"/") }
	return slices.ContainsFunc(slices.Collect(maps.Keys(noOperation)), below)
}

// sameAs names the operation that does what a page's form does.
var sameAs = map[string]string{
	"/ho-so": "dossier-open", "/ho-so/{code}/{action}": "dossier-act",
	"/viec": "task-assign", "/viec/{id}/sua": "task-change", "/viec/{id}/{action}": "task-act",
	"/chi-dao": "directive-add", "/chi-dao/{id}/hieu-luc": "directive-change", "/chi-dao/{id}/chi-tieu": "directive-goal",
	"/bao-cao/{regime}/{period}/chot": "report-freeze",
	"/bao-cao/dot":                    "campaign-open", "/bao-cao/dot/{id}/phan/{unit}/nop": "campaign-part-submit", "/bao-cao/dot/{id}/phan/{unit}/tra-lai": "campaign-part-return",
	"/thong-bao/da-doc": "notice-read", "/thong-bao/tuy-chon": "notice-choose",
	"/tep": "file-add", "/tai-len": "upload-begin", "/tai-len/{upload}": "upload-piece", "/lich-cong-tac/dia-chi": "schedule-feed",
	"/hoi-nghi": "conference-prepare", "/hoi-nghi/{id}/sua": "conference-change", "/hoi-nghi/{id}/buoc": "conference-move", "/hoi-nghi/{id}/phat-bieu": "conference-ask",
	"/hoi-nghi/{id}/ket-luan": "conference-conclude", "/hoi-nghi/{id}/thong-bao": "conference-issue", "/moi/{token}/diem-danh": "conference-check-in",
	"/quan-tri/webhook": "webhook-add", "/quan-tri/webhook/{id}/xoa": "webhook-remove",
}

// TestWhateverAPageCanDoAProgramCan: every form of a page has its operation, or a reason why not.
func TestWhateverAPageCanDoAProgramCan(t *testing.T) {
	a := start(t)
	var ids []string
	described := map[string]string{}
	a.description(t).each(func(path, method string, o describedOp) {
		ids = append(ids, o.OperationID)
		described[method+" "+path] = o.OperationID
	})
	for _, rt := range a.Site(context.Background(), siteOptions).Routes() {
		if rt.Method == http.MethodGet || strings.HasPrefix(rt.Pattern, "/api/") {
			continue
		}
		id := sameAs[rt.Pattern]
		if id == "" {
			id = described[rt.Method+" "+api.Base+rt.Pattern]
		}
		if !slices.Contains(ids, id) && !excused(rt.Pattern) {
			t.Errorf("%s %s has no operation (%q) and no reason", rt.Method, rt.Pattern, id)
		}
	}
}

// everyPermission is a caller with every role of the state side.
func (a *agency) everyPermission(t *testing.T) caller {
	t.Helper()
	account(t, a.App, "tatca", "Người mẫu")
	for _, r := range []people.Role{people.Admin, people.Leader, people.OneStop, people.UnitHead, people.Specialist} {
		must(t, a.People.GrantRole(context.Background(), people.By{Actor: "test"}, "tatca", people.Grant{Role: r, Unit: people.Everywhere}))
	}
	return a.caller(t, "tatca")
}

// canary is a value that no answer may repeat.
const canary = "CANARY-7f3a"

// TestProblemsSpeakAndDoNotEcho sends every operation nonsense: each answer is a problem of the reader's language that names
// the places, and none repeats a value that was sent in a body or query.
func TestProblemsSpeakAndDoNotEcho(t *testing.T) {
	a := start(t)
	c := a.everyPermission(t)
	seen := 0
	a.description(t).each(func(path, method string, o describedOp) {
		fill := strings.NewReplacer("{code}", a.code(3), "{action}", "tiep_nhan", "{id}", "khong-co", "{verb}", "done", "{position}", "3", "{regime}", "tong-ket-nam", "{period}", "2020", "{kind}", "docx")
		at := fill.Replace(path)
		tries := []string{""}
		if method == "POST" || method == "PUT" {
			tries = []string{`{"` + canary + `":1}`, `{"note":"` + canary, `["` + canary + `"]`}
			if o.RequestBody != nil {
				tries = append(tries, bodyOf(a.description(t), o.RequestBody.Content["application/json"].Schema))
			}
		}
		for _, p := range o.Parameters {
			if p.In == "query" {
				tries = append(tries, "?"+p.Name+"="+canary)
			}
		}
		for _, body := range append(tries, "?la="+canary) {
			where, send := at, body
			if strings.HasPrefix(body, "?") {
				where, send = at+body, "{}"
			}
			status, head, raw := c.raw(method, where, send)
			if status < 400 || method == http.MethodHead { // which has no body to say anything in
				continue
			}
			seen++
			if status >= 500 {
				t.Errorf("%s %s %s answers %d: %s", method, where, send, status, raw)
			}
			var p web.Problem
			if err := json.Unmarshal([]byte(raw), &p); err != nil || head.Get("Content-Type") != "application/problem+json" || p.Status != status || p.Code == "" || p.Detail == "" {
				t.Errorf("%s %s answers %d with %s: %.200s", method, where, status, head.Get("Content-Type"), raw)
			}
			if strings.Contains(raw, canary) && !strings.Contains(raw, "query."+"la") && !echoesName(p) {
				t.Errorf("%s %s %s repeats what was sent: %s", method, where, send, raw)
			}
			if strings.Contains(raw, "⟦") || head.Get("Content-Language") != "vi" {
				t.Errorf("%s %s: %s", method, where, raw)
			}
		}
	})
	if seen < 60 {
		t.Errorf("only %d refusals were seen", seen)
	}
}

// echoesName allows a location to name an unknown field: names are no values.
func echoesName(p web.Problem) bool {
	for _, e := range p.Errors {
		if strings.Contains(e.Detail, canary) {
			return false
		}
	}
	return len(p.Errors) > 0
}

// bodyOf is a body whose every text is the canary.
func bodyOf(d description, schema map[string]any) string {
	if ref, is := schema["$ref"].(string); is {
		schema = d.Components.Schemas[strings.TrimPrefix(ref, "#/components/schemas/")]
	}
	out := map[string]any{}
	properties, _ := schema["properties"].(map[string]any)
	for name, p := range properties {
		switch fmt.Sprint(p.(map[string]any)["type"]) {
		case "string":
			out[name] = canary
		case "[array null]":
			out[name] = []string{canary}
		case "object":
			out[name] = map[string]string{canary: canary}
		case "number", "integer":
			out[name] = 1
		}
	}
	raw, _ := json.Marshal(out) // plain values marshal
	return string(raw)
}

func (c caller) raw(method, path, body string, header ...string) (int, http.Header, string) {
	c.t.Helper()
	r, err := http.NewRequest(method, c.url+path, strings.NewReader(body))
	must(c.t, err)
	r.Header.Set("Authorization", "Bearer "+c.token)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	must(c.t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	must(c.t, err)
	return resp.StatusCode, resp.Header, string(raw)
}

// TestADayThroughTheAPI reads and writes as an office's own program would.
func TestADayThroughTheAPI(t *testing.T) {
	a := start(t)
	c := a.everyPermission(t)
	status, h, task := c.call("POST", "/api/v1/viec", `{"title":"Việc mẫu","unit":"so","owner":"hung","due":"15wd"}`, "Idempotency-Key", "k1")
	if status != 201 || task["due"] != "2021-07-05" || h.Get("Etag") == "" || h.Get("RateLimit") == "" {
		t.Fatal(status, h, task)
	}
	_, _, again := c.call("POST", "/api/v1/viec", `{"title":"Việc mẫu","unit":"so","owner":"hung","due":"15wd"}`, "Idempotency-Key", "k1")
	if again["id"] != task["id"] {
		t.Errorf("the same key made %v and %v", task["id"], again["id"])
	}
	at := "/api/v1/viec/" + fmt.Sprint(task["id"])
	for path, body := range map[string]string{"/api/v1/viec": `{"title":"Việc khác","unit":"so","owner":"hung","due":"15wd"}`, at + "/progressed": `{"note":"x"}`, "/api/v1/moc-viec": `{"name":"x","unit":"so"}`} {
		head := a.Ledger.Head()
		if status, _, p := c.call("POST", path, body, "Idempotency-Key", "k1"); status != 422 || p["code"] != "ledger.key_other" || a.Ledger.Head() != head {
			t.Errorf("%s under the key of another request answers %d %v", path, status, p)
		}
	}
	if status, _, raw := c.raw("GET", at, "", "If-None-Match", h.Get("Etag")); status != 304 || raw != "" {
		t.Errorf("the version that is held answers %d %s", status, raw)
	}
	if status, _, p := c.call("POST", at+"/progressed", `{"note":"đã làm (mẫu)"}`, "If-Match", `"1"`); status != 409 {
		t.Errorf("a stale version answers %d %v", status, p)
	}
	if status, _, p := c.call("POST", at+"/progressed", `{"note":"đã làm (mẫu)"}`, "If-Match", h.Get("Etag")); status != 200 {
		t.Errorf("%d %v", status, p)
	}
	if status, _, d := c.call("GET", "/api/v1/lich/cong?from=2021-06-14&term=15wd", ""); status != 200 || d["due"] != "2021-07-05" || len(d["steps"].([]any)) < 15 {
		t.Errorf("%d %v", status, d)
	}
	if status, _, f := c.call("GET", "/api/v1/so-lieu/dossier.received?period=2021", ""); status != 200 || f["arising"] == nil {
		t.Errorf("%d %v", status, f)
	}
	if status, head, raw := c.raw("GET", "/api/v1/bao-cao/tong-ket-nam/2020/tai/docx", ""); status != 200 || !strings.HasPrefix(raw, "PK") || !strings.Contains(head.Get("Content-Type"), "wordprocessing") {
		t.Errorf("%d %v", status, head)
	}
	if status, _, p := c.call("POST", "/api/v1/viec", `{"titel":"x","unit":7}`, "Accept-Language", "en"); status != 422 || len(p["errors"].([]any)) < 2 || !strings.Contains(fmt.Sprint(p["detail"]), "body.") {
		t.Errorf("%d %v", status, p)
	}
}

// TestEveryListGoesOnByItsLink follows Link through all tasks: none twice, none lost.
func TestEveryListGoesOnByItsLink(t *testing.T) {
	a := start(t)
	c := a.everyPermission(t)
	seen := map[string]bool{}
	next := "/api/v1/viec?limit=1"
	for next != "" {
		status, h, d := c.call("GET", next, "")
		if status != 200 {
			t.Fatal(status, d)
		}
		for _, row := range d["items"].([]any) {
			code := fmt.Sprint(row.(map[string]any)["id"])
			if seen[code] {
				t.Errorf("%s stands twice", code)
			}
			seen[code] = true
		}
		next, _, _ = strings.Cut(strings.TrimPrefix(h.Get("Link"), "<"), ">")
	}
	_, total, err := a.Tasks.List(context.Background(), task.Filter{Reach: task.Reach{State: true}})
	must(t, err)
	if len(seen) != total || total < 3 {
		t.Errorf("%d of %d", len(seen), total)
	}
	_, _, first := c.call("GET", "/api/v1/viec?limit=1", "")
	if status, _, p := c.call("GET", "/api/v1/viec?limit=1&view=open&cursor="+url.QueryEscape(fmt.Sprint(first["next"])), ""); status != 422 || p["code"] != "api.bad_cursor" {
		t.Errorf("a cursor of another list answers %d %v", status, p)
	}
}

// TestNobodyKnowsWhatIsNotRecordedYet: a question as known beyond the ledger's end is refused on pages and by the API.
func TestNobodyKnowsWhatIsNotRecordedYet(t *testing.T) {
	a := start(t)
	r, c, head := a.reader(t, "khai"), a.everyPermission(t), a.Ledger.Head()
	for _, at := range []string{"/so-lieu?period=2021", "/so-lieu/dossier.received?period=2021", "/bao-cao/tong-ket-nam/2020?unit="} {
		if status, page := r.get(fmt.Sprint(at, "&known=", head+1000)); status != http.StatusUnprocessableEntity || !strings.Contains(page, "chưa có: sổ mới đến") {
			t.Errorf("%s: %d", at, status)
		}
		if status, _ := r.get(fmt.Sprint(at, "&known=", head)); status != http.StatusOK {
			t.Errorf("%s as known now: %d", at, status)
		}
		if status, _, p := c.call("GET", fmt.Sprint("/api/v1", at, "&known=", head+1000), ""); status != http.StatusUnprocessableEntity || p["code"] != "scope.beyond_head" {
			t.Errorf("%s: %d %v", at, status, p)
		}
	}
}
