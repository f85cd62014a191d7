package eventlog_test

import (
	"strings"
	"testing"

	"trucot/internal/engine/eventlog"
	"trucot/internal/kernel/fault"
)

func TestMappingErrorsHaveAPlace(t *testing.T) {
	for _, c := range []struct {
		name, yaml, key, place string
	}{
		{"unknown entry", "name: x\ncase:\n  dew: hạn\n", "eventlog.mapping_unknown", "map.yaml:3:3"},
		{"no name", "case:\n  id: a\n", "eventlog.mapping_no_name", "map.yaml:1:1"},
		{"zone", "name: x\ntime_zone: Mars/Olympus\n", "eventlog.mapping_zone", "map.yaml:2:1"},
		{"choice", "name: x\nlate: sometimes\n", "eventlog.mapping_choice", "map.yaml:2:1"},
		{"shared", "name: x\nocel:\n  shared: all\n", "eventlog.mapping_choice", "map.yaml:3:3"},
		{"delimiter", "name: x\ncsv:\n  delimiter: ';;'\n", "eventlog.mapping_delimiter", "map.yaml:3:3"},
		{"wrong type", "name: x\nearliest_year: soon\n", "eventlog.mapping_syntax", "map.yaml:2:16"},
		{"alias bomb", "name: &a x\ndetect: [*a, *a]\n", "eventlog.mapping_alias", "map.yaml:1:7"},
		{"too large", "name: x\n#" + strings.Repeat("x", 1<<17), "eventlog.mapping_too_large", "map.yaml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := eventlog.ParseMapping("map.yaml", []byte(c.yaml), nil)
			f, ok := err.(*fault.Error)
			if !ok || f.Key != c.key || f.Place.String() != c.place {
				t.Fatalf("%v, want %s: %s", err, c.place, c.key)
			}
		})
	}
}

func TestMappingRolesInOrderOfPreference(t *testing.T) {
	m := mapping(t, `name: local
case: {id: số, due: [hạn 2, hạn 1], finished: xong}
event: {activity: việc, time: lúc, actor: người}
time_zone: Asia/Ho_Chi_Minh
time_formats: "HH:mm dd.MM.yyyy"
personal: [điện thoại]
late: day
`)
	doc := "số;việc;lúc;người;hạn 1;hạn 2;xong;điện thoại\nA;nhận;08:30 14.06.2021;u1;15/06/2021;14/06/2021;14/06/2021 16:00;0912345678\n"
	got, sum := outline(t, text("x.csv", []byte(doc)), eventlog.Options{Mapping: m})
	if got != "A: nhận" || sum.Lateness.OnTime != 1 || sum.Statistics.Resources != 1 || sum.Mapping != "local" || sum.Statistics.From.String() != "2021-06-14" {
		t.Errorf("%s %+v %+v", got, sum.Statistics, sum.Lateness)
	}
	if all := written(t, text("x.csv", []byte(doc)), m); strings.Contains(all, "0912345678") || !strings.Contains(all, "hạn 1=15/06/2021") {
		t.Errorf("attributes: %s", all)
	}
}

func TestShippedMappingsParse(t *testing.T) {
	all := known(t)
	if len(all) < 2 || all[0].Name != "default" {
		t.Fatalf("%d mappings, first %s", len(all), all[0].Name)
	}
	for _, m := range all {
		if m.Title["vi"] == "" || m.Title["en"] == "" {
			t.Errorf("%s has no title in both languages", m.Name)
		}
	}
}
