package search_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"trucot/internal/engine/search"
)

// synthetic makes documents of about 150 words whose words come as often as in a language (Zipf), besides
// "dense" in 15 % and "rare" in 0.15 % of them.
func synthetic(n int) func(i int) search.Doc {
	r := rand.New(rand.NewPCG(1, 2))
	z := rand.NewZipf(r, 1.07, 8, 6000)
	names := make([]string, 6001)
	onset := strings.Fields("b c ch d đ g h kh l m n ng nh ph qu r s t th tr v x")
	rhyme := strings.Fields("a an ang anh ao át ba côn iên uyên ông ình ương ước ểm ối ữ ổng ạch ịnh ế ờ ăn ân oa oài")
	for i := range names {
		names[i] = onset[i%22] + rhyme[i/22%26] + strings.Repeat("h", i/572)
	}
	return func(i int) search.Doc {
		var b strings.Builder
		for range 140 + r.IntN(20) {
			b.WriteString(names[z.Uint64()])
			b.WriteByte(' ')
		}
		if i%20 < 3 {
			b.WriteString("đậm đặc ")
		}
		if i%667 == 0 {
			b.WriteString("hiếm gặp")
		}
		return search.Doc{ID: fmt.Sprint("d/", i), Title: "Văn bản " + names[i%6000], Text: b.String(), Date: int32(1 + i%5000),
			Facets: []string{"kind:" + fmt.Sprint(i%5), "unit:" + fmt.Sprint(i%40), "side:state"}}
	}
}

func fill(b *testing.B, n int) *search.Index {
	x := search.New(lexicon(b))
	next := synthetic(n)
	for i := range n {
		x.Put(next(i))
	}
	return x
}

// BenchmarkPut measures processor time, the merging of segments included and the making of the documents not.
func BenchmarkPut(b *testing.B) {
	next := synthetic(b.N)
	var docs []search.Doc
	for i := range b.N {
		docs = append(docs, next(i))
	}
	x := search.New(lexicon(b))
	runtime.GC()
	b.ResetTimer()
	before := processor(b)
	x.Put(docs...)
	b.ReportMetric(float64(b.N)/(processor(b)-before).Seconds(), "docs/cpu-s")
}

// processor is the processor time that the test has used: less sensitive than the clock to what else runs.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkSearch asks 200,000 documents for words that 30,000 and 300 of them have, with a filter, a scope,
// counted facets and snippets.
func BenchmarkSearch(b *testing.B) {
	began := time.Now()
	x := fill(b, 200_000)
	var mem runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&mem)
	b.Logf("200,000 documents in %v, %d MiB in use", time.Since(began).Round(time.Millisecond), mem.HeapAlloc>>20)
	for _, q := range []struct{ name, text string }{{"dense", "đậm đặc"}, {"rare", "hiếm gặp"}, {"dense-bare", "dam dac"}, {"common", "bạn chan đát kha"}} {
		b.Run(q.name, func(b *testing.B) {
			b.ReportAllocs()
			var r search.Result
			before := processor(b)
			for b.Loop() {
				r = x.Search(search.Query{Text: q.text, Snippets: true, Count: []string{"kind"},
					Scope: []search.Clause{{Any: []string{"side:state"}}}, Filter: [][]string{{"kind:1", "kind:2", "kind:3"}}})
			}
			b.ReportMetric(float64(r.Total), "found")
			b.ReportMetric(float64((processor(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms")
		})
	}
	b.Run("dense-32-clients", func(b *testing.B) { clients(b, x) })
}

// clients measures how long 32 clients at once wait for dense queries.
func clients(b *testing.B, x *search.Index) {
	var mu sync.Mutex
	var took []time.Duration
	b.SetParallelism(max(1, 32/runtime.GOMAXPROCS(0)))
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			began := time.Now()
			x.Search(search.Query{Text: "đậm đặc", Snippets: true, Filter: [][]string{{"kind:1", "kind:2", "kind:3"}}})
			mu.Lock()
			took = append(took, time.Since(began))
			mu.Unlock()
		}
	})
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
}
