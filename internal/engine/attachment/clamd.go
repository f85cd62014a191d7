package attachment

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"time"
)

// Scanner looks for harmful code. found names what it is, "" when there is none; an error means that nothing was
// learnt.
type Scanner interface {
	Scan(ctx context.Context, r io.Reader) (found string, err error)
}

// Clamd asks a ClamAV daemon, by its command INSTREAM.
type Clamd struct {
	network, address string
}

// NewClamd names the daemon: the path of its socket, "unix:<path>", or "<host>:<port>" with or without "tcp://".
func NewClamd(at string) *Clamd {
	if path, ok := strings.CutPrefix(at, "unix:"); ok || strings.HasPrefix(at, "/") {
		return &Clamd{"unix", strings.TrimPrefix(path, "//")}
	}
	return &Clamd{"tcp", strings.TrimPrefix(at, "tcp://")}
}

// The daemon answers within seconds or has troubles of its own; a file is then marked as not scanned.
const (
	clamdDial = 2 * time.Second
	clamdScan = 2 * time.Minute
	clamdPart = 64 << 10 // bytes of a chunk
)

// Scan implements Scanner.
func (c *Clamd) Scan(ctx context.Context, r io.Reader) (string, error) {
	d := net.Dialer{Timeout: clamdDial}
	conn, err := d.DialContext(ctx, c.network, c.address)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if err := conn.SetDeadline(time.Now().Add(clamdScan)); err != nil {
		return "", err
	}
	if _, err := conn.Write([]byte("zINSTREAM\x00")); err != nil {
		return "", err
	}
	if err := sendChunks(conn, r); err != nil {
		return "", err
	}
	answer, err := io.ReadAll(io.LimitReader(conn, 4096))
	if err != nil {
		return "", err
	}
	return clamdAnswer(string(answer))
}

// sendChunks writes the content, each chunk behind its length in four bytes, and a chunk of none.
func sendChunks(w io.Writer, r io.Reader) error {
	buf := make([]byte, 4+clamdPart)
	for {
		n, err := io.ReadFull(r, buf[4:])
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return err
		}
		binary.BigEndian.PutUint32(buf, uint32(n))
		if _, err := w.Write(buf[:4+n]); err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
	}
}

// clamdAnswer reads "stream: OK" or "stream: <name> FOUND"; anything else is an error of the daemon's.
func clamdAnswer(s string) (string, error) {
	s = strings.TrimSpace(strings.TrimRight(s, "\x00"))
	s = strings.TrimPrefix(s, "stream: ")
	if s == "OK" {
		return "", nil
	}
	if name, ok := strings.CutSuffix(s, " FOUND"); ok && name != "" {
		return name, nil
	}
	return "", errors.New("clamd: " + s)
}
