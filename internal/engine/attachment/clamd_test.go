package attachment_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"trucot/internal/engine/attachment"
	"trucot/internal/kernel/fault"
)

// eicar is the harmless text that every scanner takes for a virus, in two halves so that none takes this file for it.
const eicar = `X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`

// fakeClamd speaks the daemon's protocol and knows one virus. An answer of its own makes it say that instead.
func fakeClamd(t *testing.T, network, answer string) string {
	t.Helper()
	at := "127.0.0.1:0"
	if network == "unix" {
		at = filepath.Join(t.TempDir(), "clamd.ctl")
	}
	ln, err := net.Listen(network, at)
	must(t, err)
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			serveClamd(conn, answer)
		}
	}()
	if network == "unix" {
		return "unix:" + at
	}
	return ln.Addr().String()
}

func serveClamd(conn net.Conn, answer string) {
	defer conn.Close()
	command := make([]byte, len("zINSTREAM\x00"))
	if _, err := io.ReadFull(conn, command); err != nil || string(command) != "zINSTREAM\x00" {
		io.WriteString(conn, "UNKNOWN COMMAND\x00")
		return
	}
	var content bytes.Buffer
	for {
		var n uint32
		if binary.Read(conn, binary.BigEndian, &n) != nil {
			return
		}
		if n == 0 {
			break
		}
		if _, err := io.CopyN(&content, conn, int64(n)); err != nil {
			return
		}
	}
	switch {
	case answer != "":
	case strings.Contains(content.String(), eicar):
		answer = "stream: Eicar-Signature FOUND"
	default:
		answer = "stream: OK"
	}
	io.WriteString(conn, answer+"\x00")
}

func TestTheScannerDecides(t *testing.T) {
	for _, network := range []string{"unix", "tcp"} {
		o := newOffice(t, filepath.Join(t.TempDir(), "db"), attachment.NewClamd(fakeClamd(t, network, "")))
		if f := o.add(t, dossier, "", "a.txt", bytes.Repeat([]byte("sạch "), 50_000)); f.Scan != attachment.Clean {
			t.Errorf("over %s: %s", network, f.Scan)
		}
		_, err := o.Add(o.ctx, attachment.Incoming{Owner: dossier, Name: "b.txt", Actor: "khai"}, strings.NewReader(eicar))
		if !fault.Is(err, "attachment.infected") || !strings.Contains(err.Error(), "Eicar-Signature") {
			t.Errorf("over %s: %v", network, err)
		}
		if r, err := o.Verify(o.ctx, false); err != nil || r.Files != 1 {
			t.Errorf("over %s: %+v, %v", network, r, err)
		}
	}
}

// Without an answer the file is taken and says that nobody scanned it.
func TestNoScannerNoClaim(t *testing.T) {
	for name, at := range map[string]string{"nobody there": "unix:" + filepath.Join(t.TempDir(), "none"), "trouble": fakeClamd(t, "tcp", "INSTREAM size limit exceeded. ERROR")} {
		o := newOffice(t, filepath.Join(t.TempDir(), "db"), attachment.NewClamd(at))
		if f := o.add(t, dossier, "", "a.txt", []byte("chữ")); f.Scan != attachment.Unscanned {
			t.Errorf("%s: %s", name, f.Scan)
		}
	}
}
