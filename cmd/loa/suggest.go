package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"loa/media"
	"loa/monitor"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/schedule/propose"
	"loa/viet"
)

type suggestCmd struct {
	Show suggestShowCmd `cmd:"" default:"withargs" help:"In tin, bài của các đơn vị mà Báo, Đài chưa đăng, phát, có thể dùng cho các kỳ chuyên mục, lần phát sóng sắp tới (tham khảo)."`
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

// suggestion is an answer with what it is about.
type suggestion struct {
	e        *engine
	outlet   media.Agency
	now      time.Time
	until    time.Time
	openings []propose.Opening
	pool     *propose.Pool
	propose.Answer
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
	s = suggestion{e: e, now: e.business()}
	s.until = calendar.Day(s.now).AddDate(0, 0, 7*c.Weeks)
	if s.outlet, err = e.pressAgency(c.For); err != nil {
		return s, err
	}
	m := e.moment()
	m.Ahead = s.until.Sub(s.now)
	ev, err := monitor.Derive(a.ctx, e.store, e.plan, e.cal, m)
	if err != nil {
		return s, err
	}
	opt := propose.Options{Now: s.now, Fresh: c.Fresh, Each: c.Each}
	s.openings = propose.Openings(e.plan, ev.Standings, s.outlet.ID, s.until, opt)
	s.pool = propose.Gather(e.plan, ev.Evidence, s.outlet.ID, opt)
	s.Answer = s.pool.Choose(s.openings, c.N)
	return s, nil
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
	if s.e.plan.Sample {
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
	Topics   []string `json:"topics_missing"`
	Contents []int    `json:"contents_missing"` // places in the plan's list, from 1
	Agencies []string `json:"agencies_missing"`
}

func (s suggestion) json(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, c := range s.Choices {
		if err := enc.Encode(suggestLine{c.Opening.Quota, c.Opening.Owner, c.Opening.Period, c.Evidence.ID, c.Agency, report.Masked(c.Evidence).Title,
			c.Evidence.URL, c.At.In(calendar.Zone).Format(time.RFC3339), c.Topics, c.Reasons}); err != nil {
			return err
		}
	}
	end := suggestEnd{Chosen: len(s.Choices), Room: s.room(), Pool: len(s.pool.Pieces), Value: s.Value, Bound: s.Bound, Gap: s.Gap(), Exact: s.Exact,
		Topics: append([]string{}, s.Missing.Topics...), Contents: []int{}, Agencies: append([]string{}, s.Missing.Agencies...)}
	for _, i := range s.Missing.Contents {
		end.Contents = append(end.Contents, i+1)
	}
	return enc.Encode(end)
}

func (s suggestion) room() (n int) {
	for _, o := range s.openings {
		n += o.Room
	}
	return n
}

// print is for a person: opening by opening, each piece with its reasons.
func (s suggestion) print(w io.Writer) error {
	names := report.NamesOf(s.e.plan)
	fmt.Fprintf(w, "Gợi ý tin, bài cho %s, các kỳ từ %s đến hết %s. Tham khảo: Báo, Đài tự quyết định.\n", names.Agency(s.outlet.ID), viet.Day(s.now.In(calendar.Zone)), viet.Day(s.until.AddDate(0, 0, -1)))
	if len(s.openings) == 0 {
		_, err := fmt.Fprintln(w, "Trong khoảng này không còn kỳ chuyên mục, lần phát sóng nào chưa đủ.")
		return err
	}
	for _, o := range s.openings {
		fmt.Fprintf(w, "\n%s: %s\n", viet.Capital(periodName(o.Period)), openingWords(s.e.plan, o))
		n := 0
		for _, c := range s.Choices {
			if c.Opening.Quota != o.Quota || c.Opening.Period != o.Period {
				continue
			}
			n++
			fmt.Fprintf(w, "%2d. %s: %s (%s)\n", n, names.Agency(c.Agency), report.Masked(c.Evidence).Title, viet.Day(c.At.In(calendar.Zone)))
			if c.Evidence.URL != "" {
				fmt.Fprintln(w, "    "+c.Evidence.URL)
			}
			fmt.Fprintln(w, "    "+reasonWords(names, c.Reasons))
		}
		if n == 0 {
			fmt.Fprintln(w, "    chưa có tin, bài nào phù hợp để gợi ý")
		}
	}
	fmt.Fprintln(w)
	for _, line := range s.notes(names) {
		fmt.Fprintln(w, line)
	}
	return nil
}

func periodName(id string) string {
	if p, err := calendar.Parse(id); err == nil {
		return p.Name()
	}
	return id
}

func openingWords(p *schedule.Plan, o propose.Opening) string {
	unit, title := "kỳ chuyên mục", o.Quota
	for _, q := range p.Quotas {
		if q.ID == o.Quota {
			title = q.ID + " " + q.Title
			if q.Kind == "airing" {
				unit = "lần phát sóng"
			}
		}
	}
	return fmt.Sprintf("%s, còn thiếu %02d %s", title, o.Missing, unit)
}

func reasonWords(names report.Names, all []schedule.Reason) string {
	var out []string
	for _, r := range all {
		out = append(out, names.Reason(r))
	}
	return strings.Join(out, ". ") + "."
}

// notes say what is missing, what was left out, and how good the choice is.
func (s suggestion) notes(names report.Names) []string {
	var out []string
	if len(s.Missing.Topics) > 0 {
		var topics []string
		for _, t := range s.Missing.Topics {
			topics = append(topics, viet.Topic(t))
		}
		out = append(out, "Chủ đề chưa có tin, bài nào trong quý, kể cả trong gợi ý này: "+strings.Join(topics, "; ")+".")
	}
	if len(s.Missing.Contents) > 0 {
		var said []string
		for _, i := range s.Missing.Contents {
			said = append(said, "«"+s.e.plan.Contents[i].Words()+"»")
		}
		out = append(out, "Nội dung kế hoạch nêu, chưa có tin, bài nào trong quý, kể cả trong gợi ý này: "+strings.Join(said, "; ")+".")
	}
	if n := len(s.Missing.Agencies); n > 0 {
		var who []string
		for _, a := range s.Missing.Agencies[:min(n, 12)] {
			who = append(who, names.Agency(a))
		}
		if n > 12 {
			who = append(who, fmt.Sprintf("và %d đơn vị khác", n-12))
		}
		out = append(out, "Đơn vị chưa được nhắc đến trong 60 ngày và chưa có tin, bài nào để gợi ý: "+strings.Join(who, "; ")+".")
	}
	left := fmt.Sprintf("Chọn %d trong %d tin, bài", len(s.Choices), len(s.pool.Pieces))
	for _, x := range []struct {
		n    int
		what string
	}{{s.pool.Taken, "Báo hoặc Đài đã đăng, phát"}, {s.pool.Repost, "đăng lại của nơi khác"}, {s.pool.Waits, "đang chờ duyệt"}} {
		if x.n > 0 {
			left += fmt.Sprintf("; bỏ qua %d %s", x.n, x.what)
		}
	}
	return append(out, left+". "+gapWords(s.Answer))
}

// gapWords say how far from the best choice an answer may be.
func gapWords(a propose.Answer) string {
	if a.Exact {
		return "Đây là phương án tốt nhất theo thang cân đối của loa (mức tham chiếu)."
	}
	percent := strings.Replace(fmt.Sprintf("%.2f", 100*a.Gap()+0.005), ".", ",", 1)
	return "Theo thang cân đối của loa (mức tham chiếu), phương án này cách phương án tốt nhất không quá " + percent + "%."
}
