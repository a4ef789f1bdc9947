package hostile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const year = `plan:
  number: 00/KH-XAU
  year: 2023
  title: Kế hoạch để thử trang xấu (dữ liệu mẫu)
  issuer: Ủy ban nhân dân tỉnh Xấu
  issued: 2023-01-01
  from: 2023-01-01
  to: 2024-01-01
  sample: true
quotas:
  - id: A-1
    title: Tin, bài cải cách hành chính
    class: REG
    kind: count
    owner: {each: [department]}
    cadence: month
    place: phụ lục
    clauses:
      - {line: 1, text: "thường xuyên trong năm"}
    wanted: {value: 1, basis: reference}
    conditions:
      - {name: reform, basis: plan}
    shadow: {from: 2023-01-01, to: 2023-02-01}
    basis_note: mức tham chiếu chỉ để thử
`

// Plan writes a plans folder for the invented province "xau" (plan xau/2023): a
// source for each attack and each of n honest hosts. What it returns are the
// lines of a --resolve-file that lead all of them to addr.
func Plan(dir, addr string, attacks []Attack, n int) (resolve string, err error) {
	sources, resolve := Sources("so", addr, attacks, n)
	for name, text := range map[string]string{
		"agencies.yaml": "province: xau\nname: tỉnh Xấu (để thử)\nagencies:\n  - {id: so, name: Sở Thử, level: department}\n",
		"sources.yaml":  "sources:\n" + sources, "2023.yaml": year,
	} {
		path := filepath.Join(dir, "xau", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return "", fmt.Errorf("write plan: %w", err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return "", fmt.Errorf("write plan: %w", err)
		}
	}
	return resolve, nil
}

// Sources are the lines of a sources.yaml for each attack and each of n honest hosts, all of one agency, and those of a --resolve-file
// that lead them to addr.
func Sources(agency, addr string, attacks []Attack, n int) (sources, resolve string) {
	var lines, names strings.Builder
	put := func(id, kind, url, host string) {
		fmt.Fprintf(&lines, "  - {id: %s, agency: %s, name: Nguồn %s, kind: %s, url: \"%s\", every: 1h, articles: %t}\n", id, agency, id, kind, url, strings.HasSuffix(host, ".lanh.example"))
		fmt.Fprintf(&names, "%s %s\n", host, addr)
	}
	for _, a := range attacks {
		put(a.Name, a.Kind, a.URL(), a.Host())
	}
	for i := range n {
		put(fmt.Sprintf("h%d", i), "feed", "http://"+Honest(i)+"/tin.rss", Honest(i))
	}
	return lines.String(), names.String()
}
