package app

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/web"
)

// undated are the pages for staff that are shown as they stand only, with why: ADR 0130 says more. What ends in * stands for all that begin so.
var undated = map[string]string{
	"/tai-khoan*":                 "one's own log-in",
	"/thong-bao*":                 "one's own notices, kept beside the ledger",
	"/tep*":                       "files; their history says when they came and went",
	"/tim":                        "leads to records as they stand",
	"/tim-kiem":                   "the index of records as they stand",
	"/so-cai*":                    "the events themselves, each with its day",
	"/so-lieu*":                   "figures have a cut-off of their own, asof",
	"/bao-cao":                    "frozen reports do not change",
	"/bao-cao/{regime}/*":         "reports have a cut-off of their own, asof",
	"/bao-cao/dot/moc":            "compares several cut-offs",
	"/bao-cao/dot/{id}/*":         "figures of a part at the cut-off of its campaign",
	"/sap-tre":                    "what is to be done now; the list of a day is /ho-so",
	"/so-theo-doi":                "a book from day to day",
	"/phi":                        "a book from day to day",
	"/chat-luong*":                "by period",
	"/quy-trinh*":                 "how dossiers went over a time",
	"/ho-so/{code}/xem":           "a part of the list of now",
	"/ho-so/{code}/phieu/{file}":  "papers, each issued on its day",
	"/hoi-dong/{id}/phieu":        "one's own ballot",
	"/hoi-nghi/{id}/man-hinh":     "the screen in the hall",
	"/hoi-nghi/{id}/tai-lieu.pdf": "the papers as one file, with attached ones",
	"/bien-tap*":                  "news have their versions",
	"/tin-tuc/tu-kiem-tra":        "what the portal lacks now",
}

// TestEveryPageIsDatedOrSaysWhyNot walks the route table: a page that staff may open without changing anything can be seen as of a day, or is
// listed with the reason.
func TestEveryPageIsDatedOrSaysWhyNot(t *testing.T) {
	a, err := Open(t.Context(), Options{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	used, seen := map[string]bool{}, map[string]bool{}
	for _, rt := range a.Site(t.Context(), SiteOptions{}).Routes() {
		seen[rt.Pattern] = true
		machine := strings.HasPrefix(rt.Pattern, "/api") || strings.HasPrefix(rt.Pattern, "/ledger/")
		if rt.Method != http.MethodGet || machine || rt.Permission == web.Public || rt.Permission != web.SignedIn && !people.Looks(rt.Permission) {
			continue
		}
		why := reason(rt.Pattern)
		used[why] = true
		if a.Keeps(rt.Pattern) == (why != "") {
			t.Errorf("%s: can be seen as of a day %v, listed as one that cannot %v", rt.Pattern, a.Keeps(rt.Pattern), why != "")
		}
	}
	for listed := range undated {
		if !used[listed] {
			t.Errorf("no page of %s is left", listed)
		}
	}
	for _, pattern := range append(slices.Clone(daysThemselves), pagesOf(pastPages)...) {
		if !seen[pattern] {
			t.Errorf("there is no route %s", pattern)
		}
	}
}

// reason is the line of undated that a pattern falls under, "" for none.
func reason(pattern string) string {
	for listed := range undated {
		if start, all := strings.CutSuffix(listed, "*"); pattern == listed || all && strings.HasPrefix(pattern, start) && !slices.Contains(pagesOf(pastPages), pattern) {
			return listed
		}
	}
	return ""
}

func pagesOf(m map[string][]string) (out []string) {
	for page := range m {
		out = append(out, page)
	}
	return out
}
