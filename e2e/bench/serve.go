package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime/pprof"
	"time"

	"trucot/internal/app"
)

// serve is the program's own server as "trucot serve" opens it, with two things that only measuring needs: a
// delay added to each commit, and a processor profile.
func serve(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("serve", flag.ContinueOnError)
	data := f.String("data", "", "data folder")
	db := f.String("db", "", "PostgreSQL database; SQLite in the folder when empty")
	delay := f.Duration("commit-delay", 0, "added to each commit")
	profile := f.String("profile", "", "file for the processor profile")
	if err := f.Parse(args); err != nil {
		return err
	}
	a, err := app.Open(ctx, app.Options{Data: *data, DB: *db, CommitDelay: *delay})
	if err != nil {
		return err
	}
	defer a.Close()
	ln, err := listen()
	if err != nil {
		return err
	}
	end, err := profiling(*profile)
	if err != nil {
		return err
	}
	defer end()
	return app.Serve(ctx, ln, a.Site(ctx, app.SiteOptions{Sample: true}))
}

// listen takes a free port and says which.
func listen() (net.Listener, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		fmt.Println("listening", ln.Addr())
	}
	return ln, err
}

// profiling writes a processor profile until end is called; without a file it does nothing.
func profiling(file string) (end func(), err error) {
	if file == "" {
		return func() {}, nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		return nil, err
	}
	out, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(out); err != nil {
		return nil, err
	}
	return func() { pprof.StopCPUProfile(); out.Close() }, nil
}

// slowSync is what measureSlowDisk adds to each sync.
const slowSync = 5 * time.Millisecond
