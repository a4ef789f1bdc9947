// Package plans reads the plan files of a province strictly: agencies, sources
// and one file per year become a schedule.Plan, and every mistake is told at
// once with its file, its line and what was expected, in the Vietnamese of the
// person who edits the plan. README.md beside it is the format.
//
// It carries the plans of Yên Bái and the tables of public holidays in the
// binary; any other fs.FS of the same form can take their place. It checks the
// form of a file and that its parts agree with each other. What a reading rule
// or a lexicon says is judged by the rooms that use it; Positions lets their
// refusals be shown with file and line too.
package plans

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

//go:embed yen-bai/*.yaml mau/*.yaml holidays/*.yaml
var files embed.FS

// Files is the embedded plans: one folder per province, and holidays.
func Files() fs.FS { return files }

// Problem is one mistake, or one thing worth knowing, in a plan file.
type Problem struct {
	File    string // path inside the plans folder
	Line    int    // 1-based; 0 when the file as a whole is meant
	Msg     string // Vietnamese: which key, and what was expected
	Warning bool   // the plan can be used all the same
}

// String is "file:line: msg", the form that editors can jump to.
func (p Problem) String() string {
	if p.Line == 0 {
		return p.File + ": " + p.Msg
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Msg)
}

// Position is a place in a plan file.
type Position struct {
	File string
	Line int // 1-based
}

// Positions tells where each part of a plan was written. Keys are paths of
// part, id and key: "agencies/yen-bai/bao", "sources/yen-bai/bao-rss/rule/item",
// "columns/cchc/name", "channels/ytv", "quotas/B-D1/wanted",
// "quotas/B-D1/conditions/in_window", "plan/from".
type Positions map[string]Position

// Of is the place of the first path that is written in a file, or of the
// nearest part around it. The zero Position means that nothing of it is written.
func (p Positions) Of(paths ...string) Position {
	for _, at := range paths {
		if pos, ok := p[at]; ok {
			return pos
		}
	}
	for _, at := range paths {
		for key := path.Dir(at); key != "." && key != "/"; key = path.Dir(key) {
			if pos, ok := p[key]; ok {
				return pos
			}
		}
	}
	return Position{}
}

var (
	slugForm  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	quotaForm = regexp.MustCompile(`^[A-Za-z0-9]+([.-][A-Za-z0-9]+)*$`)
	yearForm  = regexp.MustCompile(`^[0-9]{4}$`)
)

// IDs lists the plans of a folder, "<province>/<year>", sorted.
func IDs(fsys fs.FS) ([]string, error) {
	dirs, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("list provinces: %w", err)
	}
	var ids []string
	for _, dir := range dirs {
		if !dir.IsDir() || dir.Name() == holidayDir || !slugForm.MatchString(dir.Name()) {
			continue
		}
		years, err := fs.ReadDir(fsys, dir.Name())
		if err != nil {
			return nil, fmt.Errorf("list plans of %s: %w", dir.Name(), err)
		}
		for _, y := range years {
			year, ok := strings.CutSuffix(y.Name(), ".yaml")
			if ok && !y.IsDir() && yearForm.MatchString(year) {
				ids = append(ids, dir.Name()+"/"+year)
			}
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// Load reads the plan "<province>/<year>" with its agencies and sources. It
// tells every mistake of the three files at once, ordered by file and line. The
// plan is as much as could be read: with problems it serves for further checks
// and nothing else.
func Load(fsys fs.FS, id string) (*schedule.Plan, Positions, []Problem) {
	r := &reader{fsys: fsys, pos: Positions{}}
	province, year, ok := strings.Cut(id, "/")
	n, err := strconv.Atoi(year)
	if !ok || err != nil || !yearForm.MatchString(year) || !slugForm.MatchString(province) {
		return &schedule.Plan{}, r.pos, []Problem{{File: id,
			Msg: fmt.Sprintf("mã kế hoạch cần dạng <tỉnh>/<năm>, ví dụ yen-bai/2023, đang là %q", id)}}
	}
	b := &builder{
		plan:     &schedule.Plan{ID: id, Province: province, Year: n},
		agencies: map[string]*media.Agency{},
		columns:  map[string]media.Column{},
		channels: map[string]schedule.Channel{},
		streams:  map[string]string{},
	}
	_, b.agenciesRead = r.file(province+"/agencies.yaml", b.agenciesFile)
	_, b.sourcesRead = r.file(province+"/sources.yaml", b.sourcesFile)
	text, ok := r.file(id+".yaml", b.yearFile)
	if ok {
		for _, check := range b.after {
			check()
		}
		b.spanned()
	}
	b.plan.Version = media.Hash("plan", text)
	return b.plan, r.pos, r.sorted()
}

// Text returns the plan file whose hash is the plan's version, with line ends
// normalised, for whoever keeps the text of every version ever used.
func Text(fsys fs.FS, id string) (string, error) {
	raw, err := fs.ReadFile(fsys, id+".yaml")
	if err != nil {
		return "", fmt.Errorf("read plan %s: %w", id, err)
	}
	return normalised(raw), nil
}

// Notices tells what hinders nobody from using a plan and is worth knowing:
// tables of holidays that are missing for its year or the next, and sources
// skipped because their address is not certain.
func Notices(p *schedule.Plan, pos Positions, cal *calendar.Calendar) []Problem {
	var out []Problem
	for _, year := range []int{p.Year, p.Year + 1} {
		if cal == nil || !slices.Contains(cal.Known(), year) {
			out = append(out, Problem{File: fmt.Sprintf("%s/%d.yaml", holidayDir, year), Warning: true,
				Msg: fmt.Sprintf("chưa có bảng ngày nghỉ năm %d; ngày làm việc của năm này tính như không có ngày lễ", year)})
		}
	}
	for _, s := range p.Sources {
		if s.Verify {
			at := pos.Of("sources/" + s.ID)
			out = append(out, Problem{File: at.File, Line: at.Line, Warning: true,
				Msg: fmt.Sprintf("nguồn %q bị bỏ qua vì địa chỉ chưa chắc chắn (verify: true); kiểm tra địa chỉ rồi bỏ dòng verify", path.Base(s.ID))})
		}
	}
	return out
}

// builder gathers one plan from its three files.
type builder struct {
	plan     *schedule.Plan
	agencies map[string]*media.Agency    // by slug
	columns  map[string]media.Column     // by slug
	channels map[string]schedule.Channel // by slug
	streams  map[string]string           // stream → agency id

	// A file that cannot be read has one mistake, not one for every name that
	// others take from it.
	agenciesRead, sourcesRead bool

	top   *group   // agencies.yaml
	heads []head   // what it said before, oldest first
	after []func() // checks of the sources that need the year's quotas
}

func (b *builder) hasAgency(slug string) bool { return b.agencies[slug] != nil || !b.agenciesRead }

func (b *builder) hasColumn(slug string) bool {
	_, ok := b.columns[slug]
	return ok || !b.agenciesRead
}

func (b *builder) hasChannel(slug string) bool {
	_, ok := b.channels[slug]
	return ok || !b.agenciesRead
}

func (b *builder) hasStream(name string) bool {
	_, ok := b.streams[name]
	return ok || !b.sourcesRead || !b.agenciesRead
}

func (b *builder) hasQuota(id string) bool {
	return slices.ContainsFunc(b.plan.Quotas, func(q schedule.Quota) bool { return q.ID == id })
}

// bound reports whether any agency of the level owes what the plan says.
func (b *builder) bound(l media.Level) bool {
	return !b.agenciesRead || slices.ContainsFunc(b.plan.Agencies, func(a media.Agency) bool { return a.Level == l && a.Binding })
}

// heirs lists an agency and those that took over its duties, by id.
func (b *builder) heirs(id string) []string {
	var out []string
	for id != "" && !slices.Contains(out, id) {
		out = append(out, id)
		a := b.agencies[slugOf(id)]
		if a == nil {
			break
		}
		id = a.Successor
	}
	return out
}

// full turns a slug of a file into an id of the house.
func (b *builder) full(slug string) string { return b.plan.Province + "/" + slug }

func byPlace(order []string) func(a, b Problem) int {
	return func(a, b Problem) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.File), slices.Index(order, b.File)),
			cmp.Compare(a.Line, b.Line))
	}
}
