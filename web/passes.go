package web

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"rsc.io/qr"

	"loa/media"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/web/access"
)

// passesPage is the links of a period, and those just made.
type passesPage struct {
	Period   string
	Name     string // of the period
	Months   []passMonth
	Until    string
	Agencies []passLine
	Made     []madePass // shown once: only their hashes are kept
}

type passMonth struct{ ID, Name string }

type passLine struct {
	Agency media.Agency
	Pass   *access.Pass // the newest of the period
	Open   bool
}

// madePass is a link with its picture for telephones.
type madePass struct {
	Agency, Address string
	QR              template.HTML
}

// mostPasses is how many links are made at once.
const mostPasses = 500

func (s *site) passes(w http.ResponseWriter, r *http.Request) { s.passesWith(w, r, nil, nil) }

func (s *site) passesWith(w http.ResponseWriter, r *http.Request, made []madePass, wrong error) {
	now := s.Business()
	p := passesPage{Period: r.FormValue("ky"), Made: made, Until: field(r, "den")}
	for i := range 3 { // this month and the two before
		m := calendar.At(calendar.Month, now.AddDate(0, -i, 1-now.Day()))
		p.Months = append(p.Months, passMonth{m.ID, m.Name()})
	}
	if !slices.ContainsFunc(p.Months, func(m passMonth) bool { return m.ID == p.Period }) {
		p.Period = p.Months[0].ID
	}
	for _, m := range p.Months {
		if m.ID == p.Period {
			p.Name = m.Name
		}
	}
	if p.Until == "" {
		p.Until = viet.Day(now.AddDate(0, 0, 10))
	}
	have, err := s.Gate.Store.Passes(r.Context(), s.Plan.ID, p.Period)
	if err != nil {
		s.fail(w, r, "read links", err)
		return
	}
	newest := map[string]access.Pass{}
	for _, x := range have {
		if _, ok := newest[x.Agency]; !ok {
			newest[x.Agency] = x
		}
	}
	for _, a := range s.givesTo(r) {
		line := passLine{Agency: a}
		if x, ok := newest[a.ID]; ok {
			line.Pass, line.Open = &x, x.Open(now)
		}
		p.Agencies = append(p.Agencies, line)
	}
	f := frame{Title: "Đường dẫn một lần", Here: "/quan-tri/duong-dan", Page: p}
	s.answer(w, r, "make links", wrong, "passes", f)
}

// passLevels is the order in which links are wanted: of those who have no accounts first.
var passLevels = []media.Level{media.Commune, media.Unit, media.District, media.Department, media.Mass, media.Central, media.Provincial, media.Portal, media.Press}

// givesTo lists the agencies that a person can make links for: communes first, and not themselves.
func (s *site) givesTo(r *http.Request) []media.Agency {
	a := s.actor(r)
	all := slices.Clone(s.Plan.Agencies)
	all = slices.DeleteFunc(all, func(x media.Agency) bool { return !a.Sees(x.ID) || !x.ValidAt(s.Business()) })
	slices.SortStableFunc(all, func(x, y media.Agency) int {
		return slices.Index(passLevels, x.Level) - slices.Index(passLevels, y.Level)
	})
	return all
}

func (s *site) makePasses(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	period, err := calendar.Parse(field(r, "ky"))
	until, ok := viet.ParseDate(field(r, "den"), viet.DateOptions{})
	chosen := r.PostForm["co-quan"]
	now := s.Business()
	var wrong error
	switch {
	case err != nil || calendar.At(calendar.Month, period.Start).ID != period.ID:
		wrong = Refusal{"Xin chọn tháng."}
	case !ok || until.Time.Before(now.AddDate(0, 0, -1)) || until.Time.After(now.AddDate(0, 0, 92)):
		wrong = Refusal{"Hạn dùng ghi dạng 09/3/2023, từ hôm nay đến không quá ba tháng."}
	case len(chosen) == 0 || len(chosen) > mostPasses:
		wrong = Refusal{"Xin chọn ít nhất một cơ quan, đơn vị."}
	}
	var ps []access.Pass
	var made []madePass
	for _, a := range s.givesTo(r) {
		if wrong != nil || !slices.Contains(chosen, a.ID) {
			continue
		}
		token, id := access.NewToken()
		ps = append(ps, access.Pass{ID: id, Plan: s.Plan.ID, Agency: a.ID, Period: period.ID, Made: now, Maker: s.actor(r).String(), Until: until.Time.AddDate(0, 0, 1)})
		address := s.base(r) + "/p/" + token
		picture, err := qrSVG(address)
		if err != nil {
			s.fail(w, r, "draw a link", err)
			return
		}
		made = append(made, madePass{a.Name, address, picture})
	}
	if wrong == nil && len(ps) == 0 {
		wrong = Refusal{"Các cơ quan đã chọn không thuộc phạm vi của tài khoản."}
	}
	if wrong == nil {
		if err := s.Gate.Store.PutPasses(r.Context(), ps, s.act(r)); err != nil {
			s.fail(w, r, "store links", err)
			return
		}
	}
	s.passesWith(w, r, made, wrong)
}

func (s *site) endPass(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	p, ok, err := s.Gate.Store.Pass(r.Context(), field(r, "ma"))
	if err == nil && ok && s.actor(r).Sees(p.Agency) {
		err = s.Gate.Store.EndPass(r.Context(), p.ID, s.act(r))
	} else if err == nil {
		s.missing(w, r, "Không có đường dẫn này.")
		return
	}
	if err != nil {
		s.fail(w, r, "end a link", err)
		return
	}
	s.done(w, r, "/quan-tri/duong-dan?ky="+p.Period, "Đã thu hồi đường dẫn.")
}

// base is the desk's address as the person reached it.
func (s *site) base(r *http.Request) string {
	if s.secure(r) {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// qrSVG draws an address for a telephone's camera (ISO/IEC 18004, level M, with the quiet zone of four modules).
func qrSVG(address string) (template.HTML, error) {
	code, err := qr.Encode(address, qr.M)
	if err != nil {
		return "", err
	}
	const quiet = 4
	n := code.Size + 2*quiet
	var b strings.Builder
	b.WriteString(`<svg class="qr" viewBox="0 0 ` + strconv.Itoa(n) + " " + strconv.Itoa(n) + `" role="img" aria-label="Mã QR của đường dẫn" shape-rendering="crispEdges"><rect width="100%" height="100%" fill="#fff"/><path fill="#000" d="`)
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			if code.Black(x, y) {
				b.WriteString("M" + strconv.Itoa(x+quiet) + " " + strconv.Itoa(y+quiet) + "h1v1h-1z")
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return template.HTML(b.String()), nil //nolint:gosec // numbers only
}
