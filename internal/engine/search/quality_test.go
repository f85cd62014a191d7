package search_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trucot/definitions"
	"trucot/internal/engine/search"
	"trucot/internal/kernel/lang"
	"trucot/internal/testing/shared"
)

func lexicon(t testing.TB) *search.Lexicon {
	t.Helper()
	lex, err := search.Load(definitions.Files)
	if err != nil {
		t.Fatal(err)
	}
	return lex
}

// The one configuration is measured on every collection, with marks and with the queries' marks taken off. The
// floors are what it reaches; goal is what the plan asks for.
func TestQuality(t *testing.T) {
	sets := []struct {
		name, docs, queries, qrels string
		plain, bare, goal          float64
	}{
		{"alqac", "alqac/docs.jsonl.gz", "alqac/queries.jsonl", "alqac/qrels.tsv", 0.945, 0.943, 0.889},
		{"known", "st-law/docs.jsonl.gz", "st-law/queries-known-item.jsonl", "st-law/qrels-known-item.tsv", 0.602, 0.593, 0.584},
		{"related", "st-law/docs.jsonl.gz", "st-law/queries-related.jsonl", "st-law/qrels-related.tsv", 0.291, 0.294, 0.275},
		{"xquad", "xquad-vi/docs.jsonl", "xquad-vi/queries.jsonl", "xquad-vi/qrels.tsv", 0.973, 0.968, 0.988},
		{"uit", "uit-wiki/docs.jsonl", "uit-wiki/queries.jsonl", "uit-wiki/qrels.tsv", 0.971, 0.967, 0.979},
	}
	lex := lexicon(t)
	for _, s := range sets {
		t.Run(s.name, func(t *testing.T) {
			x := search.New(lex)
			for _, d := range jsonLines(t, s.docs) {
				x.Put(search.Doc{ID: d["id"], Title: d["title"], Text: d["text"]})
			}
			qrels := judgements(t, s.qrels)
			queries := jsonLines(t, s.queries)
			plain := ndcg(x, queries, qrels, func(q string) string { return q })
			bare := ndcg(x, queries, qrels, lang.Fold)
			t.Logf("%-8s nDCG@10 %.4f, without marks %.4f, goal %.3f; every other question %.4f and %.4f", s.name, plain.all, bare.all, s.goal, plain.half[0], plain.half[1])
			if plain.all < s.plain || bare.all < max(s.bare, plain.all-0.02) {
				t.Errorf("nDCG@10 %.4f and without marks %.4f, floors %.3f and %.3f", plain.all, bare.all, s.plain, s.bare)
			}
		})
	}
}

// measure is nDCG@10 over all questions and over every other one: settings found on one half can be judged on the other.
type measure struct {
	all  float64
	half [2]float64
}

func ndcg(x *search.Index, queries []map[string]string, qrels map[string]map[string]bool, how func(string) string) measure {
	var sum, n [2]float64
	for _, q := range queries {
		right := qrels[q["id"]]
		if len(right) == 0 {
			continue
		}
		side := int(n[0]+n[1]) % 2
		n[side]++
		rank, got := 0, 0.0
		for _, h := range x.Search(search.Query{Text: how(q["text"]), Limit: 11}).Hits {
			if h.ID == q["doc"] || rank >= 10 {
				continue
			}
			rank++
			if right[h.ID] {
				got += 1 / math.Log2(float64(rank)+1)
			}
		}
		best := 0.0
		for i := range min(10, len(right)) {
			best += 1 / math.Log2(float64(i)+2)
		}
		sum[side] += got / best
	}
	return measure{all: (sum[0] + sum[1]) / (n[0] + n[1]), half: [2]float64{sum[0] / n[0], sum[1] / n[1]}}
}

func jsonLines(t *testing.T, name string) []map[string]string {
	t.Helper()
	var all []map[string]string
	d := json.NewDecoder(bytes.NewReader(sharedFile(t, name)))
	for {
		var m map[string]any
		err := d.Decode(&m)
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		line := map[string]string{}
		for k, v := range m {
			if s, ok := v.(string); ok {
				line[k] = s
			}
		}
		all = append(all, line)
	}
}

func judgements(t *testing.T, name string) map[string]map[string]bool {
	t.Helper()
	all := map[string]map[string]bool{}
	in := bufio.NewScanner(bytes.NewReader(sharedFile(t, name)))
	for in.Scan() {
		f := strings.Split(in.Text(), "\t")
		if all[f[0]] == nil {
			all[f[0]] = map[string]bool{}
		}
		all[f[0]][f[1]] = true
	}
	return all
}

func sharedFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(shared.Dir(t), "data/vi-search-dev", name))
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if data, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	return data
}
