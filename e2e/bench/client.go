package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// step is one command to send.
type step struct {
	path    string
	version int // of the dossier before it
	body    []byte
	get     string // where set, a GET with these header lines instead
}

// outcome is what one load gave.
type outcome struct {
	commands int
	took     time.Duration
	latency  []float64 // milliseconds, sorted
	cpu      time.Duration
}

func (o outcome) perSecond() float64 { return float64(o.commands) / o.took.Seconds() }

// load lets clients send commands, each waiting for its answer before the next, until the time is over. next gives
// client c its command number i, false when it has none left.
//
// The requests are written by hand: on a machine of few cores the clients' own work takes from the server's.
func load(ctx context.Context, p *process, clients int, length time.Duration, token string, next func(c, i int) (step, bool)) (outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, length+30*time.Second)
	defer cancel()
	all := make([][]float64, clients)
	errs := make([]error, clients)
	before, began := p.cpu(), time.Now()
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			all[c], errs[c] = client(ctx, p.addr, token, began.Add(length), func(i int) (step, bool) { return next(c, i) })
		})
	}
	wg.Wait()
	o := outcome{took: time.Since(began), cpu: p.cpu() - before}
	for _, l := range all {
		o.commands += len(l)
		o.latency = append(o.latency, l...)
	}
	slices.Sort(o.latency)
	return o, errors.Join(errs...)
}

func client(ctx context.Context, addr, token string, until time.Time, next func(i int) (step, bool)) ([]float64, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	var out []byte
	var latency []float64
	for i := 0; time.Now().Before(until) && ctx.Err() == nil; i++ {
		s, ok := next(i)
		if !ok {
			return latency, fmt.Errorf("a client ran out of dossiers after %d commands: file more", i)
		}
		out = appendRequest(out[:0], addr, token, s)
		began := time.Now()
		if _, err := conn.Write(out); err != nil {
			return latency, err
		}
		if err := readAnswer(in, s); err != nil {
			return latency, err
		}
		latency = append(latency, float64(time.Since(began))/float64(time.Millisecond))
	}
	return latency, ctx.Err()
}

func appendRequest(b []byte, host, token string, s step) []byte {
	if s.get != "" {
		return fmt.Appendf(b, "GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n\r\n", s.path, host, s.get)
	}
	b = append(append(append(b, "POST "...), s.path...), " HTTP/1.1\r\nHost: "...)
	b = append(append(b, host...), "\r\nContent-Type: application/json\r\nAuthorization: Bearer "...)
	b = append(append(b, token...), "\r\nIf-Match: \""...)
	b = append(strconv.AppendInt(b, int64(s.version), 10), "\"\r\nContent-Length: "...)
	b = append(strconv.AppendInt(b, int64(len(s.body)), 10), "\r\n\r\n"...)
	return append(b, s.body...)
}

// readAnswer passes one answer, which must be 200 and say its length, or 304.
func readAnswer(in *bufio.Reader, s step) error {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return err
	}
	held := bytes.HasPrefix(line, []byte("HTTP/1.1 304")) // has no body
	ok := held || bytes.HasPrefix(line, []byte("HTTP/1.1 200"))
	length := -1
	if held {
		length = 0
	}
	for {
		if line, err = in.ReadSlice('\n'); err != nil {
			return err
		}
		if len(line) <= 2 {
			break
		}
		if name, value, _ := bytes.Cut(line, []byte(":")); bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
	}
	if length < 0 {
		return errors.New("an answer without a length")
	}
	if ok {
		_, err = in.Discard(length)
		return err
	}
	said, err := io.ReadAll(io.LimitReader(in, int64(length)))
	return errors.Join(fmt.Errorf("%s: %s", s.path, said), err)
}

// firstAnswer waits until the server answers anything at all.
func firstAnswer(ctx context.Context, addr string) error {
	for ctx.Err() == nil {
		res, err := http.Get("http://" + addr + "/")
		if err == nil {
			res.Body.Close()
			return nil
		}
		time.Sleep(time.Millisecond)
	}
	return ctx.Err()
}
