package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"loa/monitor"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/viet"
)

// compare tells what is equal, what differs, and what was not read again. Differences end it with an error.
func (r *replay) compare(ctx context.Context) error {
	equal, found, err := r.was.store.CompareRead(ctx, r.now.store)
	if err != nil {
		return err
	}
	words, others := r.byLexicon(found)
	if len(words) > 0 || len(r.judges) > 0 { // with the verdicts as they were, all else can be told apart
		if err := r.now.store.InheritVerdicts(ctx, r.was.store); err != nil {
			return err
		}
		// What was compared by other verdicts is compared anew.
		if equal, found, err = r.was.store.CompareRead(ctx, r.now.store); err != nil {
			return err
		}
		_, others = r.byLexicon(found)
	}
	r.tellRead()
	r.tellLeft()
	r.tellLexicon(words)
	r.tellEqual(equal)
	for _, kind := range []string{"item", "revision", "verdict", "document", "question", "planned", "upload"} {
		r.tellKind(kind, others)
	}
	if err := r.standings(ctx); err != nil {
		return err
	}
	bad := len(r.web.damaged) + len(r.web.missing)
	for _, sha := range r.web.damaged {
		fmt.Fprintf(r.app.Out, "hỏng\tbản lưu\t%s\n", sha)
	}
	for _, sha := range r.web.missing {
		fmt.Fprintf(r.app.Out, "thiếu\tbản lưu\t%s\n", sha)
	}
	if r.differs+bad > 0 {
		return fmt.Errorf("đọc lại thấy khác: %d chỗ; %d bản lưu hỏng hoặc thiếu", r.differs, bad)
	}
	fmt.Fprintln(r.app.Out, "Đọc lại cho kết quả bằng nhau.")
	return nil
}

// byLexicon parts the verdicts that another version of the classifier gave from all else.
func (r *replay) byLexicon(found []store.Compared) (words, others []store.Compared) {
	for _, c := range found {
		if len(r.judges) > 0 && c.Kind == "verdict" {
			words = append(words, c)
			continue
		}
		others = append(others, c)
	}
	return words, others
}

func (r *replay) tellRead() {
	whole := 0
	for source := range r.web.kinds {
		if !r.part[source] {
			whole++
		}
	}
	fmt.Fprintf(r.app.Out, "Đọc lại từ bản lưu: %d lượt đọc nguồn, %d trang tin, bài; diễn lại %d lượt không đổi, %d lượt không đọc được (không có bản lưu). Nguồn dựng lại trọn vẹn: %d/%d.\n",
		r.visits, r.pages, r.unchanged, r.blind, whole, len(r.web.kinds))
}

func (r *replay) tellLeft() {
	people := int64(0)
	for _, n := range r.inherited {
		people += n
	}
	fmt.Fprintf(r.app.Out, "Chép nguyên, không phải do máy đọc: %d dòng (quyết định %d, nhật ký phát sóng %d, bảng kê %d, kỳ đã chốt %d, …) và các câu trả lời duyệt tin.\n",
		people, r.inherited["decision"], r.inherited["receipt"], r.inherited["register"], r.inherited["closing"])
	if r.items > 0 || len(r.left) > 0 {
		fmt.Fprintf(r.app.Out, "Không đọc lại được nên chép nguyên, không tính là khác: %d tin, bài.\n", r.items)
	}
	for _, why := range slices.Sorted(maps.Keys(r.left)) {
		if n := r.left[why]; n > 0 {
			fmt.Fprintf(r.app.Out, "  %s: %d\n", why, n)
		}
	}
	if n := len(r.web.deleted); n > 0 {
		fmt.Fprintf(r.app.Out, "  số bản lưu đã xóa theo thời hạn: %d\n", n)
	}
}

func (r *replay) tellLexicon(words []store.Compared) {
	if r.replanned {
		fmt.Fprintln(r.app.Out, "Tệp kế hoạch hoặc nguồn đã đổi sau lượt đọc đầu tiên: đọc lại theo quy tắc nay, chỗ khác có thể do quy tắc đổi.")
	}
	if r.unjudged > 0 {
		fmt.Fprintf(r.app.Out, "Trong kho còn %d tin, bài chưa phân loại: nên đọc lại sau khi phân loại xong.\n", r.unjudged)
	}
	if len(r.judges) == 0 {
		return
	}
	fmt.Fprintf(r.app.Out, "Bộ phân loại đã đổi: kho ghi %s, nay %s. Kết quả phân loại khác ở %d tin, bài, do từ điển hoặc mô hình, không tính là khác; những so sánh sau dùng kết quả phân loại đã ghi.\n",
		strings.Join(r.judges, ", "), r.now.judge.Version(), len(words))
}

// partWords names the parts of what is compared.
func partWords() map[string]string {
	return map[string]string{
		"canon": "khóa", "agency": "cơ quan", "url": "địa chỉ", "title": "tiêu đề", "lead": "đoạn dẫn", "section": "chuyên mục in trên trang", "col": "chuyên mục", "byline": "tác giả",
		"credit": "ghi nguồn", "date": "ngày", "precision": "độ chính xác của ngày", "date_text": "ngày như đã in", "outcome": "kết quả", "revision": "bản chữ", "from": "đọc từ đâu", "body": "thân bài",
		"reform": "về CCHC hay không", "review": "cần duyệt hay không", "topics": "chủ đề", "cues": "dấu hiệu", "facets": "nội dung nhắc đến", "score": "điểm", "signed": "ngày ký", "issuer": "nơi ban hành",
		"number": "số", "asked": "ngày hỏi", "answered": "ngày trả lời", "source": "nguồn", "channel": "kênh", "start": "giờ bắt đầu", "duration": "thời lượng", "programme": "chương trình", "run": "phát mới, phát lại",
		"printed": "như đã in", "at": "lúc",
	}
}

func comparedWords() map[string]string {
	return map[string]string{"item": "tin, bài", "revision": "bản chữ", "verdict": "kết quả phân loại", "document": "văn bản", "question": "câu hỏi", "planned": "lịch phát sóng dự kiến", "upload": "video đã đăng"}
}

func (r *replay) tellEqual(equal map[string]int) {
	var parts []string
	for _, kind := range []string{"item", "revision", "verdict", "document", "question", "planned", "upload"} {
		if n := equal[kind]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, comparedWords()[kind]))
		}
	}
	fmt.Fprintf(r.app.Out, "Bằng nhau: %s.\n", cmp.Or(strings.Join(parts, "; "), "không có gì để so"))
}

// tellKind prints a line for each thing of a kind that differs: «khác», the kind, where it is, what differs, with tabs between.
func (r *replay) tellKind(kind string, found []store.Compared) {
	n := 0
	for _, c := range found {
		if c.Kind != kind {
			continue
		}
		n++
		if n > r.cutTo(n) {
			continue
		}
		what := "chỉ có trong kho"
		switch {
		case c.Diff != nil:
			names := make([]string, len(c.Diff))
			for i, d := range c.Diff {
				names[i] = cmp.Or(partWords()[d], d)
			}
			what = strings.Join(names, ", ")
		case !c.Lacks:
			what = "chỉ có khi đọc lại"
		}
		fmt.Fprintf(r.app.Out, "khác\t%s\t%s\t%s\t%s\n", comparedWords()[kind], cmp.Or(c.Where, "–"), c.Key, what)
	}
	if more := n - r.cutTo(n); more > 0 {
		fmt.Fprintf(r.app.Out, "  và %d %s khác nữa (--lines 0 để in hết)\n", more, comparedWords()[kind])
	}
	r.differs += n
}

// standings compares what both databases derive at one moment.
func (r *replay) standings(ctx context.Context) error {
	derive := func(e *engine) (map[string]schedule.Standing, error) {
		ev, err := monitor.Derive(ctx, e.store, e.plan, e.cal, e.moment())
		out := map[string]schedule.Standing{}
		for _, s := range ev.Standings {
			out[s.Quota+"\t"+s.Owner+"\t"+s.Period] = s
		}
		return out, err
	}
	was, err := derive(r.was)
	if err != nil {
		return err
	}
	now, err := derive(r.now)
	if err != nil {
		return err
	}
	keys := map[string]bool{}
	for _, of := range []map[string]schedule.Standing{was, now} {
		for k := range of {
			keys[k] = true
		}
	}
	n, same := 0, 0
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		a, b := was[k], now[k]
		x, err := json.Marshal(a)
		if err != nil {
			return err
		}
		y, err := json.Marshal(b)
		if err != nil {
			return err
		}
		if string(x) == string(y) {
			same++
			continue
		}
		if n++; n <= r.cutTo(n) {
			fmt.Fprintf(r.app.Out, "khác\ttiến độ\t%s\t%s → %s\n", k, standingWord(a), standingWord(b))
		}
	}
	if more := n - r.cutTo(n); more > 0 {
		fmt.Fprintf(r.app.Out, "  và %d tiến độ khác nữa (--lines 0 để in hết)\n", more)
	}
	r.differs += n
	fmt.Fprintf(r.app.Out, "Tiến độ lúc %s: %d bằng nhau, %d khác.\n", viet.Moment(r.was.business().In(calendar.Zone)), same, n)
	return nil
}

// standingWord is a standing with its measures, or that there is none.
func standingWord(s schedule.Standing) string {
	if s.Quota == "" {
		return "không có"
	}
	word := report.Word(s.Basis, s.State, s.Confirmed, s.Risk, s.Reasons)
	for _, m := range s.Measures {
		word += fmt.Sprintf(" %s %g/%g", m.Name, m.Delivered, m.Wanted)
	}
	return word
}
