package notify_test

import (
	"bufio"
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"trucot/internal/engine/notify"
	"trucot/internal/kernel/fault"
)

// smtpServer is a mail server that takes one mail and gives it, or answers refuse to the recipient.
func smtpServer(t *testing.T, refuse string) (address string, got <-chan string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { ln.Close() })
	mails := make(chan string, 1)
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			speakSMTP(conn, refuse, mails)
		}
	}()
	return ln.Addr().String(), mails
}

func speakSMTP(conn net.Conn, refuse string, mails chan<- string) {
	defer conn.Close()
	say := func(s string) { conn.Write([]byte(s + "\r\n")) }
	say("220 test")
	lines := bufio.NewScanner(conn)
	var mail []string
	for data := false; lines.Scan(); {
		line := lines.Text()
		verb := strings.ToUpper(line[:min(4, len(line))])
		switch {
		case data && line == ".":
			data = false
			mails <- strings.Join(mail, "\n")
			say("250 taken")
		case data:
			mail = append(mail, line)
		case verb == "DATA":
			data = true
			say("354 go on")
		case verb == "RCPT" && refuse != "":
			say(refuse)
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			mail = append(mail, line)
			say("250 fine")
		}
	}
}

func TestMailByARealServer(t *testing.T) {
	at, got := smtpServer(t, "")
	m, err := notify.SMTP{Server: at, From: "trucot@example.gov.vn", TLS: "none"}.Mailer()
	must(t, err)
	must(t, m.Send(context.Background(), "hung@example.gov.vn", "Trụ Cột: 2 thông báo mới", "Bạn có 2 thông báo\nhttps://x/thong-bao", "abc"))
	select {
	case mail := <-got:
		for _, want := range []string{"RCPT TO:<hung@example.gov.vn>", "Message-ID: <abc@127.0.0.1>", "Auto-Submitted: auto-generated", "=?UTF-8?q?Tr=E1=BB=A5", "text/plain"} {
			if !strings.Contains(mail, want) {
				t.Errorf("no %q in\n%s", want, mail)
			}
		}
	case <-time.After(10 * time.Second):
		t.Fatal("no mail came")
	}
}

// TestMailIsNotSentInTheOpen: a server without encryption gets nothing unless it was said so.
func TestMailIsNotSentInTheOpen(t *testing.T) {
	at, got := smtpServer(t, "")
	m, err := notify.SMTP{Server: at, From: "trucot@example.gov.vn"}.Mailer()
	must(t, err)
	if err := m.Send(context.Background(), "hung@example.gov.vn", "x", "y", "abc"); err == nil || len(got) > 0 {
		t.Errorf("sent without encryption: %v", err)
	}
}

// TestARefusedRecipientIsGivenUp: an address that does not exist is not written to for two days.
func TestARefusedRecipientIsGivenUp(t *testing.T) {
	for refuse, want := range map[string]string{"550 no such user": "failed", "451 later": "waiting"} {
		o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
		at, _ := smtpServer(t, refuse)
		m, err := notify.SMTP{Server: at, From: "trucot@example.gov.vn", TLS: "none"}.Mailer()
		must(t, err)
		o.Reach(notify.Outside{Mail: m})
		must(t, o.SetAddress(o.ctx, "hung", "hung@example.gov.vn"))
		must(t, o.Choose(o.ctx, "hung", map[notify.Kind]notify.Way{notify.TaskAssigned: notify.ByMail}))
		o.happen(t, "task/1", "so", "khai", "hung")
		must(t, o.Step(o.ctx))
		jobs, err := o.Deliveries(o.ctx, "hung", 10)
		must(t, err)
		if len(jobs) != 1 || jobs[0].State != want || jobs[0].Answer != "mail" {
			t.Errorf("%s: %+v", refuse, jobs)
		}
	}
}

func TestBadMailSettings(t *testing.T) {
	password := filepath.Join(t.TempDir(), "p")
	must(t, os.WriteFile(password, []byte("bí mật\n"), 0o600))
	for key, s := range map[string]notify.SMTP{
		"notify.bad_smtp":      {Server: "mail", From: "a@b.vn"},
		"notify.bad_smtp ":     {Server: "mail:25"},
		"notify.bad_smtp  ":    {Server: "mail:25", From: "a@b.vn", TLS: "maybe"},
		"notify.smtp_password": {Server: "mail:25", From: "a@b.vn", User: "u", PasswordFile: password + "x"},
		"":                     {Server: "mail:25", From: "a@b.vn", User: "u", PasswordFile: password},
	} {
		if _, err := s.Mailer(); key == "" && err != nil || key != "" && !fault.Is(err, strings.TrimSpace(key)) {
			t.Errorf("%+v: %v", s, err)
		}
	}
}
