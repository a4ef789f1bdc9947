package web

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"loa/report"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/web/access"
)

// Papers is the door of what people do about the papers of a period: notes to sections, what may go out, number and signature.
type Papers struct {
	// Draft is what people did about a paper up to an act, 0: all of it.
	Draft func(ctx context.Context, of report.PaperOf, upTo int) (report.Draft, error)
	// Issued lists what was issued of a period.
	Issued func(ctx context.Context, period string) ([]report.IssuedPaper, error)
	Note   func(ctx context.Context, of report.PaperOf, section, text, by string) error
	Show   func(ctx context.Context, of report.PaperOf, shown report.Shown, by string) error
	// Issue records number, day and the signed paper (path, a temporary file) for the revision and the acts that the person saw.
	Issue func(ctx context.Context, p report.IssuedPaper, path string) error
	// Open is a file of an issued paper by its hash.
	Open func(ctx context.Context, sha string) (io.ReadCloser, error)
}

// paperRoutes are the papers of one period.
func (s *site) paperRoutes() []route {
	return []route{
		{"GET", "/bao-cao/{period}", access.See, false, s.paper},
		{"POST", "/bao-cao/{period}/ghi-chu", access.Decide, false, s.notePaper},
		{"POST", "/bao-cao/{period}/cho-gui", access.Decide, false, s.showPaper},
		{"POST", "/bao-cao/{period}/ban-hanh", access.Decide, false, s.issuePaper},
		{"GET", "/bao-cao/{period}/so-sanh", access.See, false, s.comparePapers},
		{"GET", "/bao-cao/{period}/lan/{revision}/{paper}/{file}", access.See, false, s.issuedFile},
	}
}

// papersPage is one paper of one period: what it says, what may be done about it, what was issued.
type papersPage struct {
	calendar.Period
	Kind     report.PaperKind
	Kinds    []report.PaperKind
	Formats  []report.Format
	Text     template.HTML // of our own making: report.Preview escapes what others wrote
	Sections []paperSection
	Ticks    []paperTick
	ShownBy  string
	ShownAt  time.Time
	Acts     int
	Issued   *report.IssuedPaper // of the revision shown
	Lines    []paperRevision     // latest first
	Revision int                 // 0: not closed
	Closing  string              // address of that closing
	Over     bool
	May      bool // decide about it: it is a draft
	MayClose bool
	V        url.Values // what was typed and refused
	MostMB   int
}

// paperSection is a section with the officer's note.
type paperSection struct {
	ID, Title string
	Text      string
	By        string
	At        time.Time
	History   []report.Note // earlier ones, latest first
	Open      bool
}

// paperTick is something that may go out, with what it lets out.
type paperTick struct {
	Name, Label, Help string
	On                bool
}

// paperRevision is one closing of the period with what was issued by it.
type paperRevision struct {
	closingLine
	Issued []report.IssuedPaper
}

// paperOf is what the address names; it answers and returns false if that is nothing.
func (s *site) paperOf(w http.ResponseWriter, r *http.Request, name string) (calendar.Period, report.PaperKind, bool) {
	period, err := calendar.Parse(r.PathValue("period"))
	kinds := report.Papers()
	i := slices.IndexFunc(kinds, func(k report.PaperKind) bool { return string(k.Name) == cmp.Or(name, string(report.Supply)) })
	if err != nil || i < 0 || s.ReportInput == nil || s.Papers == nil {
		s.missing(w, r, "Không có báo cáo của kỳ này.")
		return period, report.PaperKind{}, false
	}
	return period, kinds[i], true
}

func (s *site) of(period calendar.Period, kind report.PaperKind) report.PaperOf {
	return report.PaperOf{Plan: s.Plan.ID, Period: period.ID, Paper: kind.Name}
}

func paperURL(period string, p report.Paper) string {
	return "/bao-cao/" + period + "?van-ban=" + string(p)
}

func (s *site) paper(w http.ResponseWriter, r *http.Request) {
	if period, kind, ok := s.paperOf(w, r, r.URL.Query().Get("van-ban")); ok {
		s.showPaperPage(w, r, period, kind, nil)
	}
}

// showPaperPage shows a paper; wrong is why what was asked for was not done.
func (s *site) showPaperPage(w http.ResponseWriter, r *http.Request, period calendar.Period, kind report.PaperKind, wrong error) {
	p, err := s.paperView(r, period, kind)
	if err != nil {
		s.fail(w, r, "show a paper", err)
		return
	}
	title := "Báo cáo " + period.Name()
	s.answer(w, r, "act on a paper", wrong, "papers", frame{Title: title, Here: "/bao-cao", Page: p})
}

func (s *site) paperView(r *http.Request, period calendar.Period, kind report.PaperKind) (papersPage, error) {
	ctx := r.Context()
	p := papersPage{Period: period, Kind: kind, Kinds: report.Papers(), Formats: s.formats, Over: !s.Business().Before(period.End), V: r.PostForm, MostMB: mostPaper >> 20}
	lines, err := s.closings(ctx)
	if err != nil {
		return p, err
	}
	issued, err := s.Papers.Issued(ctx, period.ID)
	if err != nil {
		return p, err
	}
	asked, _ := strconv.Atoi(r.URL.Query().Get("lan")) // what is no number is the revision in force
	for _, c := range lines {
		if c.Period != period.ID {
			continue
		}
		line := paperRevision{closingLine: c}
		for _, x := range issued {
			if x.Revision == c.Revision {
				line.Issued = append(line.Issued, x)
			}
		}
		p.Lines = append(p.Lines, line)
		if c.InForce {
			p.Revision, p.Closing = c.Revision, "/chot-so-lieu/"+url.PathEscape(c.ID)
		}
	}
	shown := p.Revision
	for i, x := range issued {
		if x.Paper == kind.Name && (x.Revision == asked || asked == 0 && x.Revision == p.Revision) {
			p.Issued, shown = &issued[i], x.Revision
		}
	}
	p.May = s.actor(r).May(access.Decide) && p.Issued == nil
	p.MayClose = s.Closer != nil && s.actor(r).May(access.Decide)
	if p.Issued != nil {
		p.Revision = shown
		text, err := s.issuedText(ctx, *p.Issued)
		p.Text = template.HTML(text)
		return p, err
	}
	draft, err := s.Papers.Draft(ctx, s.of(period, kind), 0)
	if err != nil {
		return p, err
	}
	p.Acts = draft.Acts
	p.sections(draft)
	p.ticks(draft)
	in, err := s.ReportInput(ctx, period, kind.Name)
	if err != nil {
		return p, err
	}
	var text strings.Builder
	if err := report.Build(in).Preview(&text, kind.Name, 3); err != nil {
		return p, err
	}
	p.Text = template.HTML(text.String())
	return p, nil
}

// sections puts the notes beside the sections of the paper.
func (p *papersPage) sections(d report.Draft) {
	for _, x := range report.Sections(p.Kind.Name) {
		sec := paperSection{ID: x[0], Title: x[1]}
		for i, n := range slices.Backward(d.History) {
			if n.Section != sec.ID {
				continue
			}
			if sec.At.IsZero() {
				sec.Text, sec.By, sec.At = n.Text, n.Actor, n.At
			} else {
				sec.History = append(sec.History, d.History[i])
			}
		}
		if p.V.Get("muc") == sec.ID {
			sec.Text, sec.Open = p.V.Get("ghi-chu"), true
		}
		sec.Open = sec.Open || sec.Text != ""
		p.Sections = append(p.Sections, sec)
	}
}

// ticks are what may go out on the paper.
func (p *papersPage) ticks(d report.Draft) {
	if !p.Kind.Out {
		return
	}
	p.ShownBy, p.ShownAt = d.ShownBy, d.ShownAt
	p.Ticks = []paperTick{
		{"gan-dat", "Các trường hợp gần đạt", "Thêm các câu như «05 lần phát sóng có thời lượng dưới 15 phút, các điều kiện khác đã đáp ứng».", d.Shown.NearMisses},
		{"khuyen-nghi", "Khuyến nghị", "Thêm các đề nghị do hệ thống gợi ý, ghi cho từng cơ quan.", d.Shown.Recommendations},
		{"danh-sach", "Danh sách cơ quan, đơn vị", "Nêu tên cơ quan, đơn vị chưa ghi nhận. Đơn vị còn trong thời hạn phản hồi vẫn không được nêu tên.", d.Shown.Units},
		{"tuyen-giao", "Gửi Ban Tuyên giáo Tỉnh ủy", "Ghi thêm Ban Tuyên giáo Tỉnh ủy ở phần Nơi nhận.", d.Shown.Propaganda},
	}
}

// issuedText is the text of an issued paper as it was read when it was issued.
func (s *site) issuedText(ctx context.Context, p report.IssuedPaper) (string, error) {
	i := slices.IndexFunc(p.Files, func(f report.IssuedFile) bool { return f.Format == report.Previewed })
	if i < 0 {
		return "", fmt.Errorf("the paper %s has no text", p.Number)
	}
	body, err := s.Papers.Open(ctx, p.Files[i].Hash)
	if err != nil {
		return "", fmt.Errorf("open the text of the paper %s: %w", p.Number, err)
	}
	defer body.Close()
	text, err := io.ReadAll(body)
	return string(text), err
}

func (s *site) notePaper(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	period, kind, ok := s.paperOf(w, r, field(r, "van-ban"))
	if !ok {
		return
	}
	section := field(r, "muc")
	text := strings.TrimSpace(viet.NFC(strings.ReplaceAll(r.PostFormValue("ghi-chu"), "\r\n", "\n")))
	if err := s.Papers.Note(r.Context(), s.of(period, kind), section, viet.Printable(text), s.actor(r).String()); err != nil {
		s.showPaperPage(w, r, period, kind, err)
		return
	}
	said := "Đã ghi."
	if text == "" {
		said = "Đã bỏ ghi chú."
	}
	s.done(w, r, paperURL(period.ID, kind.Name)+"#gc-"+section, said)
}

func (s *site) showPaper(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	period, kind, ok := s.paperOf(w, r, field(r, "van-ban"))
	if !ok {
		return
	}
	on := func(name string) bool { return r.PostFormValue(name) == "true" }
	shown := report.Shown{NearMisses: on("gan-dat"), Recommendations: on("khuyen-nghi"), Units: on("danh-sach"), Propaganda: on("tuyen-giao")}
	if err := s.Papers.Show(r.Context(), s.of(period, kind), shown, s.actor(r).String()); err != nil {
		s.showPaperPage(w, r, period, kind, err)
		return
	}
	s.done(w, r, paperURL(period.ID, kind.Name), "Đã ghi. Văn bản dưới đây theo lựa chọn mới.")
}

func (s *site) issuePaper(w http.ResponseWriter, r *http.Request) {
	files, done, ok := s.files(w, r, mostPaper, 1)
	if !ok {
		return
	}
	defer done()
	period, kind, ok := s.paperOf(w, r, field(r, "van-ban"))
	if !ok {
		return
	}
	p := report.IssuedPaper{PaperOf: s.of(period, kind), Actor: s.actor(r).String()}
	p.Number = field(r, "so")
	// Hidden in the form: what is no number is no revision, and none that was seen.
	p.Revision, _ = strconv.Atoi(field(r, "lan"))
	p.Acts, _ = strconv.Atoi(field(r, "sau"))
	var err error
	path := ""
	if p.Date, err = s.dayField(r, "ngay"); err == nil && len(files) == 1 {
		f := files[0]
		if f.Type != "application/pdf" {
			err = Refusal{"Tệp «" + f.Name + "» không phải PDF: xin kèm bản đã ký ở dạng PDF."}
		}
		path, p.File, p.FileName = f.Path, f.Hash, f.Name
	}
	if err == nil {
		err = s.Papers.Issue(r.Context(), p, path)
	}
	if err != nil {
		s.showPaperPage(w, r, period, kind, err)
		return
	}
	s.done(w, r, paperURL(period.ID, kind.Name), "Đã ghi: văn bản số "+p.Number+" đã ban hành. Các tệp của lần này được giữ nguyên.")
}

// issuedFile gives a file of an issued paper byte for byte as it was kept: a format, or the signed one («da-ky.pdf»).
func (s *site) issuedFile(w http.ResponseWriter, r *http.Request) {
	period, kind, ok := s.paperOf(w, r, r.PathValue("paper"))
	if !ok {
		return
	}
	all, err := s.Papers.Issued(r.Context(), period.ID)
	if err != nil {
		s.fail(w, r, "read the issued papers", err)
		return
	}
	for _, p := range all {
		if p.Paper != kind.Name || strconv.Itoa(p.Revision) != r.PathValue("revision") {
			continue
		}
		if r.PathValue("file") == "da-ky.pdf" {
			s.giveIssued(w, r, p, "da-ky.pdf", report.Format{ContentType: "application/pdf"}, p.File)
			return
		}
		for _, f := range p.Files {
			if i := slices.IndexFunc(s.formats, func(x report.Format) bool { return x.Name == f.Format }); f.Format == r.PathValue("file") && i >= 0 {
				s.giveIssued(w, r, p, f.Format, s.formats[i], f.Hash)
				return
			}
		}
	}
	s.missing(w, r, "Văn bản này chưa ban hành, hoặc không có tệp này.")
}

// giveIssued gives a kept file.
func (s *site) giveIssued(w http.ResponseWriter, r *http.Request, p report.IssuedPaper, name string, f report.Format, sha string) {
	body, err := s.Papers.Open(r.Context(), sha)
	if err != nil {
		s.fail(w, r, "open a file of an issued paper", err)
		return
	}
	defer body.Close()
	if !s.recorded(w, r, "export.report", map[string]any{"format": name, "period": p.Period, "paper": p.Paper, "revision": p.Revision, "number": p.Number}) {
		return
	}
	s.reportHead(w, f, fmt.Sprintf("%s-%s-lan-%d", p.Paper, p.Period, p.Revision), name)
	if _, err := io.Copy(w, body); err != nil {
		s.Log.WarnContext(r.Context(), "give a file of an issued paper", "hash", sha, "error", err)
		panic(http.ErrAbortHandler) // a damaged file must not look whole
	}
}

// reportHead is the head of an answer that is a report: read on the page in HTML, else to be stored.
func (s *site) reportHead(w http.ResponseWriter, f report.Format, name, ending string) {
	if f.StyleHash != "" { // a paper carries its style within, known by its hash
		w.Header().Set("Content-Security-Policy", strings.Replace(policy, "style-src 'self'", "style-src "+f.StyleHash, 1))
	}
	w.Header().Set("Content-Type", f.ContentType)
	shown, dot := "attachment", "."
	if f.Name == "html" {
		shown = "inline"
	}
	if strings.Contains(ending, ".") {
		dot = "-"
	}
	w.Header().Set("Content-Disposition", fmt.Sprintf(shown+"; filename=%q", name+dot+ending))
}
