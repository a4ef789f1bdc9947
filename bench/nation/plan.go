package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"loa/media"
)

// writePlan writes the plan in a folder (plans/yen-bai) with the world's sources in place of its own, given to its agencies by their level, and the
// addresses of their hosts beside the folder.
func (d *day) writePlan(from, dir, addr string) error {
	to := filepath.Join(dir, "yen-bai")
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"agencies.yaml", "2023.yaml", "2023.score.yaml"} {
		text, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			return fmt.Errorf("run from the root of the repository: %w", err)
		}
		if err := os.WriteFile(filepath.Join(to, name), text, 0o644); err != nil {
			return err
		}
	}
	agencies, err := os.ReadFile(filepath.Join(from, "agencies.yaml"))
	if err != nil {
		return err
	}
	byLevel := map[string][]string{}
	for _, m := range regexp.MustCompile(`(?s)\n  - id: ([a-z0-9-]+)\n.*?\n    level: ([a-z]+)`).FindAllStringSubmatch(string(agencies), -1) {
		byLevel[m[2]] = append(byLevel[m[2]], m[1])
	}
	byLevel["newspaper"], byLevel["station"] = []string{"bao"}, []string{"dai-ptth"}
	named := map[string]string{"newspaper-0": "bao-cchc", "portal-0": "cong-tin-trong-tinh", "portal-1": "cong-cctthc"} // what quotas name
	level := [kinds]string{"newspaper", "station", "portal", "department", "district", "commune", "department", "portal"}
	given := map[string]int{}
	var sources, resolve strings.Builder
	sources.WriteString("sources:\n")
	hosts := map[string]bool{}
	for _, s := range d.world.sites {
		l := level[s.kind]
		if len(byLevel[l]) == 0 {
			return fmt.Errorf("%s: no agency of level %s", from, l)
		}
		agency := byLevel[l][given[l]%len(byLevel[l])]
		given[l]++
		_, id, _ := strings.Cut(s.ID, "/")
		id = cmp.Or(named[id], id)
		fmt.Fprintf(&sources, "  - {id: %s, agency: %s, name: %s, kind: %s, url: %q, every: %dm", id, agency, s.Name, s.Kind, s.URL, int(s.Every.Minutes()))
		if s.Latest > 0 {
			fmt.Fprintf(&sources, ", latest: %dm", int(s.Latest.Minutes()))
		}
		switch s.Kind {
		case media.KindPage:
			sources.WriteString(", expect: [{name: đường dây nóng, phrases: [Đường dây nóng]}]")
		case media.KindFeed:
			sources.WriteString(", rule: {headline: h1.tieude, sapo: p.sapo, body: .noidung, page_date: main .ngay}")
		case media.KindList:
			sources.WriteString(", rule: {item: .ds .tin, link: a, title: a, lead: p, date: .ngay, headline: h1.tieude, sapo: p.sapo, body: .noidung, page_date: main .ngay}")
		}
		sources.WriteString("}\n")
		host := strings.Split(strings.TrimPrefix(s.URL, "http://"), "/")[0]
		if !hosts[host] {
			hosts[host] = true
			fmt.Fprintf(&resolve, "%s %s\n", host, addr)
		}
	}
	if err := os.WriteFile(filepath.Join(to, "sources.yaml"), []byte(sources.String()), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(filepath.Dir(dir), "resolve.txt"), []byte(resolve.String()), 0o644)
}
