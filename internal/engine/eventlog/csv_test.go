package eventlog_test

import (
	"context"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"

	"trucot/internal/engine/eventlog"
	"trucot/internal/kernel/fault"
)

// outline reads a log and writes each case as "id: activity, activity".
func outline(t testing.TB, src eventlog.Source, opts eventlog.Options) (string, *eventlog.Summary) {
	t.Helper()
	if opts.Known == nil {
		opts.Known = known(t)
	}
	var lines []string
	sum, err := eventlog.Read(context.Background(), src, opts, func(c *eventlog.Case) error {
		var steps []string
		for _, e := range c.Events {
			steps = append(steps, e.Activity)
		}
		lines = append(lines, c.ID+": "+strings.Join(steps, ", "))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n"), sum
}

func TestCSVOfEveryHandwriting(t *testing.T) {
	const want = "HS-1: Tiếp nhận, Thẩm định\nHS-2: Tiếp nhận"
	const plain = "Mã hồ sơ,Bước,Thời điểm\nHS-1,Tiếp nhận,14/06/2021 08:30\nHS-1,Thẩm định,15/06/2021 09:00\nHS-2,Tiếp nhận,2021-06-16T10:00:00+07:00\n"
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	// "Mã hồ sơ", "Bước", "Thời điểm", "Tiếp nhận", "Thẩm định" in the code table of TCVN 5712 VN3
	tcvn3 := strings.NewReplacer("Mã hồ sơ", "M\xb7 h\xe5 s\xac", "Bước", "B\xad\xedc", "Thời điểm", "Th\xeai \xaei\xd3m",
		"Tiếp nhận", "Ti\xd5p nh\xcbn", "Thẩm định", "Th\xc8m \xae\xdenh").Replace(plain)
	tcvn3 = strings.ReplaceAll(tcvn3, "M\xb7", "M\xb7")
	for name, doc := range map[string]string{
		"plain":               plain,
		"byte-order mark":     "\xef\xbb\xbf" + plain,
		"semicolons":          strings.ReplaceAll(plain, ",", ";"),
		"tabs":                strings.ReplaceAll(plain, ",", "\t"),
		"carriage returns":    strings.ReplaceAll(plain, "\n", "\r\n"),
		"no final newline":    strings.TrimSuffix(plain, "\n"),
		"blank lines":         strings.ReplaceAll(plain, "\n", "\n\n"),
		"quoted":              "\"" + strings.NewReplacer(",", "\",\"", "\n", "\"\n\"").Replace(strings.TrimSuffix(plain, "\n")) + "\"\n",
		"UTF-16":              utf16,
		"gzip":                string(zipped([]byte(plain))),
		"gzip of UTF-16":      string(zipped([]byte(utf16))),
		"decomposed letters":  strings.ReplaceAll(plain, "ế", "ê\u0301"),
		"scattered rows":      "Mã hồ sơ,Bước,Thời điểm\nHS-1,Tiếp nhận,14/06/2021 08:30\nHS-2,Tiếp nhận,16/06/2021\nHS-1,Thẩm định,15/06/2021 09:00\n",
		"capital column name": strings.Replace(plain, "Mã hồ sơ", "MÃ HỒ SƠ", 1),
		"TCVN3":               tcvn3,
	} {
		t.Run(name, func(t *testing.T) {
			got, sum := outline(t, text("log.csv", []byte(doc)), eventlog.Options{})
			if got != want || sum.WarningN != 0 || sum.Statistics.From.String() != "2021-06-14" || sum.Statistics.To.String() != "2021-06-16" {
				t.Errorf("%s\n%+v %v", got, sum.Statistics, sum.Warnings)
			}
		})
	}
}

func TestBadRowsAreNamedAndLeftOutOnlyOnRequest(t *testing.T) {
	src := text("log.csv", []byte("case_id,activity,timestamp\nc1,a,2021-01-01\nc1,b\n,c,2021-01-02\nc1,\"d, e\",2021-01-03\n"))
	_, err := eventlog.Read(context.Background(), src, eventlog.Options{Known: known(t)}, nil)
	list, ok := err.(fault.List)
	if !ok || len(list) != 2 || list[0].Place.String() != "log.csv:3" || list[1].Place.String() != "log.csv:4" {
		t.Fatalf("%v", err)
	}
	got, sum := outline(t, src, eventlog.Options{Lenient: true})
	if got != "c1: a, d, e" || sum.Skipped != 2 || sum.WarningN != 2 {
		t.Errorf("%s %+v", got, sum)
	}
}

// Cases whose rows are scattered and cases whose rows stand together give the same log.
func TestScatteringRowsChangesNothing(t *testing.T) {
	const header = "case_id,activity\n"
	var together, scattered strings.Builder
	for c := range 50 {
		for e := range 7 {
			together.WriteString(sprintf("c%d,a%d\n", c, e))
		}
	}
	for e := range 7 {
		for c := range 50 {
			scattered.WriteString(sprintf("c%d,a%d\n", c, e))
		}
	}
	a, _ := outline(t, text("a.csv", []byte(header+together.String())), eventlog.Options{})
	b, _ := outline(t, text("b.csv", []byte(header+scattered.String())), eventlog.Options{})
	if a != b {
		t.Error("grouping changed the cases")
	}
}

// The mapping may name an encoding; a wide-spread one with two bytes a letter is VNI.
func TestCSVInANamedEncoding(t *testing.T) {
	m := mapping(t, "name: old\ncase: {id: ma}\nevent: {activity: buoc}\ncsv: {encoding: vni}\n")
	got, _ := outline(t, text("log.csv", []byte("ma,buoc\nHS-1,Tie\xe1p nha\xe4n\n")), eventlog.Options{Mapping: m})
	if got != "HS-1: Tiếp nhận" {
		t.Error(got)
	}
	m = mapping(t, "name: old\ncase: {id: ma}\nevent: {activity: buoc}\ncsv: {encoding: koi8}\n")
	_, err := eventlog.Read(context.Background(), text("log.csv", []byte("ma,buoc\n1,a\n")), eventlog.Options{Mapping: m}, nil)
	if !fault.Is(err, "eventlog.csv_unknown_encoding") {
		t.Error(err)
	}
}
