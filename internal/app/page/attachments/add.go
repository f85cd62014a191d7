package attachments

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"trucot/internal/engine/attachment"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// body is the body of a request: what breaks it off is the line's fault, not ours.
type body struct{ r io.Reader }

func (b body) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err != nil && err != io.EOF {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return n, fault.New(fault.TooLarge, "attachments.body_too_large", "limit", large.Limit>>20)
		}
		err = fault.New(fault.Unavailable, "attachments.broken_off").Because(err)
	}
	return n, err
}

// fieldMost bounds a field of the form that stands before the files.
const fieldMost = 4 << 10

// add takes the files of a plain form, as they stream in. The form's fields come first.
func (s *Pages) add(r *web.Request) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return fault.New(fault.Invalid, "web.bad_form").Because(err)
	}
	n, files := attachment.Incoming{Actor: r.Actor()}, 0
	var row Row
	for {
		part, err := parts.NextPart()
		switch {
		case err == io.EOF && files == 0:
			return s.refused(r, n.Owner, fault.New(fault.Invalid, "attachments.no_file"))
		case err == io.EOF:
			return r.Go(row.Path + "?da=luu#tep")
		case err != nil:
			return fault.New(fault.Unavailable, "attachments.broken_off").Because(err)
		case part.FormName() != "tep":
			if err := field(part, &n); err != nil {
				return err
			}
			continue
		case part.FileName() == "": // nothing was chosen
			continue
		}
		if row, err = s.addable(r, n.Owner); err != nil {
			return err
		}
		n.Unit, n.Name = row.Unit, part.FileName()
		if _, err := s.Files.Add(r.Context(), n, body{part}); err != nil {
			return s.refused(r, n.Owner, err)
		}
		files++
	}
}

// field reads where the files belong.
func field(part *multipart.Part, n *attachment.Incoming) error {
	raw, err := io.ReadAll(io.LimitReader(body{part}, fieldMost))
	switch part.FormName() {
	case "noi":
		n.Owner = strings.TrimSpace(string(raw))
	case "muc":
		n.Slot = strings.TrimSpace(string(raw))
	}
	return err
}

// refused shows the row's files with what is wrong above the form; other troubles go the common way.
func (s *Pages) refused(r *web.Request, owner string, err error) error {
	if k := fault.KindOf(err); k != fault.Invalid && k != fault.TooLarge && k != fault.Unavailable || owner == "" {
		return err
	}
	return s.showRow(r, owner, err)
}

// withdraw takes a file back.
func (s *Pages) withdraw(r *web.Request, in url.Values) (string, error) {
	f, row, add, err := s.get(r)
	if err == nil && !add {
		err = web.Forbidden()
	}
	if err != nil {
		return "", err
	}
	return row.Path + "?da=luu#tep", s.Files.Withdraw(r.Context(), f.ID, in.Get("ly-do"), r.Actor(), row.Unit)
}

func (s *Pages) withdrawAgain(r *web.Request, _ url.Values, trouble error) error {
	f, _, _, err := s.get(r)
	if err != nil {
		return err
	}
	return s.refused(r, f.Owner, trouble)
}

// The requests of the script that sends files in pieces. Their faults are one sentence in JSON.

type told struct {
	Text string `json:"text"`
	Path string `json:"path,omitempty"` // page of the file, once it is whole
}

func (s *Pages) tell(r *web.Request, err error) error {
	if fault.KindOf(err) == fault.Internal || strings.HasPrefix(r.URL.Path, "/api/") { // programs are told as everywhere
		return err
	}
	return r.JSON(web.Status(fault.KindOf(err)), told{Text: r.ErrorText(err)})
}

// Begin opens the upload of a file of so many bytes to a row that the reader may add to.
func (s *Pages) Begin(r *web.Request, n attachment.Incoming, size int64) (*attachment.Upload, error) {
	row, err := s.addable(r, n.Owner)
	if err != nil {
		return nil, err
	}
	n.Actor, n.Unit = r.Actor(), row.Unit
	return s.Files.Begin(n, size)
}

// Take adds a file, as it streams in, to a row that the reader may add to.
func (s *Pages) Take(r *web.Request, n attachment.Incoming, content io.Reader) (*attachment.File, error) {
	row, err := s.addable(r, n.Owner)
	if err != nil {
		return nil, err
	}
	n.Actor, n.Unit = r.Actor(), row.Unit
	return s.Files.Add(r.Context(), n, body{content})
}

// Of are the files of a row that the reader may see.
func (s *Pages) Of(r *web.Request, owner string) ([]*attachment.File, error) {
	if _, _, err := s.find(r, owner); err != nil {
		return nil, err
	}
	return s.Files.List(r.Context(), owner)
}

// begin opens an upload and says where its pieces go.
func (s *Pages) begin(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return s.tell(r, err)
	}
	size, _ := strconv.ParseInt(in.Get("co"), 10, 64) // unreadable = 0, which is refused
	u, err := s.Begin(r, attachment.Incoming{Owner: in.Get("noi"), Slot: in.Get("muc"), Name: in.Get("ten")}, size)
	if err != nil {
		return s.tell(r, err)
	}
	h := r.W.Header()
	h.Set("Location", "/tai-len/"+u.ID)
	h.Set("Cache-Control", "no-store")
	r.W.WriteHeader(http.StatusCreated)
	return nil
}

func stands(r *web.Request, u *attachment.Upload) {
	h := r.W.Header()
	h.Set("Upload-Offset", strconv.FormatInt(u.Offset, 10))
	h.Set("Upload-Length", strconv.FormatInt(u.Size, 10))
	h.Set("Cache-Control", "no-store")
}

// progress says how much is there.
func (s *Pages) progress(r *web.Request) error {
	u, err := s.Files.Uploaded(r.PathValue("upload"), r.Actor())
	if err != nil {
		return s.tell(r, err)
	}
	stands(r, u)
	r.W.WriteHeader(http.StatusNoContent)
	return nil
}

// piece takes the next bytes. With the last one the file is there, or the reason why not.
func (s *Pages) piece(r *web.Request) error {
	u, err := s.Files.Uploaded(r.PathValue("upload"), r.Actor())
	if err == nil {
		_, err = s.addable(r, u.Owner)
	}
	if err != nil {
		return s.tell(r, err)
	}
	offset, err := strconv.ParseInt(r.Header.Get("Upload-Offset"), 10, 64)
	if err != nil {
		offset = -1 // never the right place
	}
	u, f, err := s.Files.Continue(r.Context(), u.ID, r.Actor(), offset, body{r.Body})
	if u != nil {
		stands(r, u)
	}
	switch {
	case err != nil:
		return s.tell(r, err)
	case f != nil:
		return r.JSON(http.StatusCreated, told{Text: f.Name, Path: Path(f)})
	}
	r.W.WriteHeader(http.StatusNoContent)
	return nil
}

// abandon drops an upload, by a plain form.
func (s *Pages) abandon(r *web.Request, _ url.Values) (string, error) {
	u, err := s.Files.Uploaded(r.PathValue("upload"), r.Actor())
	if err != nil {
		return "", err
	}
	if err := s.Files.Abandon(u.ID, r.Actor()); err != nil {
		return "", err
	}
	row, _, err := s.find(r, u.Owner)
	return row.Path + "#tep", err
}
