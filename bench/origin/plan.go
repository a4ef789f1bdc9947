package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// writePlan writes DIR/tai/{agencies,sources,2023}.yaml and DIR/resolve.txt, so
// that the feeds can be crawled like those of any province.
func writePlan(dir string, o options, lns []net.Listener, kind string, articles bool) error {
	var agencies, sources, resolve strings.Builder
	agencies.WriteString("# Tỉnh để đo tải, không có thật.\nprovince: tai\nname: tỉnh Tải (đo tải)\nagencies:\n")
	for i := range o.hosts {
		host := o.hostName(i)
		fmt.Fprintf(&agencies, "  - {id: so-%[1]d, name: Sở số %[1]d tỉnh Tải, short: Sở số %[1]d, level: department, site: \"http://%[2]s/\"}\n", i+1, host)
		fmt.Fprintf(&resolve, "%s %s\n", host, lns[min(i, len(lns)-1)].Addr())
	}
	sources.WriteString("sources:\n")
	rule := "{headline: h1.tieude, sapo: p.sapo, body: .noidung, page_date: main .ngay}"
	ending := ".rss"
	if kind == "list" {
		rule = "{item: .ds .tin, link: a, title: a, lead: p, date: .ngay, headline: h1.tieude, sapo: p.sapo, body: .noidung, page_date: main .ngay}"
		ending = "/"
	}
	for i := range o.feeds {
		fmt.Fprintf(&sources, "  - {id: f-%d, agency: so-%d, name: Trang tải %d, kind: %s, url: \"http://%s/f/%d%s\", articles: %t, every: 1h, rule: %s}\n",
			i, i%o.hosts+1, i, kind, o.hostName(i), i, ending, articles, rule)
	}
	year := `plan:
  number: 00/KH-TAI
  year: 2023
  title: Kế hoạch để đo tải (dữ liệu mẫu)
  issuer: Ủy ban nhân dân tỉnh Tải
  issued: 2023-01-01
  from: 2023-01-01
  to: 2024-01-01
  sample: true
quotas:
  - id: A-4
    title: Tin, bài cải cách hành chính của từng cơ quan
    class: REG
    kind: regular
    owner: {each: [department]}
    cadence: month
    place: phụ lục
    clauses:
      - {line: 1, text: "thường xuyên trong năm"}
    wanted: {value: 2, basis: reference}
    max_gap: {value: 30, basis: reference}
    conditions:
      - {name: reform, basis: plan}
    shadow: {from: 2023-01-01, to: 2023-02-01}
    basis_note: mức tham chiếu chỉ để đo tải
`
	for name, text := range map[string]string{
		"tai/agencies.yaml": agencies.String(), "tai/sources.yaml": sources.String(), "tai/2023.yaml": year, "resolve.txt": resolve.String(),
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("write plan: %w", err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return fmt.Errorf("write plan: %w", err)
		}
	}
	return nil
}
