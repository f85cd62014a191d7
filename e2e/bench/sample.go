package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"trucot/internal/app"
	"trucot/internal/engine/dossier"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
)

// life is a procedure with what a dossier of it goes through in the measured commands.
type life struct {
	procedure string
	fields    map[string]any
	documents []string
	steps     []lifeStep
}

type lifeStep struct {
	action string
	fields string // JSON object
}

// lives hold what a transition may have to check: papers handed in, a deadline chosen by an expression over the form
// and counted in working days, fields that must be filled, a guard over numbers, lateness at the end.
var lives = []life{
	{
		procedure: "technology_appraisal",
		fields: map[string]any{"du_an": "Nhà máy xử lý chất thải rắn (mẫu)", "nha_dau_tu": "Công ty mẫu A", "giai_doan": "quyet_dinh", "nhom": "c",
			"cong_nghe": "moi_truong", "von": 120_000_000_000},
		documents: []string{"van_ban_de_nghi", "giai_trinh", "phap_ly", "du_lieu_cong_nghe"},
		steps: []lifeStep{{"tiep_nhan", `{}`}, {"phan_cong", `{}`}, {"trinh", `{"ket_luan":"dong_y"}`}, {"tra_lai", `{"ly_do":"Nêu rõ công suất"}`},
			{"trinh", `{"ket_luan":"dong_y_dieu_kien"}`}, {"ky", `{}`}, {"tra", `{}`}},
	},
	{
		procedure: "measurement_verification",
		fields: map[string]any{"noi_dung": "Kiểm định cân (mẫu)", "khach_hang": "Chợ mẫu", "loai_kiem_dinh": "dinh_ky", "linh_vuc": "khoi_luong",
			"phuong_tien": "can", "so_luong": 10},
		documents: []string{"phieu_yeu_cau"},
		steps: []lifeStep{{"nhan_phuong_tien", `{}`}, {"phan_cong", `{}`}, {"ghi_ket_qua", `{"so_dat":9,"so_khong_dat":1}`},
			{"tra_lai", `{"ly_do":"Ghi lại số tem"}`}, {"ghi_ket_qua", `{"so_dat":8,"so_khong_dat":2}`}, {"trinh", `{}`}},
	},
}

// agency is a data folder with filed dossiers and an account that may take every step.
type agency struct {
	dir     string
	token   string
	streams [][]filed // by client
}

type filed struct {
	code string
	life *life
}

const benchUnit = "phong_tham_dinh"

// newAgency makes the folder and files n dossiers for each client.
func newAgency(ctx context.Context, dir string, clients, n int) (*agency, error) {
	a, err := app.Open(ctx, app.Options{Data: dir})
	if err != nil {
		return nil, err
	}
	defer a.Close()
	g := &agency{dir: dir, streams: make([][]filed, clients)}
	if g.token, err = openAccount(ctx, a); err != nil {
		return nil, err
	}
	errs := make(chan error, clients)
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			l := &lives[c%len(lives)]
			for range n {
				d, err := a.Dossiers.Open(ctx, dossier.Filing{Procedure: l.procedure, On: calendar.NoDate, Actor: "bench", Unit: benchUnit, Fields: l.fields, Documents: l.documents})
				if err != nil {
					errs <- err
					return
				}
				g.streams[c] = append(g.streams[c], filed{d.Code, l})
			}
		})
	}
	wg.Wait()
	select {
	case err := <-errs:
		return nil, err
	default:
		return g, nil
	}
}

// openAccount makes the unit and an account with the roles of all steps, and returns its API token.
func openAccount(ctx context.Context, a *app.App) (string, error) {
	by := people.By{Actor: "bench"}
	if err := a.People.OpenUnit(ctx, by, people.Unit{Code: benchUnit, NameVI: "Phòng mẫu", NameEN: "Sample division", Kind: "division", Side: people.State}); err != nil {
		return "", err
	}
	if err := a.People.OpenAccount(ctx, by, "bench", "bench"); err != nil {
		return "", err
	}
	for _, role := range []people.Role{people.OneStop, people.UnitHead, people.Specialist, people.Leader} {
		if err := a.People.GrantRole(ctx, by, "bench", people.Grant{Role: role, Unit: benchUnit}); err != nil {
			return "", err
		}
	}
	_, token, err := a.People.NewToken(ctx, "bench", "bench", nil, 24*time.Hour)
	return token, err
}

// next walks client c through its dossiers.
func (g *agency) next() func(c, i int) (step, bool) {
	type at struct{ dossier, step int }
	place := make([]at, len(g.streams))
	return func(c, _ int) (step, bool) {
		p := &place[c]
		if p.dossier == len(g.streams[c]) {
			return step{}, false
		}
		f := g.streams[c][p.dossier]
		s := f.life.steps[p.step]
		out := step{path: "/api/v1/ho-so/" + f.code + "/" + s.action, version: p.step + 1, body: fmt.Appendf(nil, `{"fields":%s,"note":""}`, s.fields)}
		if p.step++; p.step == len(f.life.steps) {
			*p = at{dossier: p.dossier + 1}
		}
		return out, true
	}
}

// copyFolder copies the files of a data folder that no process has open.
func copyFolder(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o750)
		}
		return copyFile(path, filepath.Join(to, rel))
	})
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}
