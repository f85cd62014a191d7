package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"reflect"

	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
)

// What papers are made of.
const (
	docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	pdf  = "application/pdf"
	csv  = "text/csv"
	all  = "*/*"
)

// paperOps are the operations that give a paper or a workbook as the page gives it.
func (s *service) paperOps() []operation {
	return []operation{
		paper[reportPaper](s, "report-file", "/bao-cao/{regime}/{period}/tai/{kind}", docx, pdf, xlsx),
		paper[campaignPaper](s, "campaign-file", "/bao-cao/dot/{id}/tai/{kind}", docx, pdf, xlsx, "application/json"),
		paper[OnePart](s, "campaign-part-form", "/bao-cao/dot/{id}/phan/{unit}/mau.xlsx", xlsx),
		op("dossier-papers", http.MethodGet, "/ho-so/{code}/phieu", people.ReadDossiers, s.dossierPapers),
		paper[dossierPaper](s, "dossier-paper", "/ho-so/{code}/phieu/{file}", docx, pdf),
		paper[dossierBook](s, "dossier-export", "/ho-so/xuat", xlsx, csv),
		paper[credentialBook](s, "credential-export", "/giay-phep/xuat", xlsx),
		paper[taskBook](s, "task-export", "/viec/xuat", xlsx),
		paper[baselineBook](s, "baseline-export", "/moc-viec/{id}/xuat", xlsx),
		paper[schedulePaper](s, "schedule-sheet", "/lich-cong-tac/tai", docx),
		paper[councilPaper](s, "council-paper", "/hoi-dong/{id}/tai/{paper}", docx),
		paper[commendationPaper](s, "commendation-paper", "/khen-thuong/ho-so/{id}/tai/{paper}", docx),
		paper[conferencePaper](s, "conference-paper", "/hoi-nghi/{id}/tai/{paper}", docx),
		paper[OneConference](s, "conference-pack-file", "/hoi-nghi/{id}/tai-lieu.pdf", pdf),
		paper[OneConference](s, "conference-invitations", "/hoi-nghi/{id}/giay-moi.pdf", pdf),
		paper[guestPaper](s, "conference-invitation", "/hoi-nghi/{id}/dai-bieu/{n}/giay-moi.docx", docx),
		paper[articlePicture](s, "article-picture-file", "/bien-tap/{id}/anh/{file}", all),
		paper[onePartyRecord](s, "party-record-paper", "/dang/so/{loai}/{id}/docx", docx),
		paper[honourPaper](s, "party-certificate", "/dang/so/{loai}/{id}/giay-khen/{n}", docx),
		paper[badgePaper](s, "party-badges-paper", "/dang/huy-hieu/docx", docx),
		paper[congressPaper](s, "party-congress-paper", "/dang/dai-hoi/{id}/docx/{giay}", docx),
		paper[planPaper](s, "party-plan-paper", "/dang/quy-hoach/{id}/docx/{giay}", docx),
	}
}

// Where a parameter has another name on the page, "page" is that.

type reportPaper struct {
	OneReport
	Kind string `path:"kind" enum:"docx,pdf,xlsx"`
	View string `query:"xem" enum:"chot"`
}

type campaignPaper struct {
	OneCampaign
	Kind string `path:"kind" enum:"docx,pdf,xlsx,goi"`
}

type dossierPaper struct {
	OneDossier
	File string `path:"file" pattern:"^[a-z0-9_-]+\\.(docx|pdf)$" example:"tiep-nhan.pdf"`
}

type dossierBook struct {
	View      string `query:"xem" enum:"open,mine,soon,late,waiting,unassigned,done,all" default:"open"`
	Unit      string `query:"don-vi" maxLength:"100"`
	Procedure string `query:"thu-tuc" maxLength:"100"`
	Status    string `query:"trang-thai" maxLength:"100"`
	Assignee  string `query:"nguoi" maxLength:"100"`
	Priority  string `query:"uu-tien" enum:"urgent,high,normal,low"`
	Label     string `query:"nhan-viec" maxLength:"100"`
	Day       string `query:"ngay" format:"date"`
	Text      string `query:"q" maxLength:"200"`
	Format    string `query:"dinh-dang" enum:"xlsx,csv" default:"xlsx"`
}

type credentialBook struct {
	View      string `query:"view" page:"xem" enum:"valid,expiring,late,expired,ended,all" default:"all"`
	Procedure string `query:"procedure" page:"thu-tuc" maxLength:"100"`
	Text      string `query:"q" maxLength:"200"`
}

type taskBook struct {
	View      string `query:"view" page:"xem" enum:"mine,unit,given,open,overdue,in_term,unconfirmed,done,done_on_time,done_late,all" default:"all"`
	Unit      string `query:"unit" page:"don-vi" maxLength:"100"`
	Directive string `query:"directive" page:"van-ban" maxLength:"100"`
	Priority  string `query:"priority" page:"uu-tien" enum:"urgent,high,normal,low"`
	Label     string `query:"label" page:"nhan-viec" maxLength:"100"`
	Text      string `query:"q" maxLength:"200"`
	AsOf      string `query:"asof" page:"ngay" format:"date"`
}

type baselineBook struct {
	ID string `path:"id" maxLength:"100"`
}

type schedulePaper struct {
	Week string `query:"week" page:"tuan" maxLength:"20" example:"2026-W10"`
	Side string `query:"side" page:"ben" enum:"state,party" default:"state"`
}

type councilPaper struct {
	OneCouncil
	Paper string `path:"paper" enum:"kiem-phieu,bien-ban,ket-qua"`
}

type commendationPaper struct {
	OneNomination
	Paper string `path:"paper" enum:"bao-cao,to-trinh,quyet-dinh,bang,danh-sach"`
}

type conferencePaper struct {
	OneConference
	Paper string `path:"paper" enum:"chuong-trinh,danh-sach-dai-bieu,bien-ban,thong-bao-ket-luan,danh-sach-cam-on"`
}

type guestPaper struct {
	OneConference
	N int `path:"n" minimum:"1"`
}

type honourPaper struct {
	Kind string `path:"loai" maxLength:"100" example:"khen-thuong"`
	ID   string `path:"id" maxLength:"100"`
	N    int    `path:"n" minimum:"1"`
}

type articlePicture struct {
	ID   string `path:"id" maxLength:"100"`
	File string `path:"file" maxLength:"100"`
}

type badgePaper struct {
	On string `query:"on" page:"dot" format:"date"`
}

type congressPaper struct {
	OnePartyFile
	Paper string `path:"giay" enum:"danh-sach,bao-cao"`
}

type planPaper struct {
	OnePartyFile
	Paper string `path:"giay" enum:"danh-sach"`
}

// sheet is a paper as it goes out; its tag is the sum of its content.
type sheet struct {
	Status      int
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	ETag        string `header:"ETag"`
	Body        []byte
}

// paper is the operation that gives a file of a page: the page's own address below Base, its permission and its handler, which asks
// for the same row's reach. A file is whole before its first byte goes out, so that what goes wrong is a problem and no half file.
func paper[I any](s *service, id, pattern string, types ...string) operation {
	rt := s.Pages[pattern]
	o := op(id, http.MethodGet, pattern, rt.Permission, func(r *web.Request, in *I) (*sheet, error) {
		out, err := drawn(r, rt.Handler, pageQuery(reflect.ValueOf(in).Elem()))
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(out.Body)
		as, err := tagged(r, `"`+hex.EncodeToString(sum[:16])+`"`, out.Body)
		if err != nil {
			return nil, err
		}
		out.Status, out.ETag = as.Status, as.ETag
		return out, nil
	})
	o.media = types
	return o
}

// pageQuery are the parameters of a request under the names that the page has for them.
func pageQuery(in reflect.Value) url.Values {
	out := url.Values{}
	for i := range in.NumField() {
		f := in.Type().Field(i)
		if f.Anonymous {
			for name, said := range pageQuery(in.Field(i)) {
				out[name] = said
			}
			continue
		}
		name := f.Tag.Get("page")
		if name == "" {
			name = f.Tag.Get("query")
		}
		if name != "" && !in.Field(i).IsZero() {
			out.Set(name, fmt.Sprint(in.Field(i).Interface()))
		}
	}
	return out
}

// held is what a handler answers, kept back.
type held struct {
	header http.Header
	bytes.Buffer
}

// Header and WriteHeader make it an http.ResponseWriter; a page's handler of a file says no other status than 200.
func (h *held) Header() http.Header { return h.header }

func (*held) WriteHeader(int) {}

// drawn has a page's handler answer a question.
func drawn(r *web.Request, handle web.Handler, q url.Values) (*sheet, error) {
	request, w, h := r.Request, r.W, &held{header: http.Header{}}
	asked := *request.URL
	asked.RawQuery = q.Encode()
	r.Request = request.Clone(request.Context())
	r.URL, r.W = &asked, h
	r.Header.Del("Range")
	r.Header.Del("If-None-Match")
	err := handle(r)
	r.Request, r.W = request, w
	if err != nil {
		return nil, err
	}
	return &sheet{ContentType: h.header.Get("Content-Type"), Disposition: h.header.Get("Content-Disposition"), Body: h.Bytes()}, nil
}

// DossierPaper is a paper that a dossier has as it stands: file names it in dossier-paper.
type DossierPaper struct {
	ID     string            `json:"id" example:"tiep-nhan"`
	Title  map[string]string `json:"title"`
	Files  []string          `json:"files" example:"[\"tiep-nhan.docx\",\"tiep-nhan.pdf\"]"`
	Draft  bool              `json:"draft"`            // nothing has issued it
	Number string            `json:"number,omitempty"` // with its symbol, once it has one
	On     calendar.Date     `json:"on"`               // of the number
	Verify bool              `json:"verify"`           // the words of its form are not verified
}

func (s *service) dossierPapers(r *web.Request, in *OneDossier) (*reply[[]DossierPaper], error) {
	d, err := s.DossierAPI.Get(r, in.Code)
	if err != nil {
		return nil, err
	}
	all, err := s.Desk.Papers(r.Context(), d)
	if err != nil {
		return nil, err
	}
	out := []DossierPaper{}
	for _, p := range all {
		one := DossierPaper{ID: p.ID, Title: words(p.Title), Files: []string{p.ID + ".docx", p.ID + ".pdf"}, Draft: p.Draft, Verify: p.Verify, On: calendar.NoDate}
		if p.Given != nil {
			one.Number, one.On = p.Given.Number, p.Given.On
		}
		out = append(out, one)
	}
	return summed(r, out)
}
