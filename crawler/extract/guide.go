package extract

import (
	"slices"
	"strconv"

	"loa/media"
)

// guideForm is how a schedule that is handed in is headed: as a log is, and it
// need not say how long a programme lasts.
var guideForm = form{
	noun:  "lịch phát sóng",
	wants: "«Kênh», «Chương trình», «Ngày phát», «Giờ phát», «Thời lượng»",
	least: 3,
	heads: logHeads[:],
	names: logForm.names,
	key:   fStart,
}

// Guide reads a schedule that a station hands in for days to come, a table as
// Airings reads it: a claim of grade D. What says no end lasts until the next
// line of its channel, for an unknown time where that is far away. What is no
// such table (lines that begin with a clock, a column for each day) is read as
// Schedule reads a page, if its channel is told.
func Guide(name string, data []byte, opt LogOptions) ([]media.Planned, []RowError, error) {
	r := logReader{opt: opt, claim: true}
	if bad, err := r.read(name, data, guideForm); err != nil || len(bad) > 0 {
		if opt.Channel != "" && opt.Map == nil && len(r.out)+len(r.bad) == 0 {
			if all := writtenGuide(data, opt); len(all) > 0 {
				return all, nil, nil
			}
		}
		return nil, bad, err
	}
	switch {
	case len(r.bad) > 0 && !opt.Part:
		return nil, r.bad, nil
	case len(r.out) == 0 && len(r.bad) == 0:
		return nil, []RowError{{Row: r.table.headerRow, Msg: "dưới dòng tiêu đề không có chương trình nào"}}, nil
	}
	var out []media.Planned
	for i, a := range r.out {
		p := media.Planned{Source: media.GuideSource(a.Channel), Channel: a.Channel, Day: r.days[i].UTC(), Start: a.Start, Duration: a.Duration,
			Column: a.Column, Run: r.runs[i], Live: liveMark.MatchString(a.Programme), Printed: cutText(a.Programme, maxTitle)}
		p.Programme = cutText(tidy(runMark.ReplaceAllString(a.Programme, "")), maxSection)
		if a.Title != "" {
			p.Printed = cutText(a.Programme+": "+a.Title, maxTitle)
		}
		out = append(out, p)
	}
	return lasting(out), r.bad, nil
}

// lasting orders what is announced, drops what is said twice, and fills in
// lengths that are not said.
func lasting(all []media.Planned) []media.Planned {
	slices.SortStableFunc(all, func(a, b media.Planned) int {
		if a.Channel != b.Channel {
			return map[bool]int{true: -1, false: 1}[a.Channel < b.Channel]
		}
		return a.Start.Compare(b.Start)
	})
	had := map[string]bool{}
	out := all[:0]
	for i, p := range all {
		if p.Duration == 0 {
			for _, next := range all[i+1:] {
				if next.Channel != p.Channel {
					break
				}
				if gap := next.Start.Sub(p.Start); gap > 0 {
					if gap <= longestSlot {
						p.Duration = gap
					}
					break
				}
			}
		}
		p.ID = media.Hash("planned", p.Source, p.Channel, strconv.FormatInt(p.Start.Unix(), 10), plainWords(p.Programme), p.Run)
		if !had[p.ID] {
			had[p.ID] = true
			out = append(out, p)
		}
	}
	return out
}
