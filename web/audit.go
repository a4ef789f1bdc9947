package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/web/access"
	"loa/web/trail"
)

// auditRoutes are the trail of what was done.
func (s *site) auditRoutes() []route {
	return []route{
		{"GET", "/lich-su", access.Audit, false, s.trail},
	}
}

const eventsPerPage = 50

// trailPage is a part of the trail with its filters.
type trailPage struct {
	Who, Kind, Text, From, To string // as typed
	Object                    string // as recorded; set by a link, never typed
	Wrong                     string
	People                    []string
	Groups                    []kindGroup
	Rows                      []trailLine
	Older, Newest             string // addresses, "" if there is none
	Partly                    time.Time
	Sheet                     string // address of the list as a file, without its format
	Filtered                  bool
	Check                     *trail.Check
	CheckedAt                 time.Time
	Anchor                    string // as typed
	Head                      string // the anchor to put on paper
	Kept                      bool   // the list of what was kept can be taken
}

type kindGroup struct {
	trail.Group
	Kinds []kindChoice
}

type kindChoice struct{ Kind, Word string }

// trailLine is one event as it is shown.
type trailLine struct {
	trail.Event
	Word, Object, Path, Same string // Same is the address of everything that was done with the same object
	Changes                  []trail.Change
}

// TrailNames gives the trail a plan's names.
func TrailNames(p *schedule.Plan) trail.Names {
	agencies, quotas := map[string]string{}, map[string]string{}
	for _, a := range p.Agencies {
		agencies[a.ID] = a.Name
	}
	for _, q := range p.Quotas {
		quotas[q.ID] = q.Title
	}
	of := func(m map[string]string) func(string) string {
		return func(id string) string {
			if n := m[id]; n != "" {
				return n
			}
			return id
		}
	}
	sources, channels := map[string]string{}, map[string]string{}
	for _, x := range p.Sources {
		sources[x.ID] = x.Name
	}
	for _, x := range p.Channels {
		channels[x.ID] = x.Name
	}
	return trail.Names{Agency: of(agencies), Quota: of(quotas), Source: of(sources), Channel: of(channels), Period: nameOfPeriod, Role: func(id string) string { return access.Role(id).Word() }}
}

// nameOfPeriod is a period's name, or what was given where it is none.
func nameOfPeriod(id string) string {
	if p, err := calendar.Parse(id); err == nil {
		return p.Name()
	}
	return id
}

func (s *site) trail(w http.ResponseWriter, r *http.Request) {
	if s.Trail == nil {
		s.missing(w, r, "Không có trang này.")
		return
	}
	v := r.URL.Query()
	p := trailPage{Who: viet.Clean(v.Get("ai")), Kind: v.Get("viec"), Text: viet.Clean(v.Get("q")), From: v.Get("tu"), To: v.Get("den"), Object: viet.Clean(v.Get("vat")), Anchor: viet.Clean(v.Get("moc"))}
	kinds, err := s.Trail.Kinds(r.Context())
	if err == nil {
		p.People, err = s.Trail.People(r.Context())
	}
	if err != nil {
		s.fail(w, r, "read what the trail holds", err)
		return
	}
	q, keep := s.trailQuery(&p, kinds)
	names := TrailNames(s.Plan)
	if form := v.Get("dang"); form == "xlsx" || form == "csv" {
		s.trailSheet(w, r, form, q, keep, names)
		return
	}
	if v.Get("kiem") != "" && !s.checkTrail(w, r, &p) {
		return
	}
	q.After, q.Limit = trail.ParseCursor(v.Get("sau")), eventsPerPage
	page, err := s.Trail.List(r.Context(), q, keep)
	if err != nil {
		s.fail(w, r, "read the trail", err)
		return
	}
	for _, e := range page.Events {
		p.Rows = append(p.Rows, trailRow(e, names))
	}
	at := func(more ...string) string {
		u := url.Values{}
		for _, k := range []string{"ai", "viec", "q", "tu", "den", "vat"} {
			if x := v.Get(k); x != "" {
				u.Set(k, x)
				p.Filtered = true
			}
		}
		for i := 0; i+1 < len(more); i += 2 {
			u.Set(more[i], more[i+1])
		}
		return strings.TrimSuffix("/lich-su?"+u.Encode(), "?")
	}
	p.Sheet, p.Kept = at("dang", ""), s.Backups != nil
	if q.After.Seq > 0 {
		p.Newest = at()
	}
	if page.Next.Seq > 0 {
		p.Older = at("sau", page.Next.String())
	}
	if page.Partly {
		p.Partly = page.Next.At.In(calendar.Zone)
	}
	s.render(w, r, http.StatusOK, "trail", frame{Title: "Lịch sử thao tác", Here: "/lich-su", Page: p})
}

// trailQuery reads what is asked for; what was not understood is said on the page.
func (s *site) trailQuery(p *trailPage, kinds []string) (q trail.Query, keep func(trail.Event) bool) {
	q.Subject = p.Object
	if q.Actor = p.Who; p.Who == programWord {
		q.Actor, q.System = "", true
	}
	for _, g := range trail.Groups() {
		of := kindGroup{Group: g}
		for _, k := range kinds {
			if trail.GroupOf(k).Key != g.Key {
				continue
			}
			of.Kinds = append(of.Kinds, kindChoice{k, trail.KindWord(k)})
			if p.Kind == g.Key || p.Kind == k {
				q.Kinds = append(q.Kinds, k)
			}
		}
		if len(of.Kinds) > 0 {
			p.Groups = append(p.Groups, of)
		}
	}
	if p.Kind != "" && len(q.Kinds) == 0 {
		q.Kinds = []string{p.Kind} // nothing of the kind was done yet
	}
	for _, d := range []struct {
		text string
		to   *time.Time
		add  int
	}{{p.From, &q.From, 0}, {p.To, &q.To, 1}} {
		if strings.TrimSpace(d.text) == "" {
			continue
		}
		if date, ok := viet.ParseDate(d.text, viet.DateOptions{}); ok {
			*d.to = date.Time.AddDate(0, 0, d.add)
		} else {
			p.Wrong = "Chưa hiểu ngày «" + d.text + "»: xin ghi dạng 09/3/2023."
		}
	}
	if words := strings.Fields(viet.Fold(p.Text)); len(words) > 0 {
		names := TrailNames(s.Plan)
		keep = func(e trail.Event) bool { return e.Holds(words, names) }
	}
	return q, keep
}

// programWord stands for what nobody did.
const programWord = "Hệ thống"

func trailRow(e trail.Event, names trail.Names) trailLine {
	e.At = e.At.In(calendar.Zone)
	l := trailLine{Event: e, Word: trail.KindWord(e.Kind), Changes: e.Diff(names)}
	l.Object, l.Path = e.Object(names)
	if e.Subject != "" {
		l.Same = "/lich-su?vat=" + url.QueryEscape(e.Subject)
	}
	if !e.Person {
		l.Actor = programWord
	}
	return l
}

// checkTrail walks the chain; it answers and returns false if that fails.
func (s *site) checkTrail(w http.ResponseWriter, r *http.Request, p *trailPage) bool {
	var a trail.Anchor
	if p.Anchor != "" {
		ok := false
		if a, ok = trail.ParseAnchor(p.Anchor); !ok {
			p.Wrong = "Mốc cần đúng như đã in: số thao tác, dấu hai chấm, rồi 64 chữ số và chữ cái."
			return true
		}
	}
	c, err := s.Trail.Verify(r.Context(), a)
	if err != nil {
		s.fail(w, r, "verify the trail", err)
		return false
	}
	p.Check, p.CheckedAt = &c, s.Machine().In(calendar.Zone)
	if c.Fault == "" && c.Count > 0 {
		p.Head = trail.Anchor{Seq: c.Seq, Hash: c.Hash}.String()
	}
	return true
}

// trailSheet streams what a query finds as a file, page by page.
func (s *site) trailSheet(w http.ResponseWriter, r *http.Request, form string, q trail.Query, keep func(trail.Event) bool, names trail.Names) {
	if !s.recorded(w, r, "export.trail", map[string]any{"format": form}) {
		return
	}
	q.Limit = 1000
	more := true
	s.stream(w, r, form, sheet{Name: "lich-su-thao-tac", Title: "Lịch sử thao tác", Head: []string{"Số", "Lúc", "Người", "Việc", "Đối tượng", "Trước", "Sau", "Mã băm"}}, func() ([][]any, error) {
		var rows [][]any
		for more && len(rows) == 0 {
			page, err := s.Trail.List(r.Context(), q, keep)
			if err != nil {
				return nil, err
			}
			for _, e := range page.Events {
				l := trailRow(e, names)
				var before, after []string
				for _, c := range l.Changes {
					field := c.Field
					if field != "" {
						field += ": "
					}
					if c.Before != "" {
						before = append(before, field+c.Before)
					}
					if c.After != "" {
						after = append(after, field+c.After)
					}
				}
				rows = append(rows, []any{int(l.Seq), viet.Moment(l.At), l.Actor, l.Word, l.Object, strings.Join(before, "; "), strings.Join(after, "; "), l.Hash})
			}
			q.After, more = page.Next, page.Next.Seq > 0
		}
		return rows, nil
	})
}

// recorded puts into the trail that somebody took something out, before they get it. It answers and returns false if that fails:
// what is not recorded is not given.
func (s *site) recorded(w http.ResponseWriter, r *http.Request, kind string, what map[string]any) bool {
	if s.Record == nil || r.Method == http.MethodHead {
		return true
	}
	after, err := json.Marshal(what)
	if err == nil {
		subject := r.URL.RequestURI()
		err = s.Record(r.Context(), s.actor(r), kind, subject[:min(len(subject), 500)], "", string(after))
	}
	if err != nil {
		s.fail(w, r, "record an export", err)
		return false
	}
	return true
}

// streamTime is how long a whole list may take to go out.
const streamTime = 15 * time.Minute

// mostSheetRows is how many rows a sheet of XLSX can have beside its heads.
const mostSheetRows = 1_000_000

// stream answers with a list as a file, as it is read: next gives rows until there are none. An XLSX is written to a temporary file as it grows.
func (s *site) stream(w http.ResponseWriter, r *http.Request, form string, sh sheet, next func() ([][]any, error)) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(streamTime)) // not to be had in tests
	first, err := next()
	if err != nil {
		s.fail(w, r, "list for a sheet", err)
		return
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+sh.Name+"."+form+`"`)
	rows := func() ([][]any, error) {
		if first != nil {
			out := first
			first = nil
			return out, nil
		}
		return next()
	}
	if form == "csv" {
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		err = sh.csvOf(w, rows)
	} else {
		w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		err = sh.xlsxOf(w, s.Plan.Sample, rows)
	}
	if err != nil { // the answer has begun: it is cut off, which the reader sees
		s.Log.WarnContext(r.Context(), "write a sheet", "sheet", sh.Name, "error", err)
		panic(http.ErrAbortHandler)
	}
}

// sheetRow is the number of a row as XLSX counts.
func sheetRow(n int) string { return "A" + strconv.Itoa(n) }
