package main

import (
	"fmt"
	"slices"
	"strings"

	"loa/monitor"
	"loa/report"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/viet/mask"
	"loa/web"
)

type reviewCmd struct {
	Next   reviewNextCmd   `cmd:"" help:"In các tin, bài chờ duyệt, theo thứ tự nên duyệt."`
	Decide reviewDecideCmd `cmd:"" help:"Duyệt một tin, bài và các tin, bài chờ duyệt có cùng nội dung."`
	Undo   reviewUndoCmd   `cmd:"" help:"Hoàn tác câu trả lời gần nhất của một người, cùng các tin, bài đã trả lời chung."`
	Audit  reviewAuditCmd  `cmd:"" help:"In mẫu ngẫu nhiên các tin, bài do máy tự phân loại, chờ người kiểm tra."`
}

type reviewNextCmd struct {
	Plan string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At   moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	N    int    `short:"n" default:"5" help:"Bao nhiêu câu hỏi; tin, bài trùng nội dung là một câu hỏi."`
}

// Run prints what waits for a person: first what would change a standing.
func (c *reviewNextCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	ev, err := monitor.Derive(a.ctx, e.store, e.plan, e.cal, e.moment())
	if err != nil {
		return err
	}
	questions, err := e.store.Questions(a.ctx, ev.Gains)
	if err != nil {
		return fmt.Errorf("đọc hàng chờ duyệt: %w", err)
	}
	if len(questions) == 0 {
		fmt.Fprintln(a.Out, "Không có tin, bài chờ duyệt.")
		return nil
	}
	names := report.NamesOf(e.plan)
	for _, q := range questions[:min(max(c.N, 0), len(questions))] {
		rows, err := e.store.Rows(a.ctx, q.Items, nil)
		if err != nil {
			return fmt.Errorf("đọc hàng chờ duyệt: %w", err)
		}
		for i, r := range rows {
			if i == 0 {
				printAsked(a, r)
				continue
			}
			fmt.Fprintf(a.Out, "\tCùng nội dung, duyệt một lần: %s %s (%s)\n", r.Item.ID, mask.Text(r.Item.Section, r.Item.Title), names.Agency(r.Item.Agency))
		}
		for _, g := range q.Gains {
			fmt.Fprintf(a.Out, "\t%s.\n", names.Gain(g))
		}
	}
	return nil
}

// printAsked prints a piece with what the machine found in it.
func printAsked(a *app, r web.ItemRow) {
	var cues, topics []string
	score := 0.0
	if r.Verdict != nil {
		score = r.Verdict.Score
		for _, cue := range r.Verdict.Cues {
			if word := "«" + cue.Term + "»"; cue.Weight > 0 && !slices.Contains(cues, word) && len(cues) < 8 {
				cues = append(cues, word)
			}
		}
		for _, t := range r.Verdict.Topics {
			topics = append(topics, viet.Topic(t))
		}
	}
	note := ""
	if r.Unread {
		note = " (chưa đọc được trang bài: mới xét tiêu đề, đoạn dẫn)"
	}
	fmt.Fprintf(a.Out, "%s\t%.2f\t%s%s\n\t%s\n\tKhớp: %s\n", r.Item.ID, score, mask.Text(r.Item.Section, r.Item.Title), note, r.Item.URL, strings.Join(cues, ", "))
	if len(topics) > 0 {
		fmt.Fprintf(a.Out, "\tChủ đề máy đề xuất: %s\n", strings.Join(topics, "; "))
	}
}

type reviewDecideCmd struct {
	Item   string   `arg:"" help:"Mã tin, bài."`
	Answer string   `arg:"" enum:"yes,no" help:"yes: về cải cách hành chính; no: không."`
	Topics []string `help:"Chủ đề, chủ đề chính trước (mặc định khi yes: chủ đề máy đề xuất)."`
	Reason string   `help:"Lý do."`
	Alone  bool     `help:"Chỉ duyệt tin, bài này, không kèm các tin, bài chờ duyệt có cùng nội dung."`
	Audit  bool     `help:"Trả lời cho mẫu kiểm tra (xem loa review audit)."`
	By     string   `help:"Ai duyệt (mặc định: người dùng của máy)."`
	Plan   string   `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At     moment   `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
}

// Run records a person's verdict, which wins over the machine's. Those that wait
// for a person and say the same are answered with it, each by its own decision.
func (c *reviewDecideCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	row, _, ok, err := e.store.Item(a.ctx, c.Item)
	if err != nil {
		return fmt.Errorf("đọc tin, bài %s: %w", c.Item, err)
	}
	if !ok {
		return usagef("không có tin, bài mã «%s»; xem mã bằng loa review next hoặc trên trang web", c.Item)
	}
	word := web.Word{Items: []string{row.Item.ID}, Reform: c.Answer == "yes", Topics: c.Topics, Note: c.Reason, Blind: c.Audit, Actor: actor(c.By)}
	switch {
	case c.Audit:
		_, err = e.sample() // what was judged before samples were drawn belongs to it too
	case !c.Alone:
		word.Items, err = e.store.SameQuestion(a.ctx, row.Item.ID)
	}
	if err != nil {
		return err
	}
	rows, err := e.giveWord(a.ctx, word)
	if err != nil {
		return err
	}
	if _, err := e.judgeAndEvaluate(a.ctx); err != nil {
		return err
	}
	fmt.Fprintf(a.Out, "Đã ghi: «%s» %s; người duyệt: %s.\n", mask.Text(row.Item.Section, row.Item.Title), reformWords(c.Answer == "yes"), actor(c.By))
	for _, r := range rows[1:] {
		fmt.Fprintf(a.Out, "Cùng nội dung, cùng kết quả: %s %s. Sửa riêng: loa review decide %s yes|no\n", r.Item.ID, mask.Text(r.Item.Section, r.Item.Title), r.Item.ID)
	}
	if c.Audit && row.Verdict != nil {
		same := "trùng với máy"
		if row.Verdict.Reform != (c.Answer == "yes") {
			same = "khác máy"
		}
		fmt.Fprintf(a.Out, "Máy đã phân loại: %s (điểm %.2f); %s.\n", reformWords(row.Verdict.Reform), row.Verdict.Score, same)
	}
	return nil
}

func reformWords(reform bool) string {
	if reform {
		return "về cải cách hành chính"
	}
	return "không phải về cải cách hành chính"
}

type reviewUndoCmd struct {
	By   string `help:"Câu trả lời của ai (mặc định: người dùng của máy)."`
	Plan string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At   moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
}

// Run takes back what a person answered last: it stays on record and counts no more.
func (c *reviewUndoCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	taken, err := e.undo(a.ctx, actor(c.By), "")
	if err != nil {
		return fmt.Errorf("hoàn tác: %w", err)
	}
	if len(taken) == 0 {
		return usagef("không có câu trả lời nào của %s để hoàn tác", actor(c.By))
	}
	if _, err := e.judgeAndEvaluate(a.ctx); err != nil {
		return err
	}
	for _, w := range taken {
		row, _, _, err := e.store.Item(a.ctx, w.Item)
		if err != nil {
			return fmt.Errorf("đọc tin, bài %s: %w", w.Item, err)
		}
		fmt.Fprintf(a.Out, "Đã hoàn tác: %s «%s» %s (trả lời lúc %s).\n", w.Item, mask.Text(row.Item.Section, row.Item.Title), reformWords(w.Reform), viet.Moment(w.At.In(calendar.Zone)))
	}
	return nil
}
