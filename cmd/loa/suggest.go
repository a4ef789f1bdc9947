package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"loa/media"
	"loa/monitor"
	"loa/report"
	"loa/report/letters"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/schedule/propose"
	"loa/store"
	"loa/viet"
)

type suggestCmd struct {
	Show  suggestShowCmd  `cmd:"" default:"withargs" help:"In tin, bài của các đơn vị mà Báo, Đài chưa đăng, phát, có thể dùng cho các kỳ chuyên mục, lần phát sóng sắp tới (tham khảo)."`
	Brief suggestBriefCmd `cmd:"" help:"Bản gợi ý cho biên tập viên, để in: tin, bài, lý do, còn thiếu gì, đầu mối liên hệ."`
	Save  suggestSaveCmd  `cmd:"" help:"Lưu gợi ý thành bản nháp của Báo, Đài; chỉ cơ quan đó xem được khi chưa chia sẻ."`
	Share suggestShareCmd `cmd:"" help:"Chia sẻ một bản nháp với Sở chủ trì."`
	List  suggestListCmd  `cmd:"" help:"In các bản nháp mà một cơ quan xem được."`
	Open  suggestOpenCmd  `cmd:"" help:"Xem một bản gợi ý đã lưu."`
}

// suggestFlags say for whom, and how much, is suggested.
type suggestFlags struct {
	Plan  string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At    moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	For   string `required:"" help:"Gợi ý cho cơ quan báo chí nào, ví dụ bao, dai-ptth." placeholder:"CƠ_QUAN"`
	Weeks int    `default:"4" help:"Cho các kỳ bắt đầu trong bao nhiêu tuần tới."`
	N     int    `short:"n" help:"Nhiều nhất bao nhiêu tin, bài (mặc định: đủ chỗ của các kỳ)."`
	Each  int    `default:"3" help:"Mỗi kỳ chuyên mục, mỗi lần phát chứa bao nhiêu tin, bài (mức tham chiếu)."`
	Fresh int    `default:"60" help:"Chỉ gợi ý tin, bài đăng trong bao nhiêu ngày trước kỳ (mức tham chiếu)."`
}

// suggestion is an answer with the engine it came from.
type suggestion struct {
	e *engine
	letters.Suggestion
}

// choose opens the engine and chooses. The caller closes the engine.
func (c suggestFlags) choose(a *app) (s suggestion, err error) {
	switch {
	case c.Weeks < 1 || c.Weeks > 53:
		return s, usagef("--weeks cần từ 1 đến 53, đang là %d", c.Weeks)
	case c.N < 0 || c.N > 500:
		return s, usagef("-n cần từ 0 đến 500, đang là %d", c.N)
	case c.Each < 1 || c.Each > 20:
		return s, usagef("--each cần từ 1 đến 20, đang là %d", c.Each)
	case c.Fresh < 1 || c.Fresh > 366:
		return s, usagef("--fresh cần từ 1 đến 366, đang là %d", c.Fresh)
	}
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return s, err
	}
	defer func() {
		if err != nil {
			e.close()
		}
	}()
	outlet, err := e.pressAgency(c.For)
	if err != nil {
		return s, err
	}
	s, _, err = e.suggestFor(a.ctx, e.plan, outlet, propose.Options{Fresh: c.Fresh, Each: c.Each}, c.Weeks, c.N)
	return s, err
}

// suggestFor chooses what an outlet could take up in so many weeks, at most n pieces (0: as many as there is room for).
func (e *engine) suggestFor(ctx context.Context, plan *schedule.Plan, outlet media.Agency, opt propose.Options, weeks, n int) (s suggestion, ev schedule.Evaluation, err error) {
	now := e.business()
	opt.Now = now
	opt = opt.Filled()
	s = suggestion{e, letters.Suggestion{Plan: plan, Outlet: outlet, Now: now, Until: calendar.Day(now).AddDate(0, 0, 7*weeks), Silent: opt.Silent}}
	m := e.moment()
	m.Ahead = s.Until.Sub(now)
	ev, err = monitor.Derive(ctx, e.store, plan.For(outlet.ID), e.cal, m) // what it owes itself, from the evidence of all
	if err != nil {
		return s, ev, err
	}
	s.Openings = propose.Openings(plan, ev.Standings, outlet.ID, s.Until, opt)
	s.Pool = propose.Gather(plan, ev.Evidence, outlet.ID, opt)
	s.Answer = s.Pool.Choose(s.Openings, n)
	return s, ev, nil
}

// pressAgency is the newspaper or station of that name.
func (e *engine) pressAgency(name string) (media.Agency, error) {
	var press []string
	for _, a := range e.plan.Agencies {
		if a.Level != media.Press {
			continue
		}
		if a.ID == e.agencyID(name) {
			return a, nil
		}
		press = append(press, strings.TrimPrefix(a.ID, e.plan.Province+"/"))
	}
	return media.Agency{}, usagef("«%s» không phải cơ quan báo chí của kế hoạch %s; có: %s", name, e.plan.ID, strings.Join(press, ", "))
}

type suggestShowCmd struct {
	suggestFlags
	JSON bool `help:"Mỗi tin, bài một dòng JSON, dòng cuối là tổng hợp."`
}

// Run prints what could be taken up; it stores nothing.
func (c *suggestShowCmd) Run(a *app) error {
	s, err := c.choose(a)
	if err != nil {
		return err
	}
	defer s.e.close()
	if c.JSON {
		return s.json(a.Out)
	}
	if s.Plan.Sample {
		fmt.Fprintln(a.Out, sampleNotice)
	}
	return s.print(a.Out)
}

// suggestLine is one choice in --json.
type suggestLine struct {
	Quota   string            `json:"quota"`
	Owner   string            `json:"owner"`
	Period  string            `json:"period"`
	ID      string            `json:"id"`
	Agency  string            `json:"agency"`
	Title   string            `json:"title"`
	URL     string            `json:"url"`
	At      string            `json:"at"`
	Topics  []string          `json:"topics"`
	Reasons []schedule.Reason `json:"reasons"`
}

// suggestEnd is the last line of --json.
type suggestEnd struct {
	Chosen   int      `json:"chosen"`
	Room     int      `json:"room"`
	Pool     int      `json:"pool"`
	Value    int64    `json:"value"`
	Bound    int64    `json:"bound"`
	Gap      float64  `json:"gap"`
	Exact    bool     `json:"exact"`
	Least    float64  `json:"guarantee"` // share of the best choice that the method keeps to, whatever the pieces
	Topics   []string `json:"topics_missing"`
	Contents []int    `json:"contents_missing"` // places in the plan's list, from 1
	Agencies []string `json:"agencies_missing"`
}

func (s suggestion) json(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, c := range s.Answer.Choices {
		if err := enc.Encode(suggestLine{c.Opening.Quota, c.Opening.Owner, c.Opening.Period, c.Evidence.ID, c.Agency, report.Masked(c.Evidence).Title,
			c.Evidence.URL, c.At.In(calendar.Zone).Format(time.RFC3339), c.Topics, c.Reasons}); err != nil {
			return err
		}
	}
	end := suggestEnd{Chosen: len(s.Answer.Choices), Room: s.room(), Pool: len(s.Pool.Pieces), Value: s.Answer.Value, Bound: s.Answer.Bound, Gap: s.Answer.Gap(), Exact: s.Answer.Exact, Least: s.Answer.Guarantee,
		Topics: append([]string{}, s.Answer.Missing.Topics...), Contents: []int{}, Agencies: append([]string{}, s.Answer.Missing.Agencies...)}
	for _, i := range s.Answer.Missing.Contents {
		end.Contents = append(end.Contents, i+1)
	}
	return enc.Encode(end)
}

func (s suggestion) room() (n int) {
	for _, o := range s.Openings {
		n += o.Room
	}
	return n
}

// print is for a person: opening by opening, each piece with its reasons.
func (s suggestion) print(w io.Writer) error {
	names := report.NamesOf(s.Plan)
	fmt.Fprintf(w, "%s. %s\n", s.Head(), letters.Reference)
	if len(s.Openings) == 0 {
		_, err := fmt.Fprintln(w, "Trong khoảng này không còn kỳ chuyên mục, lần phát sóng nào chưa đủ.")
		return err
	}
	for _, o := range s.Openings {
		fmt.Fprintf(w, "\n%s\n", s.Opening(o))
		of := s.Of(o)
		for i, c := range of {
			fmt.Fprintf(w, "%2d. %s: %s (%s)\n", i+1, names.Agency(c.Agency), report.Masked(c.Evidence).Title, viet.Day(c.At.In(calendar.Zone)))
			if c.Evidence.URL != "" {
				fmt.Fprintln(w, "    "+c.Evidence.URL)
			}
			fmt.Fprintln(w, "    "+strings.Join(s.Why(c.Reasons), ". ")+".")
		}
		if len(of) == 0 {
			fmt.Fprintln(w, "    chưa có tin, bài nào phù hợp để gợi ý")
		}
	}
	fmt.Fprintln(w)
	for _, line := range append(s.Suggestion.Missing(), s.Basis()) {
		fmt.Fprintln(w, line)
	}
	return nil
}

type suggestBriefCmd struct {
	suggestFlags
	Out string `short:"o" required:"" help:"Tệp HTML để in (khổ A4)." placeholder:"TỆP"`
}

// Run writes the editor's brief.
func (c *suggestBriefCmd) Run(a *app) error {
	s, err := c.choose(a)
	if err != nil {
		return err
	}
	defer s.e.close()
	return writeOut(c.Out, s.Brief)
}

// writeOut writes a file whole or not at all.
func writeOut(path string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("ghi tệp: %w", err)
	}
	return nil
}

type suggestSaveCmd struct {
	suggestFlags
	By string `help:"Ai lưu (mặc định: người dùng của máy)."`
}

// savedSuggestion is the body of a draft of the kind "suggestion".
type savedSuggestion struct {
	Head   string              `json:"head"`
	Pieces []letters.Suggested `json:"pieces"`
	Notes  []string            `json:"notes"`
}

// Run keeps a suggestion as its outlet's draft.
func (c *suggestSaveCmd) Run(a *app) error {
	s, err := c.choose(a)
	if err != nil {
		return err
	}
	defer s.e.close()
	if len(s.Answer.Choices) == 0 {
		return fmt.Errorf("chưa có tin, bài nào để gợi ý; không lưu")
	}
	return s.e.keepDraft(store.Draft{Kind: "suggestion", Owner: s.Outlet.ID, Title: s.Head(), Actor: actor(c.By)},
		savedSuggestion{s.Head(), s.Saved(), append(s.Suggestion.Missing(), s.Basis())})
}
