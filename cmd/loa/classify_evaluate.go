package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"loa/crawler/classify"
	"loa/media"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/viet/mask"
)

type classifyEvaluateCmd struct {
	Files    []string `arg:"" name:"tệp" help:"Tệp dòng JSON có nhãn (như của «loa classify train»); - là stdin."`
	Against  string   `type:"existingfile" help:"So với mô hình này, chẳng hạn bản đang dùng."`
	Cross    bool     `help:"Kiểm tra chéo 10 phần: huấn luyện lại trên chín phần, đánh giá trên phần còn lại."`
	Bare     bool     `help:"Đánh giá như văn bản gõ không dấu."`
	Mistakes int      `default:"20" help:"In bao nhiêu chỗ sai, chỗ chắc mà sai trước."`
}

// part is some of the predictions, under a name.
type part struct {
	name string
	of   []classify.Prediction
}

// views parts predictions by what there was to read.
func views(ps []classify.Prediction) []part {
	return parts(ps, func(p classify.Prediction) []string { return []string{p.View} })
}

// parts parts predictions by the names that of gives them; the most first.
func parts(ps []classify.Prediction, of func(classify.Prediction) []string) []part {
	by := map[string][]classify.Prediction{}
	for _, p := range ps {
		for _, name := range of(p) {
			by[name] = append(by[name], p)
		}
	}
	var out []part
	for _, name := range slices.Sorted(maps.Keys(by)) {
		out = append(out, part{name, by[name]})
	}
	slices.SortStableFunc(out, func(a, b part) int { return cmp.Compare(len(b.of), len(a.of)) })
	return out
}

// Run prints what a classifier makes of labelled documents.
func (c *classifyEvaluateCmd) Run(a *app) error {
	docs, err := a.labelled(c.Files)
	if err != nil {
		return err
	}
	judge, err := a.classifier()
	if err != nil {
		return err
	}
	var ps []classify.Prediction
	if c.Cross {
		fmt.Fprintf(a.Out, "Kiểm tra chéo 10 phần trên %d văn bản, bộ quy tắc của bản %s.\n", len(docs), judge.Version())
		fmt.Fprintln(a.Out, "Mỗi văn bản được đọc theo ba cách: chỉ tiêu đề; tiêu đề và đoạn dẫn; toàn văn.")
		for _, r := range []struct {
			name  string
			rules classify.Rules
		}{{"với mọi quy tắc", classify.RulesAll}, {"bỏ các cụm từ chỉ gặp ở một văn bản", classify.RulesShared}} {
			ps = judge.CrossValidate(docs, r.rules, c.Bare)
			fmt.Fprintf(a.Out, "\n== %s ==\n", r.name)
			c.figures(a, ps)
		}
	} else {
		if c.Bare {
			for i := range docs {
				docs[i].Doc = classify.WithoutMarks(docs[i].Doc)
			}
		}
		ps = judge.Predict(docs)
		fmt.Fprintf(a.Out, "Bản %s trên %d văn bản.\n", judge.Version(), len(docs))
		if judge.TrainedOn(docs) {
			fmt.Fprintln(a.Out, "Chú ý: mô hình được huấn luyện chính trên các văn bản này; số liệu chỉ cho biết nó nhớ được bao nhiêu. Dùng --cross.")
		}
		c.figures(a, ps)
	}
	c.calibration(a, ps)
	c.byTopicAndSource(a, ps)
	c.mistakes(a, judge, ps)
	if c.Against != "" {
		return c.against(a, docs, judge)
	}
	return nil
}

// figures prints the table of P, R, F1 for each view, with and without those
// documents of which a careful reader could say either.
func (c *classifyEvaluateCmd) figures(a *app, ps []classify.Prediction) {
	fmt.Fprintln(a.Out, "\nĐọc được                     văn bản  đúng-trong-nhận  tìm-được  F1 (khoảng 95 %)         hỏi người  nhận sai  loại sai  nhiễu khó sai  tin chung sai")
	for _, v := range views(ps) {
		clear := slices.DeleteFunc(slices.Clone(v.of), func(p classify.Prediction) bool { return p.Borderline })
		for _, x := range []part{{viewName(v.name), clear}, {"  kể cả văn bản giáp ranh", v.of}} {
			f := classify.Measure(x.of)
			low, high := classify.Interval(x.of, classify.Figures.F1)
			fmt.Fprintf(a.Out, "%-28s %6d   %14.3f  %8.3f  %.3f (%.3f đến %.3f)  %8.1f %%  %8s  %8s  %13s  %13s\n", x.name, f.N(), f.Precision(), f.Recall(),
				f.F1(), low, high, 100*float64(f.Asked)/float64(max(f.N(), 1)), of(f.AcceptedWrong, f.Accepted), of(f.RefusedWrong, f.Refused), of(f.HardWrong, f.Hard), of(f.GeneralWrong, f.General))
		}
	}
}

func of(n, all int) string { return fmt.Sprintf("%d/%d", n, all) }

func viewName(view string) string {
	return map[string]string{"title": "chỉ tiêu đề", "lead": "tiêu đề, đoạn dẫn", "full": "toàn văn"}[view]
}

func (c *classifyEvaluateCmd) calibration(a *app, ps []classify.Prediction) {
	bins, ece := classify.Calibration(ps)
	fmt.Fprintf(a.Out, "\nXác suất nói ra và tỷ lệ đúng là CCHC (lệch trung bình %.3f):\n", ece)
	for _, b := range bins {
		if b.N > 0 {
			fmt.Fprintf(a.Out, "  %.1f–%.1f  %5d văn bản  nói %.2f  thực %.2f\n", b.From, b.To, b.N, b.Said, b.Share)
		}
	}
}

func (c *classifyEvaluateCmd) byTopicAndSource(a *app, ps []classify.Prediction) {
	fmt.Fprintln(a.Out, "\nTheo chủ đề (của người đọc): tìm được; chủ đề chính đúng")
	for _, t := range parts(ps, func(p classify.Prediction) []string {
		if !p.Reform || p.Topic == "" {
			return nil
		}
		return []string{p.Topic}
	}) {
		f := classify.Measure(t.of)
		fmt.Fprintf(a.Out, "  %-40s %s; %s\n", viet.Topic(t.name), of(f.Right, f.Right+f.Missed), of(f.Primary, f.Topical))
	}
	sources := parts(ps, func(p classify.Prediction) []string { return []string{cmp.Or(p.Source, p.Sample)} })
	if len(sources) > 1 {
		fmt.Fprintln(a.Out, "\nTheo nguồn:")
		for _, s := range sources {
			f := classify.Measure(s.of)
			fmt.Fprintf(a.Out, "  %-28s %5d văn bản  đúng-trong-nhận %.3f  tìm-được %.3f  F1 %.3f  hỏi %d\n", cmp.Or(s.name, "(không rõ)"), f.N(), f.Precision(), f.Recall(), f.F1(), f.Asked)
		}
	}
}

// mistakes prints what went wrong, the surest first, with the words that led there.
func (c *classifyEvaluateCmd) mistakes(a *app, judge *classify.Classifier, ps []classify.Prediction) {
	wrong := classify.Mistakes(ps)
	fmt.Fprintf(a.Out, "\nChỗ sai: %d\n", len(wrong))
	for _, p := range wrong[:min(len(wrong), c.Mistakes)] {
		what := "nhận nhầm"
		if p.Reform {
			what = "bỏ sót"
		}
		if p.Borderline {
			what += ", giáp ranh"
		}
		cues := p.Cues
		if cues == nil {
			cues = judge.Read(p.Doc).Cues
		}
		var words []string
		for _, q := range cues[:min(len(cues), 6)] {
			words = append(words, fmt.Sprintf("«%s» %+.2f", q.Term, q.Weight))
		}
		fmt.Fprintf(a.Out, "  %.2f %s (%s): %s\n      %s\n", p.Score, what, viewName(p.View), mask.Text(p.Section, p.Title), strings.Join(words, ", "))
	}
}

// against prints where another model decides otherwise.
func (c *classifyEvaluateCmd) against(a *app, docs []classify.Labelled, judge *classify.Classifier) error {
	data, err := os.ReadFile(c.Against)
	if err != nil {
		return fmt.Errorf("đọc mô hình để so: %w", err)
	}
	opts := []classify.Option{classify.WithModel(data)}
	if a.cli.Lexicon != "" {
		lex, err := os.ReadFile(a.cli.Lexicon)
		if err != nil {
			return fmt.Errorf("đọc từ điển: %w", err)
		}
		opts = append(opts, classify.WithLexicon(lex))
	}
	other, err := classify.New(opts...)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Against, err)
	}
	was, now := other.Predict(docs), judge.Predict(docs)
	x, y := classify.Measure(was), classify.Measure(now)
	better, worse := 0, 0
	var told []string
	for i := range now {
		if was[i].Said == now[i].Said {
			continue
		}
		mark := "đúng hơn"
		if now[i].Said == now[i].Reform {
			better++
		} else {
			worse++
			mark = "sai đi"
		}
		told = append(told, fmt.Sprintf("  %s: %.2f → %.2f  %s", mark, was[i].Score, now[i].Score, mask.Text(now[i].Section, now[i].Title)))
	}
	fmt.Fprintf(a.Out, "\nSo với bản %s: F1 %.3f → %.3f; hỏi người %d → %d; đúng hơn ở %d văn bản, sai đi ở %d.\n", other.Version(), x.F1(), y.F1(), x.Asked, y.Asked, better, worse)
	for _, s := range told[:min(len(told), c.Mistakes)] {
		fmt.Fprintln(a.Out, s)
	}
	return nil
}

type classifyLabelsCmd struct {
	Plan string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At   moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
}

// label is one line of a person's decision.
type label struct {
	ID      string   `json:"id"`
	Source  string   `json:"source"`
	Title   string   `json:"title"`
	Lead    string   `json:"lead"`
	Body    string   `json:"body"`
	Section string   `json:"section"`
	Reform  bool     `json:"reform"`
	Topic   string   `json:"topic"`
	Topics  []string `json:"topics_ok"`
	Sample  string   `json:"sample"`
	By      string   `json:"by"`
	At      string   `json:"at"`
}

// Run prints the decisions of persons on items, with what they read.
func (c *classifyLabelsCmd) Run(a *app) error {
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return err
	}
	defer e.close()
	enc := json.NewEncoder(a.Out)
	enc.SetEscapeHTML(false)
	return e.store.EachReviewed(a.ctx, func(source string, text media.Revision, v media.Verdict, actor string, at time.Time) error {
		x := label{ID: text.Item, Source: source, Title: text.Title, Lead: text.Lead, Body: text.Body, Section: text.Section, Reform: v.Reform,
			Topics: v.Topics, Sample: "officer", By: actor, At: at.In(calendar.Zone).Format(time.RFC3339)}
		if len(v.Topics) > 0 {
			x.Topic = v.Topics[0]
		}
		return enc.Encode(x)
	})
}
