package people

import (
	"slices"
	"testing"

	"trucot/internal/kernel/fault"
	"trucot/internal/testing/storetest"
)

func TestWhatBecameOfAUnit(t *testing.T) {
	p, _ := open(t)
	tree(t, p)
	ctx := t.Context()
	must(t, p.CloseUnit(ctx, By{Actor: "test", On: day("2021-03-01")}, "qlkh", "tdc"))
	must(t, p.CloseUnit(ctx, By{Actor: "test", On: day("2021-03-01")}, "cb1", ""))
	for _, c := range []struct{ unit, on, want, fault string }{
		{"qlcn", "2020-06-30", "qlcn", ""},
		{"qlcn", "2020-07-01", "qlkh", ""},
		{"qlcn", "2021-03-01", "tdc", ""}, // merged twice
		{"cb1", "2021-02-28", "cb1", ""},
		{"cb1", "2021-03-01", "", "people.unit_ended"},
		{"so", "2018-01-01", "", "people.unit_ended"},
		{"khong-co", "2021-03-01", "", "people.unknown_unit"},
	} {
		got, err := p.Standing(ctx, c.unit, day(c.on))
		if c.fault != "" && !fault.Is(err, c.fault) || c.fault == "" && (err != nil || got.Code != c.want) {
			t.Errorf("%s on %s stands as %q, %v", c.unit, c.on, got.Code, err)
		}
	}
}

// TestStaffGoAlongWithAMergedUnit: whoever had a role in it has the same in the successor, once, and nothing new begins
// in the unit that ended.
func TestStaffGoAlongWithAMergedUnit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		p, _ := openAt(t, at)
		ctx, by := t.Context(), By{Actor: "test", On: day("2019-02-01")}
		for _, code := range []string{"cu", "moi"} {
			must(t, p.OpenUnit(ctx, by, Unit{Code: code, NameVI: code, Side: State}))
		}
		for id, roles := range map[string][]Role{"hung": {Specialist, OneStop}, "lan": {UnitHead}, "qt": {Admin}} {
			must(t, p.OpenAccount(ctx, by, id, id))
			for _, role := range roles {
				must(t, p.GrantRole(ctx, by, id, Grant{role, "cu"}))
			}
		}
		now := By{Actor: "qt", On: day("2021-06-01")}
		if _, err := p.MoveRoles(ctx, now, "cu", "qt"); !fault.Is(err, "people.unit_stands") {
			t.Errorf("a unit that stands: %v", err)
		}
		must(t, p.CloseUnit(ctx, now, "cu", "moi"))
		for _, want := range []int{2, 0} { // the second time nobody is left
			if n, err := p.MoveRoles(ctx, now, "cu", "qt"); err != nil || n != want {
				t.Errorf("%d moved, %v", n, err)
			}
		}
		for id, want := range map[string][]Grant{"hung": {{OneStop, "moi"}, {Specialist, "moi"}}, "lan": {{UnitHead, "moi"}}, "qt": {{Admin, "cu"}}} {
			a, err := p.account(ctx, id)
			must(t, err)
			d, err := p.directory(ctx)
			must(t, err)
			got := a.public(d).Grants
			slices.SortFunc(got, func(a, b Grant) int { return len(a.Role) - len(b.Role) })
			if !slices.Equal(got, want) {
				t.Errorf("%s has %v, not %v", id, got, want)
			}
		}
		if err := p.GrantRole(ctx, now, "lan", Grant{Viewer, "cu"}); !fault.Is(err, "people.unit_ended") {
			t.Errorf("a role in a unit that ended: %v", err)
		}
		if err := p.GivePost(ctx, now, Post{Person: "lan", Unit: "cu", TitleVI: "Trưởng phòng"}); !fault.Is(err, "people.unit_ended") {
			t.Errorf("a post in a unit that ended: %v", err)
		}
	})
}
