package procedure

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"trucot/definitions"
	"trucot/internal/kernel/calendar"
	"trucot/internal/kernel/defs"
	"trucot/internal/kernel/fault"
	"trucot/internal/kernel/lang"
	"trucot/internal/kernel/rule"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	at := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(at, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(at)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run with -update and look at the change.\n%s", name, got)
	}
}

func catalog() *lang.Catalog {
	return lang.NewCatalog(lang.OwnTexts(), defs.Texts(), rule.Texts(), calendar.Texts(), Texts())
}

func shipped(t testing.TB) *Set {
	t.Helper()
	set, err := Load(shippedFiles(t))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func shippedFiles(t testing.TB) fs.FS {
	t.Helper()
	files, err := fs.Sub(definitions.Files, "procedures")
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// toy is the sample procedure and its base as editable files.
func toy(t testing.TB) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for _, name := range []string{"one_stop/2018/procedure.yaml", "book_loan/2018/procedure.yaml"} {
		raw, err := fs.ReadFile(shippedFiles(t), name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = &fstest.MapFile{Data: raw}
	}
	return out
}

// Every mistake is answered with its place, the line itself and what to write instead. Each case changes one line
// of the sample procedure; testdata/faults.golden holds what the writer reads.
func TestMistakesInADefinition(t *testing.T) {
	var b strings.Builder
	for _, c := range mistakes {
		files := toy(t)
		text := string(files["book_loan/2018/procedure.yaml"].Data)
		if !strings.Contains(text, c.old) {
			t.Fatalf("%s: the sample has no %q", c.name, c.old)
		}
		files["book_loan/2018/procedure.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(text, c.old, c.new, 1))}
		_, faults := Lint(files)
		if len(faults) == 0 {
			t.Errorf("%s: no fault", c.name)
		}
		b.WriteString("== " + c.name + "\n")
		for _, e := range faults {
			b.WriteString(catalog().Error(lang.VI, e) + "\n")
			if en := catalog().Error(lang.EN, e); strings.Contains(en, "⟦") || en == catalog().Error(lang.VI, e) {
				t.Errorf("%s: no English text: %s", c.name, en)
			}
		}
	}
	golden(t, "faults.golden", b.String())
}

var mistakes = []struct{ name, old, new string }{
	{"unknown key", "    until: ky\n", "    untill: ky\n"},
	{"unknown word", "status: published", "status: publish"},
	{"bad date", "from: 2018-06-21", "from: 21/6/2018"},
	{"bad duration", "duration: 5wd", "duration: 5 tuần"},
	{"missing required key", "    label: {vi: \"Thời hạn giải quyết\", en: \"Time limit\"}\n", ""},
	{"missing translation", "{vi: \"Tên sách\", en: \"Book title\"}", "{vi: \"Tên sách\"}"},
	{"wrong language", "{vi: \"Tên sách\", en: \"Book title\"}", "{vi: \"Tên sách\", fr: \"Titre\"}"},
	{"missing basis of a deadline", "    extension: {times: 1}\n    basis: noi_quy\n", "    extension: {times: 1}\n"},
	{"unknown basis", "    extension: {times: 1}\n    basis: noi_quy\n", "    extension: {times: 1}\n    basis: noi_qui\n"},
	{"unknown field in a guard", "the_het_han >= today\"", "the_het_hang >= today\""},
	{"wrong type in a guard", "dat_coc >= 100000", "dat_coc >= 'nhiều'"},
	{"guard without because", "    because: {vi: \"Sách hiếm phải", "    help: {vi: \"Sách hiếm phải"},
	{"formula of a fee", "so_cuon * 5000", "so_quyen * 5000"},
	{"unreachable state", "    to: hop_hoi_dong\n", "    to: trinh_ky\n"},
	{"dead end", "    from: hop_hoi_dong\n    to: dang_xu_ly\n", "    from: dang_xu_ly\n    to: hop_hoi_dong\n"},
	{"terminal with exit", "{id: hop_hoi_dong, label: {vi: \"Hội đồng xét\", en: \"Before the council\"}, status: 4}", "{id: hop_hoi_dong, label: {vi: \"Hội đồng xét\", en: \"Before the council\"}, status: 4, terminal: true}"},
	{"no national status", "en: \"Before the council\"}, status: 4}", "en: \"Before the council\"}}"},
	{"unknown state", "    from: hop_hoi_dong\n", "    from: hop_hoi_dog\n"},
	{"unknown actor", "    label: {vi: \"Đưa ra hội đồng\", en: \"Put before the council\"}\n    actor: chuyen_vien\n", "    label: {vi: \"Đưa ra hội đồng\", en: \"Put before the council\"}\n    actor: tro_ly\n"},
	{"unknown document", "requires: {documents: [the]}", "requires: {documents: [anh]}"},
	{"unknown output", "    output: [phieu_muon]\n", "    output: [phieu_muom]\n"},
	{"unknown fee", "    fee: phi_muon\n", "    fee: le_phi\n"},
	{"unknown action of a deadline", "    anchor: tiep_nhan\n", "    anchor: tiep_nhan_ho_so\n"},
	{"deadline without start", "    anchor: tiep_nhan\n    until: ky\n", "    until: ky\n"},
	{"no main deadline", "    main: true\n", ""},
	{"recalled but published", "    main: true\n", "    main: true\n    mark: recalled\n"},
	{"clock stopped without once", "  - id: ky\n    output", "  - {id: cho, label: {vi: \"Chờ\", en: \"Wait\"}, actor: mot_cua, from: dang_xu_ly, to: trinh_ky, clock: stop}\n  - id: ky\n    output"},
	{"event against status", "  - id: ky\n    output", "  - id: ky\n    event: stepped\n    output"},
	{"choice without options", "type: text, label: {vi: \"Tên sách\"", "type: choice, label: {vi: \"Tên sách\""},
	{"list without columns", "    columns:\n      - {id: ma_so, type: text, label: {vi: \"Mã số\", en: \"Shelf mark\"}, required: true}\n      - {id: gia, type: money, label: {vi: \"Giá bìa\", en: \"Cover price\"}}\n", ""},
	{"finding that no step asks", "{id: dien_thoai, type: text,", "{id: dien_thoai, type: text, office: true,"},
	{"unknown offer", "    fee: phi_muon\n", "    fee: phi_muon\n    offers: [dien_thoaj]\n"},
	{"merit from an unknown state", "dimensions: [channel, loai]", "merit: {states: [muon]}\ndimensions: [channel, loai]"},
	{"record of a field that names nobody", "dimensions: [channel, loai]", "records: [{id: tre, label: {vi: \"Trễ\", en: \"Late\"}, party: [ten_sach], states: [dang_xu_ly], bars: true, basis: noi_quy}]\ndimensions: [channel, loai]"},
	{"record that is good for nothing", "dimensions: [channel, loai]", "records: [{id: tre, label: {vi: \"Trễ\", en: \"Late\"}, party: [ban_doc], states: [dang_xu_ly], bars: false, basis: noi_quy}]\ndimensions: [channel, loai]"},
	{"record for an unknown tie-break", "dimensions: [channel, loai]", "records: [{id: tre, label: {vi: \"Trễ\", en: \"Late\"}, party: [ban_doc], states: [dang_xu_ly], counts: gia, basis: noi_quy}]\ndimensions: [channel, loai]"},
	{"record of an unknown state", "dimensions: [channel, loai]", "records: [{id: tre, label: {vi: \"Trễ\", en: \"Late\"}, party: [ban_doc], states: [dang_xuly], bars: true, basis: noi_quy}]\ndimensions: [channel, loai]"},
	{"day of an unknown step", "dimensions: [channel, loai]", "records: [{id: tre, label: {vi: \"Trễ\", en: \"Late\"}, party: [ban_doc], states: [dang_xu_ly], when: \"today > done.kyy\", bars: true, basis: noi_quy}]\ndimensions: [channel, loai]"},
	{"reserved name", "id: so_cuon", "id: count"},
	{"bad id", "id: so_cuon", "id: SốCuốn"},
	{"duplicate id", "id: so_cuon", "id: ten_sach"},
	{"personal title", "dossier_title: ten_sach", "dossier_title: dien_thoai"},
	{"personal dimension", "dimensions: [channel, loai]", "dimensions: [channel, dien_thoai]"},
	{"measure that is no number", "measures: [so_cuon]", "measures: [ten_sach]"},
	{"indicator of an unknown action", "procedure: book_loan, action: ky}]", "procedure: book_loan, action: kyy}]"},
	{"indicator of another procedure", "- id: book_loan.lent", "- id: loans.lent"},
	{"unknown base", "extends: one_stop", "extends: one_stop/2017"},
	{"without something unknown", "extends: one_stop", "extends: one_stop\nwithout: [thu_tuc]"},
	{"wrong folder", "version: \"2018\"", "version: \"2019\""},
	{"council too small for its roles", "size: {min: 5, max: 7}", "size: {min: 1, max: 3}"},
	{"quorum of an unknown role", "thu_ky]}\n    conflicts", "thuky]}\n    conflicts"},
	{"bad fraction", "fraction: 2/3", "fraction: 5/3"},
	{"ballot without threshold", "      threshold: {fraction: 3/4, strict: true}\n", ""},
	{"score ballot without weights of 100", "kind: yes_no", "kind: score\n      criteria: [{id: a, label: {vi: \"A\", en: \"A\"}, weight: 90}]"},
	{"number pattern", "\"{seq:4}/{year}/PM\"", "\"{nam}/PM\""},
	{"ends before it begins", "to: 2021-12-31}", "to: 2017-12-31}"},
	{"an anchor", "level: province", "level: &a province"},
	{"broken syntax", "dimensions: [channel, loai]", "dimensions: [channel, loai"},
}

func TestVersionsAreFoundByDay(t *testing.T) {
	set := shipped(t)
	for day, want := range map[string]string{"2018-06-21": "2018", "2021-12-31": "2018", "2022-01-01": "2022", "2030-01-01": "2022"} {
		p, err := set.At("book_loan", calendar.MustParse(day))
		if err != nil || p.Version != want {
			t.Errorf("%s: %v %v, want %s", day, p, err, want)
		}
	}
	for id, key := range map[string]string{"book_loan": "procedure.not_in_force", "nothing": "procedure.unknown", "one_stop": "procedure.unknown"} {
		if _, err := set.At(id, calendar.MustParse("2010-01-01")); !fault.Is(err, key) {
			t.Errorf("%s: %v, want %s", id, err, key)
		}
	}
	if _, err := set.Version("book_loan", "1999"); !fault.Is(err, "procedure.unknown_version") {
		t.Error(err)
	}
}

func TestOverlappingVersionsAndDrafts(t *testing.T) {
	files := toy(t)
	later := strings.NewReplacer(`version: "2018"`, `version: "2021"`, "from: 2018-06-21, to: 2021-12-31", "from: 2021-06-01").
		Replace(string(files["book_loan/2018/procedure.yaml"].Data))
	files["book_loan/2021/procedure.yaml"] = &fstest.MapFile{Data: []byte(later)}
	if _, err := Load(files); !fault.Is(err, "procedure.overlap") {
		t.Errorf("two versions in force at once: %v", err)
	}
	files["book_loan/2021/procedure.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(later, "status: published", "status: draft", 1))}
	set, err := Load(files)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := set.At("book_loan", calendar.MustParse("2021-07-01")); err != nil || p.Version != "2018" {
		t.Errorf("a draft takes no dossiers: %v %v", p, err)
	}
	if _, err := set.At("book_loan", calendar.MustParse("2022-07-01")); !fault.Is(err, "procedure.draft") {
		t.Error(err)
	}
}

func TestAgencyMayOnlyShortenADeadline(t *testing.T) {
	for text, key := range map[string]string{
		"3wd":  "",
		"5wd":  "",
		"6wd":  "procedure.override_longer",
		"3d":   "procedure.override_longer",
		"0.5h": "calendar.bad_duration",
	} {
		files := toy(t)
		files["local.yaml"] = &fstest.MapFile{Data: []byte("deadlines: [{procedure: book_loan, deadline: giai_quyet, duration: " + text + ", basis: QĐ mẫu}]\n")}
		set, err := Load(files)
		if err != nil {
			t.Fatal(err)
		}
		if err := set.LoadLocal(files); key == "" && err != nil || key != "" && !fault.Is(err, key) {
			t.Errorf("%s: %v, want %q", text, err, key)
		}
	}
	set := shipped(t)
	files := fstest.MapFS{"local.yaml": {Data: []byte("deadlines: [{procedure: book_loan, deadline: khac, duration: 1wd, basis: QĐ}]\n")}}
	if err := set.LoadLocal(files); !fault.Is(err, "procedure.override_unknown") {
		t.Error(err)
	}
}

func TestARestoredDefinitionIsTheSame(t *testing.T) {
	for _, p := range shipped(t).All() {
		again, err := Restore(p.ID, p.Version, p.Sources)
		if err != nil {
			t.Fatal(err)
		}
		if again.Digest != p.Digest || len(again.Transitions) != len(p.Transitions) {
			t.Errorf("%s/%s: %s, want %s", p.ID, p.Version, again.Digest, p.Digest)
		}
	}
}

func TestEveryShippedDefinitionIsInOrder(t *testing.T) {
	set, faults := Lint(shippedFiles(t))
	for _, e := range faults {
		t.Error(catalog().Error(lang.VI, e))
	}
	for _, p := range set.All() {
		scripts, err := fs.Glob(shippedFiles(t), p.ID+"/"+p.Version+"/tests/*.txt")
		if err != nil || len(scripts) == 0 {
			t.Errorf("%s/%s has no script", p.ID, p.Version)
		}
	}
}

func TestTheTemplateIsInOrder(t *testing.T) {
	texts, err := Template("cap_phep_moi", "2026", calendar.MustParse("2026-01-01"))
	if err != nil {
		t.Fatal(err)
	}
	files := toy(t)
	raw, err := fs.ReadFile(shippedFiles(t), "one_stop/2025/procedure.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files["one_stop/2025/procedure.yaml"] = &fstest.MapFile{Data: raw}
	for name, text := range texts {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	if _, err := Load(files); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"Cấp phép", "../x", "", "a b"} {
		if _, err := Template(bad, "1", 0); !fault.Is(err, "procedure.bad_new_id") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
