package filing

import (
	"context"
	"net/mail"
	"net/url"
	"strings"

	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
)

// Contact is how to reach who files, and the number they are known by.
type Contact struct {
	Identity string `json:"identity,omitempty"` // digits
	Phone    string `json:"phone,omitempty"`    // digits, national form
	Email    string `json:"email,omitempty"`
}

// MailCode sends the code and secret of a draft to the address given in it, if there is one and mail goes out. Nobody
// can have many sent: beyond a few it does nothing.
func (r *Room) MailCode(ctx context.Context, d *Draft, secret string) error {
	if r.opts.Mail == nil || d.Contact.Email == "" || !r.limits.Allow("mail "+d.ID, mailRate, r.opts.Clock()) {
		return nil
	}
	to, err := r.seal(ctx, d.ID, d.Contact.Email)
	if err != nil {
		return err
	}
	token, err := r.seal(ctx, d.ID, Spaced(secret))
	if err != nil {
		return err
	}
	return r.opts.Mail(ctx, d.ID, to, token)
}

// Address is the sealed e-mail address of who filed a dossier, "" when none was given.
func (r *Room) Address(ctx context.Context, code string) (string, error) {
	p, err := readParty(ctx, r.db, code)
	if p == nil || err != nil {
		return "", err
	}
	return p.Email, nil
}

// maxEmail is the length of an address that mail servers take (RFC 5321).
const maxEmail = 254

// ReadContact reads the contact's inputs. A phone number is needed where must says so.
func ReadContact(rules *Rules, in url.Values, must bool) (Contact, []Problem) {
	var problems []Problem
	add := func(input, key string, args ...any) {
		problems = append(problems, Problem{input, fault.New(fault.Invalid, key, args...)})
	}
	c := Contact{Identity: digits(in.Get(IdentityInput)), Phone: phone(in.Get(PhoneInput)), Email: lang.NFC(strings.TrimSpace(in.Get(EmailInput)))}
	if c.Identity != "" && rules.identity(c.Identity) == nil || c.Identity == "" && strings.TrimSpace(in.Get(IdentityInput)) != "" {
		add(IdentityInput, "filing.bad_identity")
	}
	switch typed := strings.TrimSpace(in.Get(PhoneInput)); {
	case c.Phone != "":
	case typed != "":
		add(PhoneInput, "filing.bad_phone")
	case must:
		add(PhoneInput, "filing.need_phone")
	}
	if a, err := mail.ParseAddress(c.Email); c.Email != "" && (err != nil || a.Address != c.Email || len(c.Email) > maxEmail) {
		add(EmailInput, "filing.bad_email")
	}
	return c, problems
}

// digits are the digits of a number typed with blanks, dots or dashes; "" when anything else is in it.
func digits(typed string) string {
	var b strings.Builder
	for _, c := range typed {
		switch {
		case '0' <= c && c <= '9':
			b.WriteRune(c)
		case !strings.ContainsRune(" .-–\u00a0", c):
			return ""
		}
	}
	return b.String()
}

// phone is a telephone number in the national form, 0912345678; "" when it is none.
func phone(typed string) string {
	typed = strings.NewReplacer("(", "", ")", "").Replace(strings.TrimSpace(typed))
	if rest, ok := strings.CutPrefix(typed, "+84"); ok {
		typed = "0" + strings.TrimLeft(rest, " 0.-")
	}
	n := digits(typed)
	if len(n) < 9 || len(n) > 12 || n[0] != '0' && len(n) > 9 {
		return ""
	}
	return n
}
