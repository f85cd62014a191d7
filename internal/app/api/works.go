package api

import (
	"net/http"
	"net/url"

	"trucot/internal/app/page/campaigns"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/web"
	"trucot/internal/room/report/campaign"
)

// The bodies of the operations on the book of work, conferences, campaigns and news that do what a page's form does.

type work struct {
	Kind    string             `json:"kind" form:"loai" minLength:"1" maxLength:"100" example:"inspection"`
	Unit    string             `json:"unit" form:"don-vi" minLength:"1" maxLength:"100" example:"qlcn"`
	On      string             `json:"on" form:"ngay" format:"date"`
	Title   string             `json:"title" form:"noi-dung" minLength:"1" maxLength:"2000"`
	Amounts map[string]float64 `json:"amounts,omitempty" form:"luong"`
}

// changedWork is the whole entry anew, or with "rut" only the reason why it is taken back.
type changedWork struct {
	Do      string             `json:"do,omitempty" form:"viec" enum:"sua,rut"`
	Reason  string             `json:"reason" form:"ly-do" minLength:"1" maxLength:"1000"`
	Unit    string             `json:"unit,omitempty" form:"don-vi" maxLength:"100" example:"qlcn"`
	On      string             `json:"on,omitempty" form:"ngay" format:"date"`
	Title   string             `json:"title,omitempty" form:"noi-dung" maxLength:"2000"`
	Amounts map[string]float64 `json:"amounts,omitempty" form:"luong"`
}

// figureValue is one value that only people know. Value is written as offices write it, 1.234,5.
type figureValue struct {
	Indicator string `json:"indicator" minLength:"1" maxLength:"200"`
	Unit      string `json:"unit" minLength:"1" maxLength:"100" example:"so"`
	Period    string `json:"period" minLength:"1" maxLength:"30" example:"2026"`
	Role      string `json:"role" enum:"actual,estimate,target"`
	Value     string `json:"value" maxLength:"40" example:"1.234,5"`
}

func (f figureValue) fill(in url.Values) {
	in.Set("don-vi", f.Unit)
	in.Set("ky", f.Period)
	in.Set(f.Role+"."+f.Indicator, f.Value)
}

// conferenceForms are the operations of a conference's pages.
func (s *service) conferenceForms() []operation {
	const one = "/hoi-nghi/{id}"
	return []operation{
		alters[programme](s, "conference-programme", one+"/chuong-trinh"),
		alters[begunItem](s, "conference-item", one+"/muc"),
		makes[invitees](s, "conference-invite", one+"/dai-bieu"),
		alters[guestStep](s, "conference-guest", one+"/dai-bieu/{n}/{what}"),
		alters[talkStep](s, "conference-talk", one+"/phat-bieu/{n}/{what}"),
		alters[packParts](s, "conference-pack", one+"/tai-lieu"),
		alters[thanks](s, "conference-thank", one+"/cam-on"),
		alters[photoWords](s, "conference-photo", one+"/anh"),
		makes[struct{}](s, "conference-news", one+"/tin"),
	}
}

// programme is the sessions after the first, and the items of all of them.
type programme struct {
	Sessions []laterSession  `json:"sessions,omitempty" maxItems:"50"`
	Items    []programmeItem `json:"items" maxItems:"200"`
}

type laterSession struct {
	Day   string `json:"day" form:"buoi-ngay" format:"date"`
	Start string `json:"start" form:"buoi-gio" maxLength:"10" example:"13:30"`
}

type programmeItem struct {
	What    string `json:"what" form:"noi-dung" minLength:"1" maxLength:"300"`
	Who     string `json:"who,omitempty" form:"nguoi" maxLength:"300"`
	Minutes int    `json:"minutes" form:"phut" minimum:"1"`
	Session int    `json:"session,omitempty" form:"buoi" minimum:"0"` // from 0, the first
}

type begunItem struct {
	Item int `json:"item" form:"muc" minimum:"1"`
}

// invitees are holders of posts as "<person> <unit>", whole units, and one guest from outside.
type invitees struct {
	Posts     []string `json:"posts,omitempty" form:"chuc-danh" maxItems:"1000" example:"p-hung qlcn"`
	Units     []string `json:"units,omitempty" form:"ca-don-vi" maxItems:"500"`
	Role      string   `json:"role,omitempty" form:"vai-tro" maxLength:"40"`
	Name      string   `json:"name,omitempty" form:"khach-ten" maxLength:"200"`
	Post      string   `json:"post,omitempty" form:"khach-chuc-danh" maxLength:"300"`
	Body      string   `json:"body,omitempty" form:"khach-co-quan" maxLength:"300"`
	GuestRole string   `json:"guest_role,omitempty" form:"khach-vai-tro" maxLength:"40"`
}

// guestStep is what any step with a guest says.
type guestStep struct {
	Role       string `json:"role,omitempty" form:"vai-tro" maxLength:"40"`
	Reply      string `json:"reply,omitempty" form:"tra-loi" maxLength:"40"`
	Why        string `json:"why,omitempty" form:"ly-do" maxLength:"1000"`
	Session    int    `json:"session,omitempty" form:"buoi" minimum:"0"` // of a check-in taken back
	Substitute string `json:"substitute,omitempty" form:"nguoi-thay" maxLength:"200"`
	Post       string `json:"post,omitempty" form:"chuc-danh-thay" maxLength:"300"`
}

// talkStep is what any step with a speech or question says.
type talkStep struct {
	Order   int    `json:"order,omitempty" form:"thu-tu"`
	Minutes int    `json:"minutes,omitempty" form:"phut"`
	Summary string `json:"summary,omitempty" form:"tom-tat" maxLength:"4000"`
	Who     string `json:"who,omitempty" form:"nguoi" maxLength:"300"`
	Answer  string `json:"answer,omitempty" form:"tra-loi" maxLength:"4000"`
}

type packParts struct {
	Parts []string `json:"parts" form:"phan" maxItems:"200"`
}

type thanks struct {
	Thanks []thanksLine `json:"thanks" maxItems:"200"`
}

type thanksLine struct {
	Who    string `json:"who" form:"ai" minLength:"1" maxLength:"300"`
	Reason string `json:"reason" form:"ly-do" maxLength:"300"`
}

type photoWords struct {
	File    string   `json:"file" form:"tep" minLength:"1" maxLength:"100"`
	Caption string   `json:"caption,omitempty" form:"chu-thich" maxLength:"500"`
	People  []string `json:"people,omitempty" form:"nguoi,commas" maxItems:"100"`
	Records []string `json:"records,omitempty" form:"ho-so,commas" maxItems:"100"`
}

// campaignForms are the operations of a campaign's pages.
func (s *service) campaignForms() []operation {
	const part = "/bao-cao/dot/{id}/phan/{unit}"
	book := op("campaign-part-import", http.MethodPost, part+"/nhap", people.FillParts, s.importPart)
	join := op("campaign-join", http.MethodPost, "/bao-cao/dot/goi", people.RunCampaigns, s.joinPackages)
	book.maxBody, join.maxBody = maxBook, 2*maxBook // packages come in base64
	return []operation{
		alters[partFigures](s, "campaign-part-save", part+"/luu"),
		alters[campaignStep](s, "campaign-act", "/bao-cao/dot/{id}/buoc/{step}"),
		book, join,
	}
}

// maxBook bounds a workbook or package, in bytes.
const maxBook = 16 << 20

// partFigures is a unit's whole part, by the id of the figure. Claims are records, parted by commas.
type partFigures struct {
	Actual      map[string]float64 `json:"actual,omitempty" form:"so"`
	Estimate    map[string]float64 `json:"estimate,omitempty" form:"uoc"`
	Why         map[string]string  `json:"why,omitempty" form:"gt"`
	Claims      map[string]string  `json:"claims,omitempty" form:"ghi"`
	Limitations string             `json:"limitations,omitempty" form:"han-che" maxLength:"10000"`
	Causes      string             `json:"causes,omitempty" form:"nguyen-nhan" maxLength:"10000"`
}

// campaignStep is what any step of a campaign says; each step reads its own part.
type campaignStep struct {
	Section string   `json:"section,omitempty" form:"muc" maxLength:"100"`
	Text    string   `json:"text,omitempty" form:"noi-dung" maxLength:"20000"`
	Record  string   `json:"record,omitempty" form:"ban-ghi" maxLength:"200"`
	Figure  string   `json:"figure,omitempty" form:"chi-tieu" maxLength:"200"` // whose gap is explained
	Units   []string `json:"units,omitempty" form:"don-vi" maxItems:"2000"`
	Reason  string   `json:"reason,omitempty" form:"ly-do" maxLength:"4000"`
	Due     string   `json:"due,omitempty" form:"han" format:"date"`
	Comment string   `json:"comment,omitempty" form:"y-kien" maxLength:"4000"`
	Number  string   `json:"number,omitempty" form:"so" maxLength:"100"` // of the comment answered, or of the report issued
	Answer  string   `json:"answer,omitempty" form:"tra-loi" maxLength:"4000"`
	Missing string   `json:"missing,omitempty" form:"con-thieu" maxLength:"4000"`
}

type partBook struct {
	Versioned
	OnePart
	Name    string `query:"name" required:"true" maxLength:"300" example:"qlcn.xlsx"`
	RawBody []byte `contentType:"application/octet-stream"`
}

// importPart takes a filled-in workbook.
func (s *service) importPart(r *web.Request, in *partBook) (*reply[Done], error) {
	if _, _, err := campaigns.GetPart(r, s.Campaigns, in.ID, in.Unit); err != nil {
		return nil, err
	}
	if err := r.Require(people.FillParts, in.Unit); err != nil {
		return nil, err
	}
	return s.done(r, in.Versioned, func() (string, error) {
		_, err := s.Campaigns.Import(r.Context(), in.ID, in.Unit, in.Name, in.RawBody, campaign.By{Actor: r.Actor()})
		return campaigns.PartPath(in.ID, in.Unit), err
	})
}

type joining struct {
	Body struct {
		Keys     []string `json:"keys" maxItems:"200" doc:"keys of the installations that are trusted"`
		Packages []struct {
			Name    string `json:"name" maxLength:"300"`
			Content []byte `json:"content"`
		} `json:"packages" minItems:"1" maxItems:"200"`
	}
}

// joinPackages verifies packages and sets them side by side; nothing is kept.
func (s *service) joinPackages(_ *web.Request, in *joining) (*reply[[]campaign.Joined], error) {
	var all []*campaign.Package
	for _, p := range in.Body.Packages {
		one, err := campaign.OpenPackage(p.Name, p.Content, in.Body.Keys)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	joined, err := campaign.Join(all)
	if err != nil {
		return nil, err
	}
	return ok(joined)
}
