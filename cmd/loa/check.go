package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sort"
	"strings"

	"loa/crawler/classify"
	"loa/crawler/extract"
	"loa/media"
	"loa/plans"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

type checkCmd struct {
	Owners bool   `help:"In danh sách cơ quan, đơn vị của từng nhiệm vụ và ngày của danh sách (mẫu số của mọi tỷ lệ)."`
	Plan   string `arg:"" optional:"" help:"Chỉ kiểm tra kế hoạch này."`
}

// Run tells every mistake of every plan file at once, with file and line.
func (c checkCmd) Run(a *app) error {
	files := a.planFiles()
	ids := []string{c.Plan}
	if c.Plan == "" {
		var err error
		if ids, err = plans.IDs(files); err != nil {
			return fmt.Errorf("đọc thư mục kế hoạch: %w", err)
		}
	}
	if len(ids) == 0 {
		return usagef("không thấy kế hoạch nào: cần thư mục <tỉnh>/<năm>.yaml")
	}
	var all []plans.Problem
	for _, id := range ids {
		p, sound, found := checkPlan(files, id)
		all = append(all, found...)
		if sound {
			fmt.Fprintf(a.Out, "%s: %d cơ quan, %d nguồn (%d chưa chắc địa chỉ), %d nhiệm vụ\n", id, len(p.Agencies), len(p.Sources), unverified(p.Sources), len(p.Quotas))
			if c.Owners {
				printOwners(a, p)
			}
		}
	}
	if _, err := fs.Stat(files, "holidays"); err == nil {
		_, problems := plans.Holidays(files)
		all = append(all, problems...)
	}
	words, err := a.checkWords()
	if err != nil {
		return err
	}
	return tell(a, append(all, words...))
}

// checkWords tells every mistake of the classifier's files, with its line.
func (a *app) checkWords() ([]plans.Problem, error) {
	var all []plans.Problem
	for _, f := range []struct {
		name  string
		check func([]byte) []classify.Problem
	}{{a.cli.Lexicon, classify.Check}, {a.cli.Facets, classify.CheckFacets}} {
		if f.name == "" {
			continue
		}
		data, err := os.ReadFile(f.name)
		if err != nil {
			return nil, fmt.Errorf("đọc tệp phân loại: %w", err)
		}
		for _, p := range f.check(data) {
			all = append(all, plans.Problem{File: f.name, Line: p.Line, Msg: p.Msg})
		}
	}
	if len(all) == 0 {
		if _, err := a.classifier(); err != nil { // names every mistake with its line
			all = append(all, plans.Problem{File: cmp.Or(a.cli.Model, a.cli.Lexicon, "crawler/classify/lexicon.yaml"), Msg: err.Error()})
		}
	}
	return all, nil
}

// checkPlan joins the plan reader's problems with what the readers of pages
// refuse, so that all are told with positions.
// sound says that the plan reader found no mistake.
func checkPlan(files fs.FS, id string) (p *schedule.Plan, sound bool, all []plans.Problem) {
	p, positions, problems := plans.Load(files, id)
	sound = len(problems) == 0
	for _, s := range p.Sources {
		problems = append(problems, checkRule(s, s.Rule, "rule", positions)...)
		for i, r := range s.Rules {
			problems = append(problems, checkRule(s, r.Rule, fmt.Sprintf("rules/%d/rule", i), positions)...)
		}
		for _, e := range s.Expect {
			problems = append(problems, refused(s, extract.CheckExpect(e), "expect/"+e.Name, positions)...)
		}
	}
	_, bad := plans.Score(files, id, p)
	if problems = append(problems, bad...); len(problems) > 0 {
		return p, sound, problems
	}
	cal, err := holidays(files)
	if err != nil {
		return p, sound, append(problems, plans.Problem{File: "holidays", Msg: err.Error()})
	}
	return p, sound, append(plans.Notices(p, positions, cal), unfed(p, positions)...)
}

// checkRule tells what the readers of pages refuse of one rule of a source;
// where is its place under the source.
func checkRule(s media.Source, r media.Rule, where string, positions plans.Positions) []plans.Problem {
	return refused(s, extract.CheckRule(r), where, positions)
}

// refused gives mistakes the place of what they are about.
func refused(s media.Source, errs []error, where string, positions plans.Positions) []plans.Problem {
	var out []plans.Problem
	for _, err := range errs {
		path := "sources/" + s.ID + "/" + where
		var rule extract.RuleError
		if errors.As(err, &rule) {
			path += "/" + rule.Field
		}
		pos := positions.Of(path, "sources/"+s.ID)
		out = append(out, plans.Problem{File: pos.File, Line: pos.Line, Msg: fmt.Sprintf("nguồn «%s»: quy tắc đọc: %v", s.ID, err)})
	}
	return out
}

// unfed warns of quotas that count a column's pieces although no source says
// that it shows that column, nor where a page names its section: nothing could
// ever be counted for them.
func unfed(p *schedule.Plan, positions plans.Positions) []plans.Problem {
	var out []plans.Problem
	for _, q := range p.Quotas {
		for _, c := range q.Conditions {
			if c.Name != "column" || slices.ContainsFunc(p.Sources, func(s media.Source) bool {
				return slices.Contains(c.List, s.Column) || namesSection(s) && (q.Owner.Agency == "" || s.Agency == q.Owner.Agency)
			}) {
				continue
			}
			pos := positions.Of("quotas/" + q.ID)
			out = append(out, plans.Problem{File: pos.File, Line: pos.Line, Warning: true,
				Msg: fmt.Sprintf("nhiệm vụ %q tính tin, bài của chuyên mục %s nhưng không nguồn nào ghi column: %s, cũng không nguồn nào của cơ quan có rule.section; có thể sẽ không tính được tin, bài nào",
					q.ID, strings.Join(c.List, ", "), c.List[0])})
		}
	}
	return out
}

// namesSection says that some rule of a source finds the section on a page.
func namesSection(s media.Source) bool {
	return s.Rule.Section != "" || slices.ContainsFunc(s.Rules, func(r media.DatedRule) bool { return r.Rule.Section != "" })
}

// tell prints problems in order, once each, and fails if any is more than a warning.
func tell(a *app, all []plans.Problem) error {
	sort.SliceStable(all, func(i, j int) bool {
		if all[i].File != all[j].File {
			return all[i].File < all[j].File
		}
		return all[i].Line < all[j].Line
	})
	mistakes := 0
	seen := map[string]bool{}
	for _, p := range all {
		line := p.String()
		if seen[line] {
			continue
		}
		seen[line] = true
		if p.Warning {
			line += " (lưu ý)"
		} else {
			mistakes++
		}
		fmt.Fprintln(a.Err, line)
	}
	if mistakes > 0 {
		return fmt.Errorf("có %d lỗi trong tệp kế hoạch", mistakes)
	}
	fmt.Fprintln(a.Out, "Không có lỗi.")
	return nil
}

// unverified counts sources whose address is not certain.
func unverified(sources []media.Source) int {
	n := 0
	for _, s := range sources {
		if s.Verify {
			n++
		}
	}
	return n
}

// printOwners prints every denominator: who owes each quota in its first and,
// where they differ, its last period, and what day the list describes.
func printOwners(a *app, p *schedule.Plan) {
	fmt.Fprintf(a.Out, "Danh sách cơ quan, đơn vị tính đến %s; căn cứ: %s\n", viet.Day(p.AgenciesAsOf), p.AgenciesBasis)
	for _, q := range p.Quotas {
		periods := schedule.Periods(p, q)
		if len(periods) == 0 {
			continue
		}
		last := ""
		for _, period := range []calendar.Period{periods[0], periods[len(periods)-1]} {
			var bound, free []string
			for _, ag := range schedule.Owners(p, q, period) {
				if ag.Binding {
					bound = append(bound, ag.Name)
				} else {
					free = append(free, ag.Name)
				}
			}
			line := fmt.Sprintf("%d cơ quan, đơn vị: %s", len(bound), strings.Join(bound, "; "))
			if len(free) > 0 {
				line += fmt.Sprintf(". Theo dõi, không tính thiếu: %d: %s", len(free), strings.Join(free, "; "))
			}
			if line != last {
				fmt.Fprintf(a.Out, "  %s (%s): %s\n", q.ID, period.Name(), line)
			}
			last = line
		}
	}
}
