package store

import "testing"

func TestPlaceholdersInOrderBecomeQuestionMarks(t *testing.T) {
	for q, want := range map[string]string{
		`select 1`:                                    `select 1`,
		`insert into a values ($1,$2)`:                `insert into a values (?,?)`,
		`select '$1', "$9" where a = $1`:              `select '$1', "$9" where a = ?`,
		`select 'it''s' where a = $1`:                 `select 'it''s' where a = ?`,
		`values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`: `values (?,?,?,?,?,?,?,?,?,?,?)`,
		`select $1, $1`:                               ``,
		`select $2, $1`:                               ``,
		`select $10`:                                  ``,
		`select $1 -- not '$2`:                        ``,
		`select /* $1 */ $1`:                          ``,
		`select '$1`:                                  ``,
	} {
		if got, ok := anonymous(q); got != want && ok || ok != (want != "") {
			t.Errorf("%s: %q %v", q, got, ok)
		}
	}
}
