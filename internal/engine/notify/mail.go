package notify

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/wneessen/go-mail"

	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/store"
)

// Mailer sends one plain-text e-mail. id is the same when the same mail is sent again.
type Mailer interface {
	Send(ctx context.Context, to, subject, text, id string) error
}

// SMTP is a mail server.
type SMTP struct {
	Server       string // host:port
	From         string
	User         string
	PasswordFile string // one line; never on the command line, where every process may read it
	TLS          string // "starttls" (the default), "tls", or "none" for a server on this machine
}

// Mailer checks the settings and opens nothing yet. Errors: notify.bad_smtp, notify.smtp_password.
func (s SMTP) Mailer() (Mailer, error) {
	host, port, err := net.SplitHostPort(s.Server)
	n, perr := strconv.Atoi(port)
	if err != nil || perr != nil || host == "" || s.From == "" {
		return nil, fault.New(fault.Invalid, "notify.bad_smtp", "server", s.Server)
	}
	options := []mail.Option{mail.WithPort(n), mail.WithTimeout(patience)}
	switch s.TLS {
	case "", "starttls":
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	case "tls":
		options = append(options, mail.WithSSL())
	case "none":
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		return nil, fault.New(fault.Invalid, "notify.bad_smtp", "server", s.Server)
	}
	if s.User != "" {
		password, err := os.ReadFile(s.PasswordFile)
		if err != nil {
			return nil, fault.New(fault.Invalid, "notify.smtp_password", "path", s.PasswordFile).Because(err)
		}
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.User), mail.WithPassword(strings.TrimRight(string(password), "\r\n")))
	}
	client, err := mail.NewClient(host, options...)
	if err != nil {
		return nil, fault.New(fault.Invalid, "notify.bad_smtp", "server", s.Server).Because(err)
	}
	return &mailer{client, s.From, host}, nil
}

type mailer struct {
	client     *mail.Client
	from, host string
}

func (m *mailer) Send(ctx context.Context, to, subject, text, id string) error {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := errors.Join(msg.From(m.from), msg.To(to)); err != nil {
		return err
	}
	msg.Subject(subject)
	msg.SetMessageIDWithValue(id + "@" + m.host)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // no holiday replies
	msg.SetBodyString(mail.TypeTextPlain, text)
	return m.client.DialAndSendWithContext(ctx, msg)
}

// digest is the body of a mail's job: whose it is, and since which day it counts.
type digest struct {
	Account string `json:"account"`
	Since   int64  `json:"since"`
}

type kindCount struct {
	kind Kind
	n    int
}

// sendDigest counts what is unread of the kinds that the person wants by mail, and sends the counts with a link. What it is
// about stays inside: mail is read on the way.
func (e *Engine) sendDigest(ctx context.Context, j Job) *trouble {
	var d digest
	if err := json.Unmarshal([]byte(j.body), &d); err != nil {
		return &trouble{"damaged", true}
	}
	to, err := e.Address(ctx, d.Account)
	if err != nil {
		return &trouble{"address", false}
	}
	counts, total, err := e.digestCounts(ctx, d)
	if err != nil {
		return &trouble{"database", false}
	}
	if to == "" || total == 0 || e.out.Mail == nil {
		return nil
	}
	subject, text := e.digestText(counts, total)
	return e.mail(ctx, j, to, subject, text)
}

// mail sends what a job wants sent.
func (e *Engine) mail(ctx context.Context, j Job, to, subject, text string) *trouble {
	sum := sha256.Sum256([]byte(e.l.Origin() + j.ID)) // the id travels in the open and must not name whom it is for
	if err := e.out.Mail.Send(ctx, to, subject, text, hex.EncodeToString(sum[:12])); err != nil {
		var sending *mail.SendError
		final := errors.As(err, &sending) && !sending.IsTemp() && sending.Reason == mail.ErrSMTPRcptTo
		return &trouble{"mail", final}
	}
	return nil
}

// digestText is the mail in Vietnamese and, below, in English.
func (e *Engine) digestText(counts []kindCount, total int) (subject, text string) {
	say := e.opts.Text
	var both []string
	for _, tag := range []lang.Tag{lang.VI, lang.EN} {
		var lines []string
		for _, c := range counts {
			lines = append(lines, say(tag, "notify.mail_line", "n", c.n, "kind", say(tag, "notify.kind_"+string(c.kind))))
		}
		both = append(both, say(tag, "notify.mail_text", "n", total, "lines", strings.Join(lines, "\n"), "link", e.out.Base+"/thong-bao"))
	}
	return say(lang.VI, "notify.mail_subject", "n", total) + " / " + say(lang.EN, "notify.mail_subject", "n", total), strings.Join(both, "\n\n--\n\n") + "\n"
}

// digestCounts are the unread notices since the last mail, of the kinds that their person wants by mail.
func (e *Engine) digestCounts(ctx context.Context, d digest) (wanted []kindCount, total int, err error) {
	ways, err := e.Choices(ctx, d.Account)
	if err != nil {
		return nil, 0, err
	}
	since := calendar.Date(d.Since).Time().Add(-calendarOffset)
	counts, err := store.All(ctx, e.db, func(rows *sql.Rows) (c kindCount, err error) { return c, rows.Scan(&c.kind, &c.n) }, sinceByKind, d.Account, place(since, ""))
	for _, c := range counts {
		if ways[c.kind] == ByMail {
			wanted = append(wanted, c)
			total += c.n
		}
	}
	return wanted, total, err
}
