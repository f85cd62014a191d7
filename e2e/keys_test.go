package e2e

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"trucot/internal/app/api"
	"trucot/internal/engine/people"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/store"
	"trucot/internal/room/party"
)

var keptRows = store.Statement(`select key, stream, digest from command_key where key >= $1 and key < $2`)

// kept are the rows that the ledger keeps of an account's keys, as texts.
func (a *agency) kept(t *testing.T, account string) []string {
	t.Helper()
	out, err := store.All(t.Context(), a.DB, func(rows *sql.Rows) (string, error) {
		var key, stream, digest string
		err := rows.Scan(&key, &stream, &digest)
		return key + "|" + stream + "|" + digest, err
	}, keptRows, account+":", account+";")
	must(t, err)
	return out
}

// documents are those of the Party's register.
func (a *agency) documents(t *testing.T) []*party.Record {
	t.Helper()
	all, err := a.Party.RecordsAfter(t.Context(), party.RecordFilter{Kind: "document", Units: []string{"cb1", "cb2"}, From: calendar.NoDate, To: calendar.NoDate, UntilBy: calendar.NoDate, Limit: 100}, "")
	must(t, err)
	return all
}

// TestAKeyMakesOneDocumentOfTheParty: what the Party enters under a key, also many times at once, is entered once and answered
// alike; another body is refused, another account learns nothing, and who has lost its reach is told of nothing.
func TestAKeyMakesOneDocumentOfTheParty(t *testing.T) {
	a, _ := cells(t)
	const path, key = api.Base + "/dang/so/van-ban", "Nghị quyết kín (mẫu)"
	body := func(unit string) string {
		return `{"unit":"` + unit + `","title":"Nghị quyết riêng mẫu","form":"NQ","on":"2021-06-10"}`
	}
	office := a.caller(t, "dang")
	answers, wait := make([]string, 6), sync.WaitGroup{}
	for i := range answers {
		wait.Go(func() {
			status, _, raw := office.raw("POST", path, body("cb1"), "Idempotency-Key", key)
			answers[i] = fmt.Sprint(status, raw)
		})
	}
	wait.Wait()
	if slices.Sort(answers); answers[0] != answers[5] || !strings.Contains(answers[0], `200{"path":"/dang/so/van-ban/VB-00001","stream":"party-record/VB-00001"`) {
		t.Error(answers)
	}
	if held := a.documents(t); len(held) != 1 || !strings.HasPrefix(held[0].Number, "01-NQ") {
		t.Error(held)
	}
	for _, row := range a.kept(t, "dang") {
		if strings.Contains(row, "riêng") || strings.Contains(row, key) || strings.Contains(row, "cb1") || strings.Contains(row, "NQ") {
			t.Error("of the request is kept", row)
		}
	}
	if status, _, p := office.call("POST", path, body("cb2"), "Idempotency-Key", key); status != http.StatusUnprocessableEntity || p["code"] != "ledger.key_other" {
		t.Errorf("another body answers %d %v", status, p)
	}
	for who, want := range map[string]int{"bithu": http.StatusForbidden, "khai": http.StatusForbidden} { // who keeps another cell, and nothing of the Party
		if status, _, raw := a.caller(t, who).raw("POST", path, body("cb1"), "Idempotency-Key", key); status != want || strings.Contains(raw, "VB-0") {
			t.Errorf("%s gets %d %s for the key of another", who, status, raw)
		}
	}
	if status, _, raw := a.caller(t, "bithu").raw("POST", path, body("cb2"), "Idempotency-Key", key); status != http.StatusOK || !strings.Contains(raw, "VB-00002") {
		t.Errorf("the same key of another account answers %d %s", status, raw)
	}
	by := people.By{Actor: "test"}
	must(t, a.People.RevokeRole(context.Background(), by, "dang", people.Grant{Role: people.PartyOffice, Unit: "du"}))
	must(t, a.People.GrantRole(context.Background(), by, "dang", people.Grant{Role: people.PartyOffice, Unit: "cb2"}))
	if status, _, raw := office.raw("POST", path, body("cb1"), "Idempotency-Key", key); status != http.StatusNotFound || strings.Contains(raw, "party-record") {
		t.Errorf("who has lost its reach gets %d %s", status, raw)
	}
	if held := a.documents(t); len(held) != 2 {
		t.Error(held)
	}
}
