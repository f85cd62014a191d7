package councils

import (
	"net/url"
	"strconv"

	"trucot/internal/engine/council"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/web"
)

// deed is one step of a council's page.
type deed struct {
	everybody bool // the engine decides who may; else it is the secretary's
	do        func(s *pages, r *web.Request, c *council.Council, by council.By, in url.Values) error
}

// deeds are the steps by their word in the address.
var deeds = map[string]deed{
	"thanh-vien": {do: func(s *pages, r *web.Request, c *council.Council, by council.By, in url.Values) error {
		seating := council.Seating{Account: in.Get("tai-khoan"), Role: in.Get("vi-tri"), Organisation: in.Get("noi-cong-tac"), Born: calendar.NoDate, Number: in.Get("so-dinh-danh")}
		var err error
		if born := in.Get("ngay-sinh"); born != "" {
			seating.Born, err = calendar.ParseWritten(born)
		}
		if err == nil {
			_, err = s.Councils.Seat(r.Context(), c.ID, by, seating)
		}
		return err
	}},
	"rut-thanh-vien": {do: func(s *pages, r *web.Request, c *council.Council, by council.By, in url.Values) error {
		_, err := s.Councils.Excuse(r.Context(), c.ID, by, in.Get("tai-khoan"), in.Get("ly-do"))
		return err
	}},
	"khai": {everybody: true, do: declare},
	"ket-luan-xung-dot": {do: func(s *pages, r *web.Request, c *council.Council, by council.By, in url.Values) error {
		_, err := s.Councils.Clear(r.Context(), c.ID, by, in.Get("tai-khoan"), in.Get("truong-hop"), in.Get("ly-do"))
		return err
	}},
	"hop": {do: func(s *pages, r *web.Request, c *council.Council, by council.By, in url.Values) error {
		on, err := calendar.Parse(in.Get("ngay"))
		if err == nil {
			_, err = s.Councils.Call(r.Context(), c.ID, by, on, in.Get("dia-diem"))
		}
		return err
	}},
	"tai-lieu": {do: func(s *pages, r *web.Request, c *council.Council, by council.By, in url.Values) error {
		_, err := s.Councils.SendPapers(r.Context(), c.ID, by, lines(in.Get("tai-lieu")))
		return err
	}},
	"cau-hoi": {everybody: true, do: func(s *pages, r *web.Request, c *council.Council, by council.By, in url.Values) error {
		_, err := s.Councils.Ask(r.Context(), c.ID, by, in.Get("cau-hoi"))
		return err
	}},
	"tra-loi": {do: func(s *pages, r *web.Request, c *council.Council, by council.By, in url.Values) error {
		n, _ := strconv.Atoi(in.Get("so")) // unreadable = no such question
		_, err := s.Councils.Answer(r.Context(), c.ID, by, n, in.Get("tra-loi"))
		return err
	}},
	"ho-so-xet": {do: setFiles},
	"diem-danh": {do: attend},
	"mo": {do: func(s *pages, r *web.Request, c *council.Council, by council.By, in url.Values) error {
		_, err := s.Councils.OpenVote(r.Context(), c.ID, by)
		return err
	}},
	"dong": {do: func(s *pages, r *web.Request, c *council.Council, by council.By, in url.Values) error {
		_, err := s.Councils.CloseVote(r.Context(), c.ID, by)
		return err
	}},
	"xac-nhan": {everybody: true, do: func(s *pages, r *web.Request, c *council.Council, by council.By, in url.Values) error {
		_, err := s.Councils.Confirm(r.Context(), c.ID, by)
		return err
	}},
	"ket-luan": {do: func(s *pages, r *web.Request, c *council.Council, by council.By, in url.Values) error {
		_, err := s.Councils.Conclude(r.Context(), c.ID, by, in.Get("ket-luan"))
		return err
	}},
	"xu-ly-bang-diem": {everybody: true, do: func(s *pages, r *web.Request, c *council.Council, by council.By, in url.Values) error {
		if c.Deciding() == council.TieHead && !runs(r, c) { // the chair's word is the chair's alone: the engine sees to it
			return web.Forbidden()
		}
		_, err := s.Councils.Settle(r.Context(), c.ID, by, in.Get("ho-so"), in.Get("quyet-dinh"), in.Get("ly-do"))
		return err
	}},
	"huy": {do: func(s *pages, r *web.Request, c *council.Council, by council.By, in url.Values) error {
		_, err := s.Councils.Cancel(r.Context(), c.ID, by, in.Get("ly-do"))
		return err
	}},
}

// act takes one step from the council's page.
func (s *pages) act(r *web.Request, in url.Values) (string, error) {
	c, err := s.get(r)
	if err != nil {
		return "", err
	}
	d, ok := deeds[r.PathValue("step")]
	if !ok {
		return "", fault.New(fault.NotFound, "councils.unknown_step", "step", r.PathValue("step"))
	}
	if !d.everybody && !runs(r, c) {
		return "", web.Forbidden()
	}
	by := council.By{Actor: r.Actor()}
	by.Expect, _ = strconv.ParseInt(in.Get("ban"), 10, 64) // unreadable = whatever it is now
	return Path(c.ID) + "?da=luu", d.do(s, r, c, by, in)
}

// again is the council's page with what was typed and what is wrong with it.
func (s *pages) again(r *web.Request, in url.Values, trouble error) error {
	c, err := s.get(r)
	if err != nil {
		return err
	}
	if _, ok := deeds[r.PathValue("step")]; !ok {
		return trouble
	}
	return s.show(r, c, in, trouble)
}

// declare is the member's own, or the secretary's from a declaration on paper.
func declare(s *pages, r *web.Request, c *council.Council, by council.By, in url.Values) error {
	account := in.Get("tai-khoan")
	if account == "" {
		account = r.Actor()
	}
	if account != r.Actor() && !runs(r, c) {
		return web.Forbidden()
	}
	_, err := s.Councils.Declare(r.Context(), c.ID, by, account, in["truong-hop"])
	return err
}

// attend reads the roll: "co-mat.<account>" is present, written or absent.
func attend(s *pages, r *web.Request, c *council.Council, by council.By, in url.Values) error {
	a := council.Attendance{Tellers: in["kiem-phieu"]}
	for _, m := range c.Members {
		switch in.Get("co-mat." + m.Account) {
		case "co":
			a.Present = append(a.Present, m.Account)
		case "van-ban":
			a.Written = append(a.Written, m.Account)
		}
	}
	_, err := s.Councils.Attend(r.Context(), c.ID, by, a)
	return err
}

// moreFiles is how many blank blocks the form of files offers.
const moreFiles = 3
