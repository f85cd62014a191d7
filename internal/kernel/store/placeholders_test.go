package store

import "testing"

func TestPlainParameters(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"insert into t values ($1,$2),($3,$4)", "insert into t values (?,?),(?,?)"},
		{"select a from t where b = $1 and c = '$2'", "select a from t where b = ? and c = '$2'"},
		{"select 1", "select 1"},
		{"select $2, $1", "select $2, $1"}, // out of order: the numbers matter
		{"select a from t where b = $1 or c = $1", "select a from t where b = $1 or c = $1"}, // used twice
		{"values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)", "values (?,?,?,?,?,?,?,?,?,?,?)"},
	} {
		if got := SQLite.text(SQL(c.in)); got != c.want {
			t.Errorf("%s: %s", c.in, got)
		}
		if got := Postgres.text(SQL(c.in)); got != c.in {
			t.Errorf("PostgreSQL got %s", got)
		}
	}
}
