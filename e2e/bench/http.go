package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// filedPerSecond is more commands a second than any machine this ran on takes: enough dossiers are filed for it.
const filedPerSecond = 30_000

// measureHTTP loads both servers in turn, each in a process of its own.
func measureHTTP(ctx context.Context, o *options) ([]row, error) {
	ours, theirs, err := pairs(ctx, o, 0)
	if err != nil {
		return nil, err
	}
	rows := append(describe("trucot", ours), describe("bare server", theirs)...)
	rows[1] = rows[1].atMost(0.2)
	rows[3] = rows[3].atMost(15)
	ratio := medianOf(len(ours), func(i int) float64 { return ours[i].perSecond() / theirs[i].perSecond() })
	return append(rows, row{what: "ratio of commands, ours to bare, of the same run", value: ratio}.atLeast(0.5)), nil
}

// measureSlowDisk is measureHTTP with a delay at each sync.
func measureSlowDisk(ctx context.Context, o *options) ([]row, error) {
	ours, theirs, err := pairs(ctx, o, slowSync)
	if err != nil {
		return nil, err
	}
	rows := append(describe("trucot, 5 ms added to each sync", ours), describe("bare server, 5 ms added", theirs)...)
	rows[0] = rows[0].atLeast(2000)
	return rows, nil
}

func describe(who string, of []outcome) []row {
	med := func(f func(o outcome) float64) float64 {
		return medianOf(len(of), func(i int) float64 { return f(of[i]) })
	}
	return []row{
		{what: who + ": commands", value: med(outcome.perSecond), unit: "/s"},
		{what: who + ": server processor time a command", value: med(func(o outcome) float64 { return float64(o.cpu.Microseconds()) / 1000 / float64(o.commands) }), unit: "ms"},
		{what: who + ": latency p50", value: med(func(o outcome) float64 { return quantile(o.latency, 0.5) }), unit: "ms"},
		{what: who + ": latency p95", value: med(func(o outcome) float64 { return quantile(o.latency, 0.95) }), unit: "ms"},
	}
}

func medianOf(n int, value func(i int) float64) float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = value(i)
	}
	return median(values)
}

// pairs runs ours and the bare server in turn, so that both see the same machine.
func pairs(ctx context.Context, o *options, delay time.Duration) (ours, theirs []outcome, err error) {
	each := int(o.seconds.Seconds()*filedPerSecond)/len(lives[1].steps)/o.clients + 1
	template := filepath.Join(o.dir, "template-"+delay.String())
	g, err := newAgency(ctx, template, o.clients, each)
	if err != nil {
		return nil, nil, err
	}
	defer os.RemoveAll(template)
	defer os.RemoveAll(bareTemplate(template))
	if err := fillBare(ctx, bareTemplate(template), g); err != nil {
		return nil, nil, err
	}
	for i := range o.runs {
		ran, err := one(ctx, o, g, "serve", i, delay)
		if err != nil {
			return nil, nil, err
		}
		ours = append(ours, ran)
		if ran, err = one(ctx, o, g, "bare", i, delay); err != nil {
			return nil, nil, err
		}
		theirs = append(theirs, ran)
	}
	return ours, theirs, nil
}

func bareTemplate(template string) string { return template + "-bare" }

// one is one run on a fresh copy of the folder.
func one(ctx context.Context, o *options, g *agency, server string, run int, delay time.Duration) (outcome, error) {
	dir := filepath.Join(o.dir, fmt.Sprint(server, run))
	defer os.RemoveAll(dir)
	args := []string{server, "-data", dir, "-commit-delay", delay.String()}
	template := bareTemplate(g.dir)
	if server == "serve" {
		template = g.dir
		if o.profile != "" {
			args = append(args, "-profile", filepath.Join(o.profile, fmt.Sprintf("http-%s-%d.pprof", delay, run)))
		}
	}
	if err := copyFolder(template, dir); err != nil {
		return outcome{}, err
	}
	p, err := startSelf(ctx, args...)
	if err != nil {
		return outcome{}, err
	}
	if err := firstAnswer(ctx, p.addr); err != nil {
		return outcome{}, errors.Join(err, p.stop())
	}
	out, err := load(ctx, p, o.clients, o.seconds, g.token, g.next())
	return out, errors.Join(err, p.stop())
}
