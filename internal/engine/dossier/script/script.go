// Package script (kịch bản thử) drives dossiers through time by the readable test scripts that lie beside each
// definition, on the real engine over a ledger of its own, so that a legal officer can read what a definition does.
//
// It owns the line language; what the steps mean is the engine's.
package script

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"trucot/internal/engine/dossier"
	"trucot/internal/engine/procedure"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/ledger"
	"trucot/internal/kernel/store"
)

// agency is the code of no real agency, used in the dossier codes of scripts.
const agency = "000.00.00.H00"

// Script is one parsed file.
type Script struct {
	File      string // <id>/<version>/tests/<name>.txt
	Procedure string
	lines     []line
}

// Result is what running one script gave; Faults is empty when it passed.
type Result struct {
	Script *Script
	Steps  int
	Taken  []string // transitions that went through, in order
	Faults fault.List
}

// runner is one script under way.
type runner struct {
	ctx     context.Context
	engine  *dossier.Engine
	catalog *lang.Catalog
	script  *Script
	now     time.Time
	current *dossier.Dossier
	last    error // refusal of the step before, until an "expect fault" takes it
	at      line  // of that step
	result  Result
}

// Run runs a script over an empty ledger in a folder of its own. catalog renders faults for "expect fault". The
// error is for what keeps the script from running at all.
func Run(ctx context.Context, s *Script, procs *procedure.Set, cal *calendar.Calendar, catalog *lang.Catalog) (res Result, err error) {
	dir, err := os.MkdirTemp("", "kich-ban-")
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	db, err := store.Open(ctx, filepath.Join(dir, "thu.db"))
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	r := &runner{ctx: ctx, catalog: catalog, script: s, result: Result{Script: s}}
	clock := func() time.Time { return r.now }
	r.now = time.Date(1990, 1, 1, 12, 0, 0, 0, calendar.Zone)
	l, err := ledger.Open(ctx, db, ledger.Options{Folds: []ledger.Fold{dossier.Fold()}, Clock: clock})
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	seal := func(_ context.Context, _, plain string) (string, error) { return fmt.Sprintf("%x", plain), nil }
	unseal := func(_ context.Context, _, sealed string) (string, error) {
		plain, err := hex.DecodeString(sealed)
		return string(plain), err
	}
	r.engine = dossier.New(l, db, procs, cal, dossier.Options{AgencyCode: agency, Clock: clock, Seal: seal, Open: unseal})
	r.all()
	return r.result, nil
}

func (r *runner) all() {
	for _, l := range r.script.lines {
		if len(r.result.Faults) > 0 {
			return // what follows a failure only repeats it
		}
		if r.last != nil && !l.takesFault() {
			r.surprised()
			return
		}
		r.line(l)
		r.result.Steps++
	}
	if r.last != nil {
		r.surprised()
	}
}

// surprised reports a refusal that the script did not expect.
func (r *runner) surprised() {
	r.fail(r.at, "script.refused", "reason", r.catalog.Error(lang.VI, r.last), "key", key(r.last))
	r.last = nil
}

func (r *runner) fail(l line, textKey string, args ...any) {
	r.result.Faults = append(r.result.Faults, fault.New(fault.Invalid, textKey, args...).At(l.place))
}

// key is the key of the first fault in an error.
func key(err error) string {
	var e *fault.Error
	if errors.As(err, &e) {
		return e.Key
	}
	return "?"
}

func (r *runner) line(l line) {
	switch l.verb {
	case "today":
		r.to(l.on, l.at)
	case "file":
		r.to(l.on, l.at)
		f := dossier.Filing{Procedure: r.script.Procedure, Action: l.name, On: l.on, At: l.at, Channel: l.channel, Actor: "kich_ban",
			Role: l.role, Unit: l.unit, Fields: l.fields, Documents: l.documents, Note: l.note}
		d, err := r.engine.Open(r.ctx, f)
		r.took(l, d, err)
	case "act":
		if r.current == nil {
			r.fail(l, "script.nothing_filed")
			return
		}
		r.to(l.on, l.at)
		a := dossier.Act{Code: r.current.Code, Action: l.name, On: l.on, At: l.at, Actor: "kich_ban", Role: l.role,
			Assignee: l.assignee, Fields: l.fields, Documents: l.documents, Note: l.note}
		d, err := r.engine.Act(r.ctx, a)
		r.took(l, d, err)
	case "expect":
		r.expect(l)
	}
}

// to moves the clock forward to the day of a step; it never goes back.
func (r *runner) to(on calendar.Date, at time.Time) {
	day := on.Time()
	t := time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, calendar.Zone)
	if !at.IsZero() {
		t = at
	}
	if t.After(r.now) {
		r.now = t
	}
}

func (r *runner) took(l line, d *dossier.Dossier, err error) {
	r.last, r.at = err, l
	if err == nil {
		r.current = d
		r.result.Taken = append(r.result.Taken, l.name)
	}
}

// procedureOf is the id of the definition that a script lies beside: <id>/<version>/tests/<name>.txt.
func procedureOf(file string) string {
	parts := strings.Split(path.Clean(file), "/")
	if len(parts) >= 4 && parts[len(parts)-2] == "tests" {
		return parts[len(parts)-4]
	}
	return ""
}
