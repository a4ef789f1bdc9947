package plans

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"loa/media"
)

// reshaped is a province whose newspaper and station merged, whose department split and whose own name changed in 2025.
const reshaped = `province: thu
name: tỉnh Tân Thử
as_of: 2026-01-01
basis: danh sách mới
communes: 1
was:
  - {to: 2024-01-01, name: tỉnh Thử Cũ}
  - {to: 2025-07-01, name: tỉnh Thử, as_of: 2023-01-01, basis: danh sách cũ, communes: 2}
agencies:
  - {id: bao, name: Báo Thử, level: press, to: 2025-04-01, successor: bao-ptth}
  - {id: bao-ptth, name: "Báo và phát thanh, truyền hình", level: press, from: 2025-04-01}
  - {id: so, name: Sở Thử, level: department}
  - {id: xa-a, name: Xã A, level: commune, to: 2025-07-01}
  - {id: xa-b, name: Xã B, level: commune, to: 2025-07-01}
  - {id: xa-moi, name: Xã A, level: commune, from: 2025-07-01}
columns:
  - {id: cchc, agency: bao, name: Cải cách hành chính}
  - {id: cchc-moi, agency: bao-ptth, name: Cải cách hành chính}
channels:
  - {id: tv, agency: bao-ptth, name: Truyền hình, medium: tv}
`

// yearOf is a plan of that province and of a year, whose only duty is the department's.
func yearOf(year string) fstest.MapFS {
	text := strings.NewReplacer("YEAR", year, "NEXT", map[string]string{"2023": "2024", "2024": "2025", "2025": "2026", "2026": "2027"}[year]).Replace(`plan: {number: 01/KH-UBND, year: YEAR, title: Kế hoạch, issuer: Ủy ban, issued: YEAR-01-01, from: YEAR-01-01, to: NEXT-01-01}
quotas:
  - {id: SO-1, title: Tin, class: REG, kind: count, owner: {agency: so}, cadence: month, place: mục I, clauses: [{line: 1, text: "tin"}], wanted: {value: 1, basis: reference}, conditions: [{name: reform, basis: plan}], basis_note: thử}
`)
	sources := `sources:
  - {id: bao, agency: bao, name: Báo, kind: feed, url: "http://bao.example/rss"}
  - {id: bao-moi, agency: bao-ptth, name: Báo mới, kind: feed, url: "http://baomoi.example/rss"}
  - {id: so, agency: so, name: Sở, kind: feed, url: "http://so.example/rss", to: 2025-06-01}
  - {id: so-moi, agency: so, name: Sở, kind: feed, url: "http://somoi.example/rss", stream: so, from: 2025-06-01}
`
	return fstest.MapFS{"thu/agencies.yaml": {Data: []byte(reshaped)}, "thu/sources.yaml": {Data: []byte(sources)}, "thu/" + year + ".yaml": {Data: []byte(text)}}
}

// TestSpanOfAPlan: a plan knows the agencies, columns, channels and sources of its own time, and the province as it was called then.
func TestSpanOfAPlan(t *testing.T) {
	for _, c := range []struct {
		year, name, basis                    string
		communes                             int
		agencies, columns, channels, sources string
	}{
		{"2023", "tỉnh Thử Cũ", "danh sách cũ", 2, "bao so xa-a xa-b", "cchc", "", "bao so so-moi"},
		{"2024", "tỉnh Thử", "danh sách cũ", 2, "bao so xa-a xa-b", "cchc", "", "bao so so-moi"},
		{"2026", "tỉnh Tân Thử", "danh sách mới", 1, "bao-ptth so xa-moi", "cchc-moi", "tv", "bao-moi so so-moi"},
	} {
		p, _, problems := Load(yearOf(c.year), "thu/"+c.year)
		for _, x := range problems {
			t.Errorf("%s: %s", c.year, x)
		}
		var agencies, columns, channels, sources []string
		for _, a := range p.Agencies {
			agencies = append(agencies, strings.TrimPrefix(a.ID, "thu/"))
		}
		for _, x := range p.Columns {
			columns = append(columns, x.ID)
		}
		for _, x := range p.Channels {
			channels = append(channels, x.ID)
		}
		for _, x := range p.Sources {
			sources = append(sources, strings.TrimPrefix(x.ID, "thu/"))
		}
		if p.ProvinceName != c.name || p.AgenciesBasis != c.basis || p.Communes != c.communes || strings.Join(agencies, " ") != c.agencies ||
			strings.Join(columns, " ") != c.columns || strings.Join(channels, " ") != c.channels || strings.Join(sources, " ") != c.sources {
			t.Errorf("%s: %s, %s, %d xã; %v; %v; %v; %v", c.year, p.ProvinceName, p.AgenciesBasis, p.Communes, agencies, columns, channels, sources)
		}
	}
	// The year of the change knows both; how many communes there are is said of its first day.
	p, _, problems := Load(yearOf("2025"), "thu/2025")
	if len(problems) != 0 || len(p.Agencies) != 6 || p.Communes != 2 || p.ProvinceName != "tỉnh Thử" {
		t.Errorf("2025: %v, %d agencies, %s", problems, len(p.Agencies), p.ProvinceName)
	}
	if !slices.ContainsFunc(p.Agencies, func(a media.Agency) bool { return a.Successor == "thu/bao-ptth" }) {
		t.Error("2025: nobody's duties went to the merged agency")
	}
	files := yearOf("2025")
	files["thu/agencies.yaml"].Data = []byte(strings.Replace(reshaped, "communes: 2}", "communes: 1}", 1))
	if _, _, problems := Load(files, "thu/2025"); len(problems) != 1 || !strings.Contains(problems[0].Msg, "communes") {
		t.Errorf("fewer communes than are listed: %v", problems)
	}
	files = yearOf("2026")
	files["thu/agencies.yaml"].Data = []byte(strings.Replace(reshaped, "to: 2025-07-01, name: tỉnh Thử,", "to: 2023-07-01, name: tỉnh Thử,", 1))
	if _, _, problems := Load(files, "thu/2026"); len(problems) != 1 || !strings.Contains(problems[0].Msg, "mục trước") {
		t.Errorf("earlier heads out of order: %v", problems)
	}
}
