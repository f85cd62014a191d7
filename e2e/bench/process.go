package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a server of its own.
type process struct {
	cmd  *exec.Cmd
	addr string // host:port
}

// startTimeout bounds how long a server may take to say where it listens.
const startTimeout = 2 * time.Minute

// listens finds where a server says it listens.
var listens = regexp.MustCompile(`\d+\.\d+\.\d+\.\d+:\d+`)

// start runs a server and waits for its first line, which says where it listens.
func start(ctx context.Context, program string, args ...string) (*process, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd}
	first := make(chan string, 1)
	go func() {
		in := bufio.NewReader(out)
		line, _ := in.ReadString('\n')
		first <- strings.TrimSpace(line)
		_, _ = io.Copy(io.Discard, in) // a full pipe would stop the server
	}()
	select {
	case line := <-first:
		p.addr = listens.FindString(line)
		if p.addr == "" {
			return nil, errors.Join(fmt.Errorf("%s %v said %q", program, args, line), p.stop())
		}
		return p, nil
	case <-time.After(startTimeout):
		return nil, errors.Join(fmt.Errorf("%s %v does not answer", program, args), p.stop())
	}
}

// startSelf runs this program again as one of its servers.
func startSelf(ctx context.Context, args ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return start(ctx, self, args...)
}

// stop asks the server to end and waits for it.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGINT); err != nil {
		return err
	}
	return p.cmd.Wait()
}

// cpu is the processor time the server has used so far, all threads. It reads /proc, so it is 0 elsewhere than on
// Linux.
func (p *process) cpu() time.Duration {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	const tick = 10 * time.Millisecond // USER_HZ is 100 on every Linux that Go supports
	return time.Duration(user+system) * tick
}

// memory is the resident memory in MiB, and peak the most it ever was; 0 elsewhere than on Linux.
func (p *process) memory() float64 { return p.status("VmRSS:") }

func (p *process) peak() float64 { return p.status("VmHWM:") }

// status is a line of the process's status in MiB.
func (p *process) status(name string) float64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			kib, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kib / 1024
		}
	}
	return 0
}
