package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/viet"
)

// WritePlanDiff writes what is different in b, in words: its head, every quota
// added, dropped or changed field by field, and the rest of it. It reports
// whether anything is.
func WritePlanDiff(w io.Writer, a, b *schedule.Plan) (bool, error) {
	na, nb := NamesOf(a), NamesOf(b)
	all := schedule.PlanDiff(a, b)
	var out strings.Builder
	heads := []struct{ part, head string }{{"plan", "Kế hoạch"}, {"quota", "Nhiệm vụ"}, {"form", "Hình thức tuyên truyền"}, {"content", "Nội dung tuyên truyền"}, {"document", "Văn bản cần tuyên truyền"},
		{"not_duty", "Không phải nhiệm vụ"}, {"window", "Khung giờ (mức tham chiếu)"}, {"retention", "Thời hạn lưu bản ghi"}, {"letterhead", "Thể thức văn bản"}, {"agency", "Cơ quan"}, {"column", "Chuyên mục"}, {"channel", "Kênh"}, {"source", "Nguồn"}}
	for _, h := range heads {
		var lines []string
		last := ""
		for i, c := range all {
			if c.Part != h.part {
				continue
			}
			if c.ID != last && c.Field != "" && c.Part != "plan" {
				lines = append(lines, "sửa   "+partName(c, b))
			}
			last = c.ID
			switch {
			case c.Old == nil && c.Field == "":
				lines = append(lines, "thêm  "+nb.partWords(c.New))
			case c.New == nil && c.Field == "":
				lines = append(lines, "bỏ    "+na.partWords(c.Old))
			case c.Part == "plan":
				lines = append(lines, changeOf(na, nb, c, nil, nil).words)
			default:
				old, now := quotaOf(a, c), quotaOf(b, c)
				if told(all[:i], c) || told(all[i+1:], c) {
					continue
				}
				lines = append(lines, "      "+changeOf(na, nb, c, old, now).words)
			}
		}
		if len(lines) > 0 {
			fmt.Fprintf(&out, "%s\n", h.head)
			for _, l := range lines {
				out.WriteString("  " + l + "\n")
			}
		}
	}
	_, err := io.WriteString(w, out.String())
	return len(all) > 0, err
}

// told reports that the basis of a number changed with the number, and is said
// with it, or that the quota's own basis changed with that of its main number.
func told(others []schedule.PlanChange, c schedule.PlanChange) bool {
	with := map[string][]string{"WantedBasis": {"Wanted"}, "MaxGapBasis": {"MaxGap"}, "Basis": {"Wanted", "WantedBasis", "MaxLag", "Share"}}[c.Field]
	return slices.ContainsFunc(others, func(o schedule.PlanChange) bool {
		return o.Part == c.Part && o.ID == c.ID && slices.Contains(with, o.Field)
	})
}

func quotaOf(p *schedule.Plan, c schedule.PlanChange) *schedule.Quota {
	if i := slices.IndexFunc(p.Quotas, func(q schedule.Quota) bool { return q.ID == c.ID }); c.Part == "quota" && i >= 0 {
		return &p.Quotas[i]
	}
	return nil
}

// partName is a changed part as people know it.
func partName(c schedule.PlanChange, p *schedule.Plan) string {
	n := NamesOf(p)
	switch c.Part {
	case "quota":
		return c.ID + "  " + quotaOf(p, c).Title
	case "agency":
		return n.Agency(c.ID)
	case "column":
		return n.Column(c.ID)
	case "channel":
		return n.Channel(c.ID)
	case "source":
		return n.Source(c.ID)
	case "letterhead", "retention":
		id, day, _ := strings.Cut(c.ID, " ")
		if at, err := time.Parse(time.DateOnly, day); err == nil && at.Year() > 1 {
			return n.Agency(id) + " từ ngày " + viet.Day(at)
		}
		return n.Agency(id)
	case "content", "not_duty":
		return "«" + c.ID + "»"
	}
	return c.ID
}

// partWords says a whole part in one line.
func (n Names) partWords(v any) string {
	switch x := v.(type) {
	case schedule.Quota:
		out := []string{n.Owner(x.Owner), viet.Cadence(string(x.Cadence))}
		for _, f := range numbers(x) {
			out = append(out, basisWords(f.basis)+": "+f.words)
		}
		return x.ID + "  " + x.Title + " (" + strings.Join(append(out, x.Place), "; ") + ")"
	case schedule.Form:
		return x.ID + "  " + x.Title
	case schedule.Content:
		return contentWords(x)
	case schedule.Document:
		return x.Number + " ngày " + viet.Day(x.Date) + ": " + x.Name
	case schedule.NotDuty:
		return quotes([]schedule.Clause{x.Clause})[0] + ": " + x.Why
	case schedule.Retention:
		return n.retentionWords(x)
	case schedule.Letterhead:
		out := cmp.Or(x.Name, n.Agency(x.Agency))
		if span := spanWords(x.From, x.To); span != "" {
			out += ", " + span
		}
		return out
	case schedule.Tell:
		return strings.Join(n.tellWords(x), "; ")
	case schedule.Window:
		return n.windowWords(x)
	case schedule.Channel:
		return x.Name
	case media.Agency:
		return x.Name
	case media.Column:
		return x.Name
	case media.Source:
		return x.Name + " (" + x.URL + ")"
	}
	return fmt.Sprint(v)
}

// change is one difference in words.
type change struct {
	field string
	words string
}

// changes are the differences of two definitions of one quota.
func changes(na, nb Names, a, b schedule.Quota) []change {
	pa, pb := &schedule.Plan{Quotas: []schedule.Quota{a}}, &schedule.Plan{Quotas: []schedule.Quota{b}}
	all := schedule.PlanDiff(pa, pb)
	var out []change
	for _, c := range all {
		if c.Field != "" && !told(all, c) {
			out = append(out, changeOf(na, nb, c, &a, &b))
		}
	}
	return out
}

// ChangeWords says what is different in b, one quota's definition after
// another's: «số lượng tối thiểu trong kỳ: 2 (mức tham chiếu) → 3 (mức tham
// chiếu)».
func (n Names) ChangeWords(a, b schedule.Quota) []string {
	a.Was, b.Was = nil, nil
	var out []string
	for _, c := range changes(n, n, a, b) {
		out = append(out, c.words)
	}
	return out
}

func changeOf(na, nb Names, c schedule.PlanChange, a, b *schedule.Quota) change {
	label := cmp.Or(labels()[c.Part+"."+c.Field], c.Field)
	old, now := na.fieldWords(c.Field, c.Old, a), nb.fieldWords(c.Field, c.New, b)
	if len(old) <= 1 && len(now) <= 1 {
		one := func(s []string) string { return cmp.Or(strings.Join(s, ""), "không có") }
		return change{c.Field, label + ": " + one(old) + " → " + one(now)}
	}
	var parts []string
	minus := func(word string, from, other []string) {
		left := slices.DeleteFunc(slices.Clone(from), func(s string) bool { return slices.Contains(other, s) })
		if len(left) > 0 {
			parts = append(parts, word+" "+strings.Join(left, "; "))
		}
	}
	minus("bỏ", old, now)
	minus("thêm", now, old)
	if len(parts) == 0 {
		parts = []string{"đổi thứ tự"}
	}
	return change{c.Field, label + ": " + strings.Join(parts, "; ")}
}
