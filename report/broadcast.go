package report

import (
	"fmt"
	"slices"
	"strings"

	"loa/media"
	"loa/schedule"
	"loa/viet"
)

// Segment says what its station's list tells of an item inside a programme:
// where and how it was broadcast, how long, who spoke.
func (n Names) Segment(e media.Evidence) []string {
	s := e.Segment
	var out []string
	say := func(format, v string) {
		if v != "" {
			out = append(out, fmt.Sprintf(format, v))
		}
	}
	if s.Channel != "" {
		say("%s", n.Channel(s.Channel))
	}
	programme := s.Programme
	if e.Column != "" {
		programme = n.Column(e.Column)
	}
	say("trong «%s»", programme)
	if s.Duration > 0 {
		say("dài %s", viet.Duration(s.Duration))
	}
	if !s.FirstRun {
		say("%s", "phát lại")
	}
	say("%s", map[string]string{media.ModeLive: "trực tiếp", media.ModeRecorded: "ghi trước"}[s.Mode])
	if s.Language != "" && s.Language != "vi" {
		say("%s", viet.Language(s.Language))
	}
	var tones, guests []string
	for _, t := range s.Tones {
		tones = append(tones, viet.SegmentTone(t))
	}
	say("%s", strings.Join(tones, ", "))
	for _, g := range s.Guests {
		guests = append(guests, strings.TrimSpace(g.Office+" "+g.Body))
	}
	say("người trả lời: %s", strings.Join(guests, "; "))
	say("kịch bản %s", s.Script)
	return out
}

// Bulletin says what a form or the province's system tells of a piece on a loudspeaker.
func Bulletin(e media.Evidence) []string {
	b := e.Bulletin
	var out []string
	say := func(format string, v any) { out = append(out, fmt.Sprintf(format, v)) }
	if b.Form {
		say("%s", "phiếu tháng")
		if b.Duration > 0 {
			say("cả tháng %s", viet.Duration(b.Duration))
		}
		if b.File != "" {
			say("tệp «%s»", b.File)
		}
		return out
	}
	say("%s", "hệ thống thông tin nguồn")
	if b.Duration > 0 {
		say("dài %s", viet.Duration(b.Duration))
	}
	if b.Times > 0 {
		say("phát %d lần", b.Times)
	}
	return out
}

// tones is how many of a duty's pieces praise and how many criticise, as their
// station declares. There is no level for it.
type tones struct {
	Praise   int `json:"praise"`
	Critique int `json:"critique"`
	Both     int `json:"both"` // counted in either
}

func asksTone(q schedule.Quota) bool {
	return slices.ContainsFunc(q.Conditions, func(c schedule.Condition) bool { return c.Name == "tone" })
}

// tonesOf counts the pieces of rows that lie in the report's period, each once.
func (r *Report) tonesOf(rows []Row) *tones {
	out, seen := &tones{}, map[string]bool{}
	for _, row := range rows {
		for _, p := range row.Credits {
			if seen[p.ID] || p.At.Before(r.Period.Start) || !p.At.Before(r.Period.End) {
				continue
			}
			seen[p.ID] = true
			praise, critique := slices.Contains(p.Tones, media.TonePraise), slices.Contains(p.Tones, media.ToneCritique)
			if praise {
				out.Praise++
			}
			if critique {
				out.Critique++
			}
			if praise && critique {
				out.Both++
			}
		}
	}
	return out
}

// radioTable is what came of loudspeakers and district radio, by district.
type radioTable struct {
	radioFigure
	Districts []radioDistrict `json:"districts"`
}

// radioFigure: for how many stations and months a form or the system's data is
// expected and came whole, and the pieces about reform that count for a duty.
type radioFigure struct {
	Expected  int `json:"expected"`
	Received  int `json:"received"`
	Bulletins int `json:"bulletins"`
	System    int `json:"from_system"` // of those, recorded by the province's system
	Declared  int `json:"declared"`    // of those, declared in forms
}

type radioDistrict struct {
	Name string `json:"name"`
	radioFigure
	Missing []ownerFigure `json:"missing"`
}

// radio marks a row of a duty that counts bulletins with its district, and
// whether anything was handed in for it.
func (b builder) radio(q schedule.Quota, s schedule.Standing, row *Row) {
	if !slices.Contains(schedule.Asked(q), media.EvBulletin) {
		return
	}
	for _, a := range b.in.Plan.Agencies {
		if a.ID == s.Owner {
			row.District = b.names.Agency(a.ID)
			if a.Level != media.District && a.Parent != "" {
				row.District = b.names.Agency(a.Parent)
			}
		}
	}
	handed := s.Coverage.Share >= 1
	row.Handed = &handed
}

// radioOf counts the rows of all duties that count bulletins: two of them may
// want the same of one station, whose month and pieces are told once. What is
// still running is not expected yet. That a form came is a fact, and told of
// levels that are being tried too.
func (r *Report) radioOf() *radioTable {
	out := &radioTable{Districts: []radioDistrict{}}
	place, months, pieces := map[string]int{}, map[string]bool{}, map[string]bool{}
	told := false
	for _, d := range r.Duties {
		for _, row := range d.Rows {
			if row.Handed == nil || row.InProgress {
				continue
			}
			told = true
			i, ok := place[row.District]
			if !ok {
				i = len(out.Districts)
				place[row.District] = i
				out.Districts = append(out.Districts, radioDistrict{Name: row.District, Missing: []ownerFigure{}})
			}
			x := &out.Districts[i]
			if key := row.Owner + " " + row.Period; !months[key] {
				months[key] = true
				x.Expected++
				if *row.Handed {
					x.Received++
				} else {
					x.Missing = append(x.Missing, ownerFigure{Owner: row.Owner, Name: row.OwnerName, Period: row.PeriodName, Unknown: true})
				}
			}
			for _, p := range row.Credits {
				if p.Kind != media.EvBulletin || pieces[p.ID] {
					continue
				}
				pieces[p.ID] = true
				x.Bulletins++
				if p.Grade == media.GradeA {
					x.System++
				} else {
					x.Declared++
				}
			}
		}
	}
	if !told {
		return nil
	}
	slices.SortStableFunc(out.Districts, func(a, b radioDistrict) int { return strings.Compare(a.Name, b.Name) })
	for _, x := range out.Districts {
		out.Expected += x.Expected
		out.Received += x.Received
		out.Bulletins += x.Bulletins
		out.System += x.System
		out.Declared += x.Declared
	}
	return out
}
