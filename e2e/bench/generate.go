package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"golang.org/x/sync/errgroup"

	"trucot/internal/app"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/ledger"
)

// eventsPerDossier are filed, received, assigned, two steps, finished, returned.
const eventsPerDossier = 7

// generatedAtOnce is how many dossiers go into one Append.
const generatedAtOnce = 500

// generate records n dossiers of the reporting years 2020 and 2021 through the ledger with every fold, and says how
// many events a second that took. The same n gives the same dossiers.
func generate(ctx context.Context, dir string, n int) (perSecond float64, err error) {
	a, err := app.Open(ctx, app.Options{Data: dir})
	if err != nil {
		return 0, err
	}
	defer func() {
		if e := a.Close(); err == nil {
			err = e
		}
	}()
	began := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	batches := make(chan []ledger.Command, 2)
	group.Go(func() error {
		defer close(batches)
		for first := 0; first < n; first += generatedAtOnce {
			batch := make([]ledger.Command, 0, generatedAtOnce)
			for i := first; i < min(n, first+generatedAtOnce); i++ {
				batch = append(batch, generated(i))
			}
			select {
			case batches <- batch:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	group.Go(func() error {
		for batch := range batches {
			if _, err := a.Ledger.Append(ctx, batch...); err != nil {
				return err
			}
		}
		return nil
	})
	err = group.Wait()
	return float64(n*eventsPerDossier) / time.Since(began).Seconds(), err
}

var (
	generatedProcedures = []string{"technology_appraisal", "radiation_work_licence", "measurement_verification", "st_enterprise", "mission"}
	generatedChannels   = []string{"direct", "online", "post"}
	generatedFields     = []string{"cong_nghe", "buc_xa", "do_luong", "doanh_nghiep", "so_huu_tri_tue", "thong_tin"}
	generatedFrom       = calendar.MustParse("2019-12-15")
)

const (
	generatedDays  = 2 * 365
	generatedUnits = 10
)

// generated is the life of the i-th dossier.
func generated(i int) ledger.Command {
	r := rand.New(rand.NewPCG(uint64(i), 1))
	on := generatedFrom + calendar.Date(r.IntN(generatedDays-40))
	procedure, unit := generatedProcedures[r.IntN(len(generatedProcedures))], fmt.Sprint("phong_", r.IntN(generatedUnits))
	received, length := on+calendar.Date(r.IntN(2)), 3+r.IntN(25)
	due, finished := received+21, received+calendar.Date(length)
	late := finished > due
	dims := fmt.Sprintf(`"channel":%q,"field":%q,"nhom":"%c"`, generatedChannels[r.IntN(3)], generatedFields[r.IntN(len(generatedFields))], 'a'+rune(r.IntN(3)))
	title := fmt.Sprintf("Hồ sơ mẫu số %d về dây chuyền sản xuất", i)
	applicant := fmt.Sprintf("Công ty mẫu %d", r.IntN(20_000))
	events := make([]ledger.NewEvent, 0, eventsPerDossier)
	add := func(kind string, day calendar.Date, action, from, to string, status, before int, more string) {
		events = append(events, ledger.NewEvent{Kind: "dossier." + kind, On: day, Data: json.RawMessage(fmt.Appendf(nil,
			`{"procedure":%q,"version":"2018","action":%q,"from":%q,"to":%q,"status":%d,"prev_status":%d,"late":%t%s,"title":%q,"applicant":%q,"dims":{%s}}`,
			procedure, action, from, to, status, before, late && kind == "finished", more, title, applicant, dims))})
	}
	dates := fmt.Sprintf(`,"due":"%s","received":"%s"`, due, received)
	capital := fmt.Sprintf(`,"fields":{"von":%d}`, 1_000_000*r.IntN(100_000))
	add("submitted", on, "nop", "nhap", "moi_dang_ky", 1, 0, capital+`,"channel":"direct"`)
	add("received", received, "tiep_nhan", "moi_dang_ky", "da_tiep_nhan", 2, 1, dates+capital+
		fmt.Sprintf(`,"deadlines":[{"id":"y_kien","from":"%s","duration":"15wd","due":"%s","met":"","main":true}]`, received, due))
	add("assigned", received+1, "phan_cong", "da_tiep_nhan", "dang_xu_ly", 4, 2, dates+`,"assignee":"chuyen_vien"`)
	add("stepped", received+2, "hoi_y_kien", "dang_xu_ly", "lay_y_kien", 4, 4, dates)
	add("stepped", finished, "trinh", "lay_y_kien", "trinh_ky", 4, 4, dates)
	add("finished", finished, "ky", "trinh_ky", "da_xong", 9, 4, dates+capital+fmt.Sprintf(`,"working_days":%d`, length*5/7))
	add("returned", finished+1, "tra", "da_xong", "da_tra", 10, 9, dates)
	return ledger.Command{Stream: fmt.Sprintf("dossier/000.00.00.H00-gen-%07d", i), Actor: "bench", Unit: unit, Events: events}
}
