// Package postgres (PostgreSQL tạm thời) starts a throw-away PostgreSQL server from the installed
// binaries for tests and measurements: one server a process, a fresh database each time one is asked
// for.
//
// It owns the server and its folder; both vanish when the process ends, however it ends. It does not
// install anything: where PostgreSQL is missing it says what to install.
package postgres

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Install is what to type where PostgreSQL is missing.
const Install = "PostgreSQL is not installed; on Debian or Ubuntu: apt-get install -y postgresql (initdb in PATH or /usr/lib/postgresql/*/bin)"

var (
	once    sync.Once
	shared  *Server
	failure error
	number  atomic.Int64
)

// URL is the address of a fresh, empty database on this process's server. The test fails where
// PostgreSQL is missing; it is never skipped.
func URL(t testing.TB) string {
	t.Helper()
	once.Do(func() { shared, failure = Start(true) })
	if failure != nil {
		t.Fatal(failure)
	}
	url, err := shared.Create(fmt.Sprintf("t%d", number.Add(1)))
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// Server is a running throw-away server.
type Server struct {
	bin    string // folder of the binaries
	socket string // folder of its socket
	as     *syscall.SysProcAttr
	alive  io.Closer // the pipe to the keeper; collected as garbage it would close
}

// Start starts a server that syncs each commit, or, with sync false, leaves that to the system.
func Start(sync bool) (*Server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "trucot-pg-")
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, socket: dir}
	if err := s.account(dir); err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	if err := s.run("initdb", "-D", data, "-U", "trucot", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	if err := s.launch(dir, data, sync); err != nil {
		return nil, err
	}
	return s, s.ready()
}

// account runs the server as "postgres" where we are root, since PostgreSQL refuses root.
func (s *Server) account(dir string) error {
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return errors.Join(errors.New(Install), err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	s.as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	return os.Chown(dir, uid, gid)
}

func binaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	slices.Sort(found)
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	at, err := exec.LookPath("initdb")
	if err != nil {
		return "", errors.New(Install)
	}
	if at, err = filepath.EvalSymlinks(at); err != nil {
		return "", err
	}
	return filepath.Dir(at), nil
}

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.SysProcAttr, cmd.Dir = s.as, s.socket
	cmd.Env = append(os.Environ(), "LC_ALL=C", "PGHOST="+s.socket, "PGUSER=trucot", "PGDATABASE=postgres")
	return cmd
}

func (s *Server) run(name string, args ...string) error {
	if out, err := s.command(name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return nil
}

// The keeper is a shell that lives as long as the pipe to it: the kernel closes the pipe when this
// process ends, even by a kill, and the shell then stops the server and removes its folder.
const keeper = `"$1"/postgres -D "$2" $4 >"$3"/log 2>&1 </dev/null &
server=$!
trap '' INT TERM HUP
cat >/dev/null
kill -QUIT $server
wait $server
rm -rf "$3"`

func (s *Server) launch(dir, data string, sync bool) error {
	settings := "-k " + dir + " -c listen_addresses= -c max_connections=60 -c shared_buffers=64MB -c max_wal_size=2GB"
	if !sync {
		settings += " -c fsync=off"
	}
	cmd := exec.Command("/bin/sh", "-c", keeper, "sh", s.bin, data, dir, settings)
	attr := syscall.SysProcAttr{Setpgid: true} // a Ctrl-C at the terminal goes to the test, not to the server
	if s.as != nil {
		attr.Credential = s.as.Credential
	}
	cmd.SysProcAttr, cmd.Dir = &attr, dir
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	s.alive = pipe
	return cmd.Start()
}

func (s *Server) ready() error {
	var err error
	for range 200 {
		if err = s.run("pg_isready", "-q"); err == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	log, _ := os.ReadFile(filepath.Join(s.socket, "log"))
	return fmt.Errorf("postgres did not start: %w\n%s", err, log)
}

// Stop stops the server and removes its folder, before the process ends.
func (s *Server) Stop() error { return s.alive.Close() }

// Create makes an empty database and returns its address.
func (s *Server) Create(name string) (string, error) {
	if err := s.run("createdb", "-T", "template0", "-S", "file_copy", name); err != nil && strings.Contains(err.Error(), "strategy") {
		err = s.run("createdb", "-T", "template0", name) // before PostgreSQL 15
		if err != nil {
			return "", err
		}
	} else if err != nil {
		return "", err
	}
	return "postgres:///" + name + "?host=" + s.socket + "&user=trucot", nil
}
