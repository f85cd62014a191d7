package api

// The bodies of the operations that do what a page's form does; "form" names the form's field.

func (s *service) formOps() []operation {
	return []operation{
		alters[giving](s, "dossier-give", "/ho-so/{code}/chuyen"),
		alters[moving](s, "dossier-move", "/ho-so/{code}/don-vi"),
		alters[marking](s, "dossier-mark", "/ho-so/{code}/danh-dau"),
		alters[marking](s, "task-mark", "/viec/{id}/danh-dau"),
		makes[remark](s, "dossier-comment", "/ho-so/{code}/nhan-xet"),
		makes[linking](s, "dossier-link", "/ho-so/{code}/lien-ket"),
		makes[issuing](s, "dossier-issue", "/ho-so/{code}/phat-hanh"),
		makes[asking](s, "dossier-ask-opinion", "/ho-so/{code}/y-kien"),
		alters[answering](s, "dossier-answer-opinion", "/ho-so/{code}/y-kien/{n}"),
		makes[ending](s, "credential-end", "/giay-phep/cham-dut"),
		makes[founding](s, "council-form", "/hoi-dong"),
		alters[councilStep](s, "council-act", "/hoi-dong/{id}/{step}"),
		makes[appointment](s, "schedule-enter", "/lich-cong-tac"),
		alters[changedAppointment](s, "schedule-change", "/lich-cong-tac/muc/{id}"),
		makes[publishing](s, "schedule-publish", "/lich-cong-tac/cong-bo"),
		makes[plan](s, "baseline-freeze", "/moc-viec"),
		makes[movement](s, "commendation-movement", "/khen-thuong/phong-trao"),
		makes[proposal](s, "commendation-propose", "/khen-thuong/ho-so"),
		alters[nominationStep](s, "commendation-act", "/khen-thuong/buoc"),
		alters[achievements](s, "commendation-achievements", "/khen-thuong/ho-so/{id}/thanh-tich"),
		alters[opinion](s, "commendation-opinion", "/khen-thuong/ho-so/{id}/y-kien"),
		makes[merit](s, "commendation-record", "/khen-thuong/ca-nhan/{id}/{what}"),
		makes[repair](s, "report-repair", "/bao-cao/{regime}/{period}/han-che/{position}"),
		alters[withdrawal](s, "file-withdraw", "/tep/{file}/rut"),
		deed[wordless](s, "upload-drop", "/tai-len/{upload}/bo"),
		makes[work](s, "activity-enter", "/so-viec"),
		alters[changedWork](s, "activity-change", "/so-viec/{id}"),
		makes[figureValue](s, "figure-set", "/so-viec/so-lieu"),
	}
}

type giving struct {
	To   string `json:"to,omitempty" form:"giao" maxLength:"100"` // "" = nobody
	Note string `json:"note,omitempty" form:"ghi-chu" maxLength:"4000"`
}

// moving gives a dossier to another unit, from a day that may be past.
type moving struct {
	Unit   string `json:"unit" form:"don-vi" minLength:"1" maxLength:"100" example:"qlcn"`
	Reason string `json:"reason" form:"ly-do" minLength:"1" maxLength:"4000"`
	To     string `json:"to,omitempty" form:"giao" maxLength:"100"` // "" = the unit shares it out itself
	On     string `json:"on,omitempty" form:"ngay" format:"date"`
}

// marking sets the priority and all labels, or adds and removes some; what is left out stays.
type marking struct {
	Priority string   `json:"priority,omitempty" form:"uu-tien" enum:"urgent,high,normal,low"`
	Labels   []string `json:"labels,omitempty" form:"nhan" maxItems:"8"`
	Add      []string `json:"add,omitempty" form:"them-nhan" maxItems:"8"`
	Remove   []string `json:"remove,omitempty" form:"bo-nhan" maxItems:"8"`
}

type remark struct {
	Text string `json:"text" form:"y-kien" minLength:"1" maxLength:"4000" example:"Nhờ @lan xem giúp (mẫu)"`
}

type linking struct {
	Dossier string `json:"dossier" form:"ho-so" minLength:"1" maxLength:"100"`
	Note    string `json:"note,omitempty" form:"ghi-chu" maxLength:"500"`
	Remove  bool   `json:"remove,omitempty" form:"go"`
}

type issuing struct {
	Paper   string `json:"paper" form:"giay" minLength:"1" maxLength:"100" example:"tiep-nhan"`
	Signer  string `json:"signer,omitempty" form:"nguoi-ky" maxLength:"100"`
	Mandate bool   `json:"mandate,omitempty" form:"uy-quyen"`
	On      string `json:"on,omitempty" form:"ngay" format:"date"`
}

type asking struct {
	Agency   string `json:"agency" form:"co-quan" minLength:"1" maxLength:"500"`
	Question string `json:"question" form:"noi-dung" minLength:"1" maxLength:"4000"`
	Due      string `json:"due" form:"han" format:"date"`
}

type answering struct {
	Answer string `json:"answer" form:"tra-loi" minLength:"1" maxLength:"4000"`
	On     string `json:"on,omitempty" form:"ngay" format:"date"`
}

type ending struct {
	Procedure string `json:"procedure" form:"thu-tuc" minLength:"1" maxLength:"100"`
	Number    string `json:"number" form:"so" minLength:"1" maxLength:"200"`
	Reason    string `json:"reason" form:"ly-do" minLength:"1" maxLength:"100"`
	On        string `json:"on,omitempty" form:"ngay" format:"date"`
	Note      string `json:"note,omitempty" form:"ghi-chu" maxLength:"4000"`
}

type founding struct {
	Dossier   string   `json:"dossier,omitempty" form:"ho-so" maxLength:"100"`
	Rule      string   `json:"rule" form:"loai" minLength:"1" maxLength:"200" example:"sang_kien"`
	Variant   string   `json:"variant,omitempty" form:"bang-diem" maxLength:"100"`
	Title     string   `json:"title,omitempty" form:"ten" maxLength:"500"`
	Unit      string   `json:"unit,omitempty" form:"don-vi" maxLength:"100"`
	Decision  string   `json:"decision" form:"quyet-dinh" maxLength:"200"`
	Secretary string   `json:"secretary" form:"thu-ky" maxLength:"100"`
	Files     []string `json:"files,omitempty" form:"danh-sach,lines" maxItems:"500"`
}

// councilStep is what any step of a council says; each step reads its own part.
type councilStep struct {
	Account    string            `json:"account,omitempty" form:"tai-khoan" maxLength:"100"`
	Seat       string            `json:"seat,omitempty" form:"vi-tri" maxLength:"100"`
	Workplace  string            `json:"workplace,omitempty" form:"noi-cong-tac" maxLength:"500"`
	Reason     string            `json:"reason,omitempty" form:"ly-do" maxLength:"4000"`
	Conflicts  []string          `json:"conflicts,omitempty" form:"truong-hop" maxItems:"50"`
	On         string            `json:"on,omitempty" form:"ngay" format:"date"`
	Place      string            `json:"place,omitempty" form:"dia-diem" maxLength:"500"`
	Papers     []string          `json:"papers,omitempty" form:"tai-lieu,lines" maxItems:"100"`
	Question   string            `json:"question,omitempty" form:"cau-hoi" maxLength:"4000"`
	Number     int               `json:"number,omitempty" form:"so"` // of the question
	Answer     string            `json:"answer,omitempty" form:"tra-loi" maxLength:"4000"`
	Roll       map[string]string `json:"roll,omitempty" form:"co-mat"` // account → co, van-ban or vang
	Tellers    []string          `json:"tellers,omitempty" form:"kiem-phieu" maxItems:"20"`
	Files      []markedFile      `json:"files,omitempty" maxItems:"500"`
	Conclusion string            `json:"conclusion,omitempty" form:"ket-luan" maxLength:"10000"`
	Born       string            `json:"born,omitempty" form:"ngay-sinh" format:"date"` // of the member
	Identity   string            `json:"identity,omitempty" form:"so-dinh-danh" maxLength:"20"`
	Chosen     string            `json:"chosen,omitempty" form:"ho-so" maxLength:"10"` // of equal first files
	Decision   string            `json:"decision,omitempty" form:"quyet-dinh" maxLength:"200"`
}

type markedFile struct {
	ID       string            `json:"id,omitempty" form:"ma" maxLength:"10"` // of one that is there already
	Label    string            `json:"label" form:"ten" maxLength:"500"`
	Bonus    bool              `json:"bonus,omitempty" form:"cong"`
	Forced   bool              `json:"forced,omitempty" form:"ep"`
	Facts    map[string]string `json:"facts,omitempty" form:"so"`
	Partners []string          `json:"partners,omitempty" form:"doi-tac,lines" maxItems:"50"`
	People   []string          `json:"people,omitempty" form:"nguoi,lines" maxItems:"100" example:"Nguyễn Văn Mẫu; 14/6/1980; 001080000001"`
	Own      map[string]string `json:"own,omitempty" form:"qd"` // bonus, forced, bars or a tie-break, where it differs from the records
	Reason   string            `json:"reason,omitempty" form:"ly-do" maxLength:"1000"`
}

type appointment struct {
	Unit      string   `json:"unit" form:"don-vi" minLength:"1" maxLength:"100" example:"so"`
	On        string   `json:"on" form:"ngay" format:"date"`
	Start     string   `json:"start,omitempty" form:"tu" maxLength:"5" example:"08:00"`
	End       string   `json:"end,omitempty" form:"den" maxLength:"5" example:"09:30"`
	Content   string   `json:"content" form:"noi-dung" minLength:"1" maxLength:"2000"`
	Place     string   `json:"place,omitempty" form:"noi" maxLength:"500"`
	Chair     string   `json:"chair,omitempty" form:"chu-tri" maxLength:"100"`
	People    []string `json:"people,omitempty" form:"nguoi" maxItems:"200"`
	Units     []string `json:"units,omitempty" form:"thanh-phan" maxItems:"200"`
	Others    string   `json:"others,omitempty" form:"khac" maxLength:"2000"`
	Prepares  string   `json:"prepares,omitempty" form:"chuan-bi" maxLength:"2000"`
	Materials string   `json:"materials,omitempty" form:"tai-lieu" maxLength:"2000"`
}

// changedAppointment is the whole item anew, or with "huy" only the reason why it is cancelled.
type changedAppointment struct {
	Do        string   `json:"do,omitempty" form:"viec" enum:"sua,huy"`
	Reason    string   `json:"reason,omitempty" form:"ly-do" maxLength:"2000"`
	Unit      string   `json:"unit,omitempty" form:"don-vi" maxLength:"100" example:"so"`
	On        string   `json:"on,omitempty" form:"ngay" format:"date"`
	Start     string   `json:"start,omitempty" form:"tu" maxLength:"5" example:"08:00"`
	End       string   `json:"end,omitempty" form:"den" maxLength:"5" example:"09:30"`
	Content   string   `json:"content,omitempty" form:"noi-dung" maxLength:"2000"`
	Place     string   `json:"place,omitempty" form:"noi" maxLength:"500"`
	Chair     string   `json:"chair,omitempty" form:"chu-tri" maxLength:"100"`
	People    []string `json:"people,omitempty" form:"nguoi" maxItems:"200"`
	Units     []string `json:"units,omitempty" form:"thanh-phan" maxItems:"200"`
	Others    string   `json:"others,omitempty" form:"khac" maxLength:"2000"`
	Prepares  string   `json:"prepares,omitempty" form:"chuan-bi" maxLength:"2000"`
	Materials string   `json:"materials,omitempty" form:"tai-lieu" maxLength:"2000"`
}

type publishing struct {
	Unit string `json:"unit" form:"don-vi" minLength:"1" maxLength:"100" example:"so"`
	Week string `json:"week" form:"tuan" minLength:"1" maxLength:"20" example:"2026-W10"`
}

type plan struct {
	Name      string `json:"name" form:"ten" minLength:"1" maxLength:"500"`
	Unit      string `json:"unit" form:"don-vi" minLength:"1" maxLength:"100" example:"so"`
	Directive string `json:"directive,omitempty" form:"van-ban" maxLength:"100"`
}

type movement struct {
	Year  int    `json:"year" form:"nam" example:"2026"`
	Title string `json:"title" form:"ten" minLength:"1" maxLength:"300"`
	From  string `json:"from" form:"tu" format:"date"`
	To    string `json:"to" form:"den" format:"date"`
	Basis string `json:"basis,omitempty" form:"can-cu" maxLength:"200"`
}

type proposal struct {
	Year     int      `json:"year" form:"nam" example:"2026"`
	Award    string   `json:"award" form:"danh-hieu" minLength:"1" maxLength:"100"`
	Subjects []string `json:"subjects" form:"nguoi" minItems:"1" maxItems:"1000"`
	Occasion string   `json:"occasion,omitempty" form:"dip" maxLength:"100"`
	Report   string   `json:"report,omitempty" form:"bao-cao" maxLength:"10000"`
}

type nominationStep struct {
	Step        string   `json:"step" form:"buoc" minLength:"1" maxLength:"100"`
	Nominations []string `json:"nominations" form:"ho-so" minItems:"1" maxItems:"1000"`
	On          string   `json:"on,omitempty" form:"ngay" format:"date"`
	Decision    string   `json:"decision,omitempty" form:"so" maxLength:"60"`
	Reason      string   `json:"reason,omitempty" form:"ly-do" maxLength:"500"`
	How         string   `json:"how,omitempty" form:"cach" maxLength:"40" example:"annul"` // an award is taken back
}

// merit is anything that is recorded about a person or unit; each kind reads its own part.
type merit struct {
	Year     int    `json:"year" form:"nam" example:"2026"`
	Class    string `json:"class,omitempty" form:"muc" maxLength:"100"`
	Kind     string `json:"kind,omitempty" form:"loai" maxLength:"100"`
	Scope    string `json:"scope,omitempty" form:"pham-vi" maxLength:"100"`
	Title    string `json:"title,omitempty" form:"ten" maxLength:"300"`
	Basis    string `json:"basis,omitempty" form:"can-cu" maxLength:"200"`
	Code     string `json:"code,omitempty" form:"ma" maxLength:"60"`
	Award    string `json:"award,omitempty" form:"danh-hieu" maxLength:"100"`
	Decision string `json:"decision,omitempty" form:"so" maxLength:"60"`
	Movement string `json:"movement,omitempty" form:"phong-trao" maxLength:"100"`
	From     string `json:"from,omitempty" form:"tu" format:"date"`
	Note     string `json:"note,omitempty" form:"ghi-chu" maxLength:"300"`
	Case     string `json:"case,omitempty" form:"vuong-mac" maxLength:"100" example:"ky_luat 2026-01-05"`

	How      string `json:"how,omitempty" form:"cach" maxLength:"40" example:"annul"` // an award is taken back,
	Revoking string `json:"revoking,omitempty" form:"so-thu-hoi" maxLength:"60"`      // by which decision,
	On       string `json:"on,omitempty" form:"ngay" format:"date"`                   // when
	Reason   string `json:"reason,omitempty" form:"ly-do" maxLength:"500"`            // and why
}

type repair struct {
	Unit   string `json:"unit,omitempty" form:"unit" maxLength:"100"` // of the report
	Period string `json:"period" form:"ky" minLength:"1" maxLength:"20" example:"2025"`
	To     string `json:"to" form:"don-vi" minLength:"1" maxLength:"100" example:"so"`
	Due    string `json:"due,omitempty" form:"han" maxLength:"20" example:"15wd"`
}

type withdrawal struct {
	Reason string `json:"reason" form:"ly-do" minLength:"1" maxLength:"1000"`
}

// achievements are those that a nomination's report tells, by their keys, and what no record shows.
type achievements struct {
	Keys   []string `json:"keys" form:"thanh-tich" maxItems:"200" example:"early/NV-250114-001"`
	Report string   `json:"report,omitempty" form:"bao-cao" maxLength:"4000"`
}

// opinion is one about a nomination or, with a number, what became of it, or that it is erased at its sender's wish.
type opinion struct {
	Number int    `json:"number,omitempty" form:"so" minimum:"1"`
	Text   string `json:"text,omitempty" form:"noi-dung" maxLength:"1000"`
	Do     string `json:"do,omitempty" form:"viec" enum:"xoa"`
}
