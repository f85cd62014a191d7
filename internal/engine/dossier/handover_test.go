package dossier_test

import (
	"path/filepath"
	"slices"
	"testing"

	"trucot/internal/engine/dossier"
	"trucot/internal/kernel/fault"
	"trucot/internal/testing/storetest"
)

// Handing over changes who works on a dossier and nothing else; it can be undone, and not twice.
func TestHandOver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		before := o.steps(t, o.file(t, "2021-03-01").Code, "tiep_nhan 2021-03-01")
		d, err := o.HandOver(o.ctx, dossier.HandOver{Code: before.Code, To: "hai", Expect: before.Stream, Actor: "a", Note: "nghỉ phép"})
		if err != nil || d.Assignee != "hai" || d.State != before.State || d.Status != before.Status || d.DueOn != before.DueOn ||
			d.Title != before.Title || d.ReceivedOn != before.ReceivedOn || len(d.Fields) != len(before.Fields) || d.Stream != before.Stream+1 {
			t.Fatalf("%+v became %+v, %v", before, d, err)
		}
		for name, c := range map[string]struct {
			h    dossier.HandOver
			want string
		}{
			"overtaken": {dossier.HandOver{Code: d.Code, To: "ba", Expect: before.Stream}, "dossier.changed"},
			"the same":  {dossier.HandOver{Code: d.Code, To: "hai"}, "dossier.same_assignee"},
			"nowhere":   {dossier.HandOver{Code: "x", To: "hai"}, "dossier.not_found"},
		} {
			if _, err := o.HandOver(o.ctx, c.h); !fault.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if d, err = o.HandOver(o.ctx, dossier.HandOver{Code: d.Code, To: before.Assignee, Expect: d.Stream, Actor: "a"}); err != nil || d.Assignee != before.Assignee {
			t.Errorf("undone: %q, %v", d.Assignee, err)
		}
		d = o.steps(t, d.Code, "rut 2021-03-02")
		if _, err := o.HandOver(o.ctx, dossier.HandOver{Code: d.Code, To: "hai"}); !fault.Is(err, "dossier.closed") {
			t.Errorf("ended: %v", err)
		}
		was, err := o.AsOf(o.ctx, d.Code, day("2021-03-01"))
		if err != nil || was.Status != dossier.Received || was.ReceivedOn != day("2021-03-01") || was.Late {
			t.Errorf("on its first day: %+v, %v", was, err)
		}
		if now, err := o.AsOf(o.ctx, d.Code, day("2030-01-01")); err != nil || now.Status != d.Status || now.Position != d.Position {
			t.Errorf("in the end: %+v, %v", now, err)
		}
		if _, err := o.AsOf(o.ctx, d.Code, day("2021-02-28")); !fault.Is(err, "dossier.not_yet") {
			t.Errorf("before its first day: %v", err)
		}
	})
}

func TestTalk(t *testing.T) {
	o := newOffice(t, filepath.Join(t.TempDir(), "a.db"))
	a, b := o.file(t, "2021-03-01"), o.file(t, "2021-03-01")
	known := func(account string) bool { return account == "hung" || account == "le.ha" }
	for text, want := range map[string][]string{
		"Nhờ @hung, @le.ha. xem":   {"hung", "le.ha"},
		"thư hung@le.ha không gọi": nil,
		"@hung @hung @ai":          {"hung"},
		"(@hung)":                  {"hung"},
	} {
		if c, err := o.Comment(o.ctx, a.Code, text, "khai", known); err != nil || !slices.Equal(c.Mentions, want) {
			t.Errorf("%q mentions %v, %v; want %v", text, c.Mentions, err, want)
		}
	}
	for i := range 2 { // once more changes nothing
		if err := o.Link(o.ctx, a.Code, b.Code, "cùng dự án", "khai"); err != nil {
			t.Fatal(i, err)
		}
	}
	ta, err := o.Talk(o.ctx, a.Code)
	tb, err2 := o.Talk(o.ctx, b.Code)
	if err != nil || err2 != nil || len(ta.Comments) != 4 || len(ta.Links) != 1 || ta.Links[0].Other != b.Code || len(tb.Links) != 1 || tb.Links[0].Other != a.Code {
		t.Fatalf("%+v %+v %v %v", ta, tb, err, err2)
	}
	if err := o.Unlink(o.ctx, b.Code, a.Code, "khai"); err != nil {
		t.Fatal(err)
	}
	if ta, _ = o.Talk(o.ctx, a.Code); len(ta.Links) != 0 {
		t.Errorf("%+v", ta.Links)
	}
	if d, err := o.Get(o.ctx, a.Code); err != nil || d.Stream != a.Stream {
		t.Errorf("talk changed the dossier: %v", err)
	}
	for name, err := range map[string]error{"dossier.self_link": o.Link(o.ctx, a.Code, a.Code, "", ""), "dossier.not_found": o.Link(o.ctx, a.Code, "x", "", "")} {
		if !fault.Is(err, name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := o.Comment(o.ctx, a.Code, "  ", "khai", known); !fault.Is(err, "dossier.empty_comment") {
		t.Error(err)
	}
}

// A view is its owner's, or of those who may read the unit it is shared with.
func TestViewsAreSeenByThoseTheyAreFor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := newOffice(t, at)
		for _, v := range []dossier.View{{Title: "của tôi", Owner: "a", Query: "xem=late"}, {Title: "phòng", Owner: "b", Unit: "phong_a"}, {Title: "đảng", Owner: "c", Unit: "du"},
			{Title: "của tôi", Owner: "a", List: "/viec", Query: "xem=overdue"}} {
			if _, err := o.SaveView(o.ctx, v); err != nil {
				t.Fatal(err)
			}
		}
		for name, c := range map[string]struct {
			account        string
			units, without []string
			want           []string
		}{
			"own":        {"a", []string{}, nil, []string{"của tôi"}},
			"own unit":   {"a", []string{"phong_a"}, nil, []string{"của tôi", "phòng"}},
			"everywhere": {"x", nil, []string{"du"}, []string{"phòng"}},
			"stranger":   {"x", []string{"phong"}, nil, nil},
		} {
			var got []string
			all, err := o.Views(o.ctx, dossier.Dossiers, c.account, c.units, c.without)
			for _, v := range all {
				got = append(got, v.Title)
			}
			if slices.Sort(got); err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, %v", name, got, err)
			}
		}
		all, err := o.Views(o.ctx, "/viec", "a", []string{}, nil)
		if err != nil || len(all) != 1 || all[0].Path() != "/viec?xem=overdue" {
			t.Errorf("the view of another list of the same name: %+v, %v", all, err)
		}
		all, err = o.Views(o.ctx, dossier.Dossiers, "a", []string{}, nil)
		if err != nil || !fault.Is(o.RemoveView(o.ctx, all[0].ID, "b"), "dossier.no_view") || o.RemoveView(o.ctx, all[0].ID, "a") != nil {
			t.Error("only the owner takes a view away", err)
		}
		if all, _ = o.Views(o.ctx, dossier.Dossiers, "a", []string{}, nil); len(all) != 0 {
			t.Errorf("%v", all)
		}
		if _, err := o.SaveView(o.ctx, dossier.View{Title: " "}); !fault.Is(err, "dossier.bad_view") {
			t.Error(err)
		}
	})
}
