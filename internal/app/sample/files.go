package sample

import (
	"bytes"
	"path/filepath"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"trucot/internal/app"
	"trucot/internal/engine/attachment"
	"trucot/internal/engine/document/chart"
	"trucot/internal/engine/dossier"
	work "trucot/internal/engine/task"
	"trucot/internal/kernel/blob"
	"trucot/internal/kernel/calendar"
)

// fileWords is files.yaml.
type fileWords struct {
	Note  string       `def:"note,required"`
	Files []sampleFile `def:"files,required"`
}

// sampleFile is a picture, or a PDF of one as a scanner makes it.
type sampleFile struct {
	Dossier   string `def:"dossier"`   // procedure; or
	Task      string `def:"task"`      // symbol of the directive that the first open or done task rests on; or
	Directive string `def:"directive"` // symbol; or
	Row       string `def:"row"`       // stream
	Slot      string `def:"slot"`
	Unit      string `def:"unit,required"`
	By        string `def:"by,required"`
	Name      string `def:"name,required"`
	Title     string `def:"title,required"`
	Bars      []struct {
		VI string `def:"vi,required"`
		N  int    `def:"n,required"`
	} `def:"bars"`
}

// papers attaches the sample's files at its end. Their names are nobody's and stand unsealed: a seal is drawn by chance,
// and the sample is the same every time.
func (s *simulation) papers(data string) error {
	var w fileWords
	if err := read("files.yaml", &w); err != nil {
		return err
	}
	folder := filepath.Join(data, app.FilesFolder)
	files := attachment.New(s.app.Ledger, s.app.DB, blob.NewDisk(folder), attachment.Options{Folder: folder, Rules: s.app.Attachments.Rules, Clock: s.clock.Now})
	for _, f := range w.Files {
		owner, err := s.owner(f)
		if err != nil {
			return err
		}
		content, err := f.draw(w.Note)
		if err != nil {
			return err
		}
		err = s.alone(func() error {
			_, err := files.Add(s.ctx, attachment.Incoming{Owner: owner, Slot: f.Slot, Name: f.Name, Actor: f.By, Unit: f.Unit}, bytes.NewReader(content))
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// owner finds the row that a file hangs on.
func (s *simulation) owner(f sampleFile) (string, error) {
	if f.Row != "" {
		return f.Row, nil
	}
	if f.Dossier != "" {
		rows, _, err := s.app.Dossiers.List(s.ctx, dossier.Filter{Procedure: f.Dossier, Open: true, Order: dossier.ByFiling, Limit: 1, Overdue: calendar.NoDate})
		if err != nil || len(rows) == 0 {
			return "", err
		}
		return "dossier/" + rows[0].Code, nil
	}
	found, err := s.app.Directives.Called(s.ctx, f.Task+f.Directive)
	if err != nil || len(found) == 0 {
		return "", err
	}
	if f.Directive != "" {
		return "directive/" + found[0].ID, nil
	}
	tasks, _, err := s.app.Tasks.List(s.ctx, work.Filter{Reach: work.Reach{State: true}, Directive: found[0].ID, View: "done", Limit: 1})
	if err != nil || len(tasks) == 0 {
		return "", err
	}
	return "task/" + tasks[0].ID, nil
}

// draw makes the file by the ending of its name.
func (f sampleFile) draw(note string) ([]byte, error) {
	c := chart.Chart{Kind: chart.Bars, Title: f.Title, Empty: note, Width: 620, Height: 400}
	values := chart.Series{Name: f.Title}
	for _, b := range f.Bars {
		c.Categories, values.Values = append(c.Categories, b.VI), append(values.Values, float64(b.N))
	}
	c.Series = []chart.Series{values}
	picture, err := c.PNG(1240)
	if err != nil || strings.HasSuffix(f.Name, ".png") {
		return picture, err
	}
	return scanned(picture)
}

// scanned is a PDF page of a picture, with a fixed date, since the same sample has the same files.
func scanned(picture []byte) ([]byte, error) {
	p := fpdf.New("P", "mm", "A4", "")
	p.SetCreationDate(lastDay.Time())
	p.SetModificationDate(lastDay.Time())
	p.SetCatalogSort(true)
	p.AddPage()
	p.RegisterImageOptionsReader("1", fpdf.ImageOptions{ImageType: "PNG"}, bytes.NewReader(picture))
	p.ImageOptions("1", 15, 20, 180, 0, false, fpdf.ImageOptions{ImageType: "PNG"}, 0, "")
	var b bytes.Buffer
	err := p.Output(&b)
	return b.Bytes(), err
}
