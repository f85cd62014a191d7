package app

import (
	"context"
	"testing"

	"trucot/internal/kernel/store"
	"trucot/internal/testing/storetest"
)

// Every statement of the program prepares on both engines, over the tables that an opened agency has.
func TestEveryStatementPreparesOnBothEngines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, at string) {
		o := Options{Data: t.TempDir()}
		if store.IsPostgres(at) {
			o.DB = at
		}
		a, err := Open(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		for _, q := range store.Statements() {
			if err := a.DB.Prepare(context.Background(), q); err != nil {
				t.Errorf("%v\n%s", err, q)
			}
		}
	})
}
