package account

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"trucot/internal/engine/people"
	"trucot/internal/engine/people/accesslog"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/web"
)

// perPage is the lines of one page of the access log.
const perPage = 50

// LogLine is a line of the access log as readers see it.
type LogLine struct {
	accesslog.Entry
	When, Who, Word, Unit, Path string
}

// LogList is one page of the access log, also for the pages of administration.
type LogList struct {
	Lines      []LogLine
	Total      int
	Between    string
	Back, Next string
	Months     int
	Unsure     bool // the retention is still to be confirmed
	ShowWho    bool
}

// ReadLog reads the page of the access log that the request names by ?trang=.
func ReadLog(r *web.Request, log *accesslog.Log, who *people.People, f accesslog.Filter) (LogList, error) {
	page, _ := strconv.Atoi(r.Query("trang"))
	page = max(page, 1)
	f.Limit, f.Offset = perPage, (page-1)*perPage
	lines, total, err := log.List(r.Context(), f)
	if err != nil {
		return LogList{}, err
	}
	out := LogList{Total: total}
	for _, e := range lines {
		out.Lines = append(out.Lines, logLine(r, who, e))
	}
	if out.Months, out.Unsure, err = log.Retention(r.Today()); err != nil {
		return LogList{}, err
	}
	out.Between = r.T("account.between", "from", min(f.Offset+1, total), "to", f.Offset+len(lines), "n", total)
	if page > 1 {
		out.Back = pageAt(r, page-1)
	}
	if f.Offset+len(lines) < total {
		out.Next = pageAt(r, page+1)
	}
	return out, nil
}

func pageAt(r *web.Request, page int) string {
	q := r.URL.Query()
	q.Set("trang", strconv.Itoa(page))
	return r.URL.Path + "?" + q.Encode()
}

func logLine(r *web.Request, who *people.People, e accesslog.Entry) LogLine {
	l := LogLine{Entry: e, When: at(e.At), Who: who.AccountName(r.Context(), e.Account), Word: lang.Sentence(r.T("accesslog.what_" + e.What))}
	if e.Unit != "" {
		l.Unit = who.UnitName(r.Context(), e.Unit, r.Lang)
	}
	if code, ok := strings.CutPrefix(e.Subject, "dossier/"); ok {
		l.Path = "/ho-so/" + code
	}
	return l
}

// at is an instant for tables, in local time.
func at(t time.Time) string { return t.In(calendar.Zone).Format("15:04 02/01/2006") }

type accessPage struct {
	*web.View
	LogList
}

func (s *pages) access(r *web.Request) error {
	list, err := ReadLog(r, s.log, s.who, accesslog.Filter{Account: own(r)})
	if err != nil {
		return err
	}
	p := accessPage{r.View(r.T("account.access"), web.Crumb{Title: r.T("account.title"), Path: Path}), list}
	return r.Render(http.StatusOK, access(p))
}
