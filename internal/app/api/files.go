package api

import (
	"net/http"

	"trucot/internal/app/page/attachments"
	"trucot/internal/app/page/schedule"
	"trucot/internal/engine/attachment"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/web"
)

func (s *service) fileOps() []operation {
	add := op("file-add", http.MethodPost, "/tep", web.SignedIn, func(*web.Request, *newFile) (*reply[Attached], error) { return nil, nil })
	add = made(add)
	add.plain, add.maxBody = s.addFile, attachments.MaxBody
	content := elsewhere[oneFile, sheet]("file-content", http.MethodGet, "/tep/{file}/noi-dung", web.SignedIn)
	content.media = []string{all}
	progress := elsewhere[OneUpload, uploadStands]("upload-progress", http.MethodHead, "/tai-len/{upload}", web.SignedIn)
	progress.status = http.StatusNoContent
	return []operation{
		op("file-list", http.MethodGet, "/tep", web.SignedIn, s.listFiles),
		add,
		content,
		made(op("upload-begin", http.MethodPost, "/tai-len", web.SignedIn, s.beginUpload)),
		progress,
		elsewhere[piece, uploadStands]("upload-piece", http.MethodPatch, "/tai-len/{upload}", web.SignedIn),
		made(op("schedule-feed", http.MethodPost, "/lich-cong-tac/dia-chi", people.ReadDirectives, s.newFeed)),
	}
}

// Attached is a file that hangs on a row.
type Attached struct {
	ID        string        `json:"id"`
	Of        string        `json:"of"`
	Slot      string        `json:"slot,omitempty"`
	Name      string        `json:"name"`
	Type      string        `json:"type"`
	Size      int64         `json:"size"` // bytes
	Scan      string        `json:"scan"`
	On        calendar.Date `json:"on"`
	Withdrawn bool          `json:"withdrawn"`
}

func fileInfo(f *attachment.File) Attached {
	return Attached{ID: f.ID, Of: f.Owner, Slot: f.Slot, Name: f.Name, Type: f.Type, Size: f.Size, Scan: f.Scan, On: f.On, Withdrawn: f.Withdrawn}
}

// OfRow names what files hang on.
type OfRow struct {
	Of string `query:"of" required:"true" maxLength:"200" example:"dossier/HS-2026-001"`
}

func (s *service) listFiles(r *web.Request, in *OfRow) (*reply[[]Attached], error) {
	found, err := s.Files.Of(r, in.Of)
	if err != nil {
		return nil, err
	}
	out := []Attached{}
	for _, f := range found {
		out = append(out, fileInfo(f))
	}
	return ok(out)
}

// newFile is a file in one piece. The same content in the same place again is the file that is there.
type newFile struct {
	OfRow
	Slot    string `query:"slot" maxLength:"100"`
	Name    string `query:"name" required:"true" maxLength:"500"`
	RawBody []byte `contentType:"application/octet-stream"`
}

// addFile takes the body as it streams in.
func (s *service) addFile(r *web.Request) error {
	if err := s.limits.admit(r); err != nil {
		return err
	}
	f, err := s.Files.Take(r, attachment.Incoming{Owner: r.Query("of"), Slot: r.Query("slot"), Name: r.Query("name")}, r.Body)
	if err != nil {
		return err
	}
	return r.JSON(http.StatusCreated, fileInfo(f))
}

type oneFile struct {
	File string `path:"file" maxLength:"100"`
}

type beginUpload struct {
	Body struct {
		Of   string `json:"of" minLength:"1" maxLength:"200"`
		Slot string `json:"slot,omitempty" maxLength:"100"`
		Name string `json:"name" minLength:"1" maxLength:"500"`
		Size int64  `json:"size" minimum:"1"` // bytes
	}
}

// Upload is a file on its way: its pieces go to location.
type Upload struct {
	ID       string `json:"id"`
	Location string `json:"location"`
}

func (s *service) beginUpload(r *web.Request, in *beginUpload) (*reply[Upload], error) {
	u, err := s.Files.Begin(r, attachment.Incoming{Owner: in.Body.Of, Slot: in.Body.Slot, Name: in.Body.Name}, in.Body.Size)
	if err != nil {
		return nil, err
	}
	return &reply[Upload]{Status: http.StatusCreated, Body: Upload{u.ID, Base + "/tai-len/" + u.ID}}, nil
}

// OneUpload names a file on its way.
type OneUpload struct {
	Upload string `path:"upload" maxLength:"100"`
}

type piece struct {
	OneUpload
	Offset  int64  `header:"Upload-Offset" required:"true" minimum:"0"`
	RawBody []byte `contentType:"application/offset+octet-stream"`
}

type uploadStands struct {
	Offset int64 `header:"Upload-Offset"`
	Length int64 `header:"Upload-Length"`
}

// Feed is the address of the caller's own calendar, given once.
type Feed struct {
	Address string `json:"address"`
}

func (s *service) newFeed(r *web.Request, _ *struct{}) (*reply[Feed], error) {
	address, err := schedule.NewFeed(r, s.Schedule)
	if err != nil {
		return nil, err
	}
	return &reply[Feed]{Status: http.StatusCreated, Body: Feed{address}}, nil
}
