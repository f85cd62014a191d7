package services

import (
	"context"
	"io"
	"strings"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// maxUpload bounds the body of a form with files, in bytes; the rules of attachments bound each file.
const maxUpload = 64 << 20

// uploads reads the files of a plain form as they stream in and hands each to take. Fields other than the file's come
// first and are handed over with it.
func uploads(r *web.Request, take func(fields map[string]string, name string, content io.Reader) error) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return fault.New(fault.Invalid, "web.bad_form").Because(err)
	}
	fields, files := map[string]string{}, 0
	for {
		part, err := parts.NextPart()
		switch {
		case err == io.EOF && files == 0:
			return fault.New(fault.Invalid, "services.no_file")
		case err == io.EOF:
			return nil
		case err != nil:
			return fault.New(fault.Unavailable, "services.broken_off").Because(err)
		case part.FormName() != "tep":
			raw, err := io.ReadAll(io.LimitReader(part, 4<<10))
			if err != nil {
				return fault.New(fault.Unavailable, "services.broken_off").Because(err)
			}
			fields[part.FormName()] = strings.TrimSpace(string(raw))
			continue
		case part.FileName() == "": // nothing was chosen
			continue
		}
		if err := take(fields, part.FileName(), part); err != nil {
			return err
		}
		files++
	}
}

// attach takes the files for a paper of a draft.
func (s *pages) attach(r *web.Request) error {
	w, err := s.opened(r)
	if err != nil {
		return err
	}
	step := w.D.Step(w.P, r.Today(), r.PathValue("step"))
	if step == nil || step.Paper == nil || w.D.Dossier != "" {
		return fault.New(fault.NotFound, "services.no_step")
	}
	err = uploads(r, func(_ map[string]string, name string, content io.Reader) error {
		return s.filing.Attach(r.Context(), w.D, w.Secret, step.Paper.ID, name, r.Address(), content)
	})
	return s.afterFile(r, w, step.Key, err)
}

// detach takes a file back.
func (s *pages) detach(r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	w, err := s.opened(r)
	if err != nil {
		return err
	}
	step := w.D.Step(w.P, r.Today(), r.PathValue("step"))
	if step == nil || step.Paper == nil {
		return fault.New(fault.NotFound, "services.no_step")
	}
	return s.afterFile(r, w, step.Key, s.filing.Detach(r.Context(), w.D, w.Secret, step.Paper.ID, in.Get("tep")))
}

// afterFile goes back to the paper's page, or shows there what is wrong with a file.
func (s *pages) afterFile(r *web.Request, w *draftPage, step string, err error) error {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.TooLarge, fault.Unavailable:
		if err != nil {
			return s.showQuestion(r, nil, fileProblem(err))
		}
	}
	if err != nil {
		return err
	}
	return r.Go(w.at("/" + step + "?ve=" + r.Query("ve")))
}

// supplementFile takes a file for a dossier that waits for its supplement.
func (s *pages) supplementFile(r *web.Request) error {
	code, err := s.filing.Passed(r.Context(), r.Kept("tra-cuu"))
	if err != nil {
		return s.passOver(r, err)
	}
	err = uploads(r, func(fields map[string]string, name string, content io.Reader) error {
		return s.filing.Supplement(r.Context(), code, fields["giay"], name, r.Address(), content)
	})
	switch k := fault.KindOf(err); {
	case err == nil:
		return r.Go(trackPath + "/ho-so?da=luu#viec")
	case k == fault.Invalid || k == fault.TooLarge || k == fault.Unavailable:
		return s.showTrack(r, nil, err)
	}
	return err
}

// filesOf are the names of the files of a draft for a paper.
func (s *pages) filesOf(ctx context.Context, w *draftPage, paper string) ([]fileRow, error) {
	files, err := s.filing.Files(ctx, w.D, paper)
	var out []fileRow
	for _, f := range files {
		out = append(out, fileRow{f.ID, f.Name, (f.Size + 1023) >> 10, f.Scan})
	}
	return out, err
}

// fileRow is one file in a list.
type fileRow struct {
	ID, Name string
	KB       int64
	Scan     string
}
