package pack

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

//go:embed viewer.css
var styles string

//go:embed viewer.html
var markup string

var pages = template.Must(template.New("").Parse(markup))

// mostText is how much of a page's text the viewer shows, in characters.
const mostText = 100_000

// frame is what every page of the viewer has. No page has a script; the style is known by its hash, and no
// picture comes from outside the pack.
type frame struct {
	Title, Plan, Period, State, Up string
	Sample                         bool
	Policy                         string
	Style                          template.CSS
	Page                           any
}

type dutyLine struct {
	Quota, Title, Place, Link string
	Rows, Pieces, Missing     int
}

type dutyRow struct {
	Owner, Period, State string
	Pieces               []pieceLine
}

type pieceLine struct {
	N                                            int
	Kind, Date, Title, URL, Grade, By, Words, ID string
	Kept                                         string
	View                                         string // page of its kept copy, "" if there is none
	Files                                        []fileLink
}

type fileLink struct{ Name, View string }

type copyPage struct {
	Copy
	Path, When, Size, Text string
	Image, Cut             bool
	Pieces                 []pieceLine
}

// viewer are the pages for whoever has no more than a browser.
func viewer(ctx context.Context, in Input, lines []line, copies []Copy, sum Summary) []entry {
	hash := sha256.Sum256([]byte(styles))
	base := frame{Plan: in.Plan.Number + " của " + in.Plan.Issuer, Period: viet.Capital(in.Period.Name()), State: stateWords(in, sum), Sample: in.Plan.Sample, Style: template.CSS(styles),
		Policy: "default-src 'none'; img-src 'self' file:; style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'; form-action 'none'; base-uri 'none'"}
	page := func(name, kind, title, up string, content any) entry {
		f := base
		f.Title, f.Up, f.Page = title, up, content
		return entry{name, func(w io.Writer) error { return pages.ExecuteTemplate(w, kind, f) }}
	}
	names := report.NamesOf(in.Plan)
	var duties []dutyLine
	var out []entry
	uses := map[string][]pieceLine{}
	at := 0
	for _, q := range quotasOf(in) {
		n := len(duties) + 1
		d := dutyLine{Quota: q.ID, Title: q.Title, Place: q.Place, Link: fmt.Sprintf("%snv-%03d.html", viewFolder, n)}
		pieces := map[string][]pieceLine{}
		for ; at < len(lines) && lines[at].Quota == q.ID; at++ {
			l := lines[at]
			p := l.shown()
			pieces[l.row] = append(pieces[l.row], p)
			d.Pieces++
			if l.path() == "" {
				d.Missing++
			} else if len(uses[l.hash()]) < mostUses {
				uses[l.hash()] = append(uses[l.hash()], p)
			}
			for _, c := range l.More {
				if len(uses[c.SHA256]) < mostUses {
					uses[c.SHA256] = append(uses[c.SHA256], p)
				}
			}
		}
		var rows []dutyRow
		for _, r := range in.Rows {
			if s := r.Standing; s.Quota == q.ID {
				rows = append(rows, dutyRow{names.Agency(s.Owner), viet.Capital(calendar.Period{ID: s.Period, Start: s.Start, End: s.End}.Name()),
					report.Word(s.Basis, s.State, s.Confirmed, s.Risk, s.Reasons), pieces[strings.Join([]string{s.Quota, s.Owner, s.Period}, "\x1f")]})
			}
		}
		d.Rows = len(rows)
		duties = append(duties, d)
		out = append(out, page(d.Link, "duty", q.ID+". "+q.Title, "../"+indexFile, struct {
			dutyLine
			All []dutyRow
		}{d, rows}))
	}
	out = append(out, page(indexFile, "index", "Gói minh chứng", "", struct {
		Summary
		Duties  []dutyLine
		Formats []report.Format
		Closed  bool
	}{sum, duties, report.Formats(), in.Closing != nil}))
	for _, c := range copies {
		if c.Gone != "" {
			continue
		}
		out = append(out, entry{viewFolder + c.SHA256 + ".html", func(w io.Writer) error {
			p, err := in.copyPage(ctx, c, uses[c.SHA256])
			if err != nil {
				return err
			}
			f := base
			f.Title, f.Up, f.Page = "Bản lưu "+c.SHA256[:12], "../"+indexFile, p
			return pages.ExecuteTemplate(w, "copy", f)
		}})
	}
	return out
}

// mostUses is how many pieces the page of one copy lists: a log stands behind hundreds.
const mostUses = 200

// quotasOf are the duties of the rows in the order of the plan; those it has no more come last.
func quotasOf(in Input) []schedule.Quota {
	has := map[string]bool{}
	for _, r := range in.Rows {
		has[r.Standing.Quota] = true
	}
	var out []schedule.Quota
	for _, q := range in.Plan.Quotas {
		if has[q.ID] {
			out = append(out, q)
			delete(has, q.ID)
		}
	}
	var gone []string
	for id := range has {
		gone = append(gone, id)
	}
	slices.Sort(gone)
	for _, id := range gone {
		out = append(out, schedule.Quota{ID: id, Title: "nhiệm vụ không còn trong kế hoạch"})
	}
	return out
}

func (l line) shown() pieceLine {
	p := pieceLine{N: l.N, Kind: l.Kind, Date: l.Date, Title: l.Title, Grade: l.Grade, By: l.By, Words: l.Words, ID: l.ID, Kept: l.kept()}
	if strings.TrimSpace(p.Title) == "" {
		p.Title = "(không có tên)"
	}
	if len(l.URL) < 2000 && (strings.HasPrefix(l.URL, "http://") || strings.HasPrefix(l.URL, "https://")) {
		p.URL = l.URL
	}
	if l.path() != "" {
		p.View = l.Main.SHA256 + ".html"
	}
	for i, c := range l.More {
		if c.Gone == "" {
			name := viet.Printable(c.Name)
			if name == "" {
				name = fmt.Sprintf("Tệp %d", i+2)
			}
			p.Files = append(p.Files, fileLink{name, c.SHA256 + ".html"})
		}
	}
	return p
}

// copyPage shows a kept copy: a page's words, never the page; a picture; for anything else where the file lies.
func (in Input) copyPage(ctx context.Context, c Copy, pieces []pieceLine) (copyPage, error) {
	p := copyPage{Copy: c, Path: c.path(), When: viet.Moment(c.At.In(calendar.Zone)), Size: viet.Number(int(c.Size)) + " byte", Pieces: pieces}
	p.Name, p.URL = viet.Printable(c.Name), viet.Printable(c.URL)
	if c.Page {
		text, err := in.Text(ctx, c)
		if err != nil {
			return p, err
		}
		text = viet.Printable(text)
		if r := []rune(text); len(r) > mostText {
			text, p.Cut = string(r[:mostText]), true
		}
		p.Text = text
	} else {
		p.Image = slices.Contains([]string{"jpg", "png", "gif", "webp"}, c.Ext)
	}
	return p, nil
}
