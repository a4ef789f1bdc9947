package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/web/access"
)

// world is everything the interface reads, in memory.
type world struct {
	opt     Options
	now     time.Time // machine clock
	edition string
	read    int // how often the evaluation was read
	tokens  map[string]access.Token
}

func day(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

func newWorld() *world {
	w := &world{now: day("2026-01-05 08:00"), edition: "7", tokens: map[string]access.Token{}}
	agencies := []media.Agency{{ID: "mau/so-a", Name: "Sở A", Short: "Sở A", Level: media.Department, Binding: true}, {ID: "mau/so-b", Name: "Sở B", Short: "Sở B", Level: media.Department, Binding: true}}
	plan := &schedule.Plan{ID: "mau/2023", Version: "v1", Province: "mau", Year: 2023, Number: "01/KH-UBND", Sample: true, From: day("2023-01-01 00:00"), To: day("2024-01-01 00:00"), Agencies: agencies,
		Sources: []media.Source{{ID: "mau/tin-a", Agency: "mau/so-a", Name: "Tin Sở A", Kind: media.KindFeed, URL: "http://a.example/rss", Stream: "a"}, {ID: "mau/tin-b", Agency: "mau/so-b", Name: "Tin Sở B", Kind: media.KindFeed, URL: "http://b.example/rss", Stream: "b"}},
		Quotas: []schedule.Quota{
			{ID: "A-1", Title: "Tin, bài về CCHC", Basis: schedule.ByPlan, Owner: schedule.Owner{Each: []media.Level{media.Department}}, Cadence: calendar.Month, Wanted: 2, WantedBasis: schedule.ByPlan, Clauses: []schedule.Clause{{Line: 3, Text: "mỗi tháng hai tin"}}},
			{ID: "B-1", Title: "Kế hoạch", Basis: schedule.ByReference, Owner: schedule.Owner{Agency: "mau/so-b"}, Cadence: calendar.Once, Deadline: day("2023-01-31 00:00")},
		}}
	var sts []schedule.Standing
	for m := 1; m <= 3; m++ {
		for i, a := range agencies {
			start := time.Date(2023, time.Month(m), 1, 0, 0, 0, 0, calendar.Zone)
			save := start.AddDate(0, 0, 20)
			st := schedule.Standing{Plan: plan.ID, Quota: "A-1", Basis: schedule.ByPlan, Owner: a.ID, Period: start.Format("2006-01"), Start: start, End: start.AddDate(0, 1, 0),
				State: []schedule.State{schedule.Met, schedule.Missed, schedule.Insufficient}[(m+i)%3], Measures: []schedule.Measure{{Name: "count", Unit: "items", Bound: "at_least", Basis: schedule.ByPlan, Wanted: 2, Delivered: 1, Shortfall: 1}},
				Coverage: schedule.Coverage{Share: 0.5}, Reasons: []schedule.Reason{{Code: "closed", Args: map[string]any{"at": "2023-04-01T00:00:00+07:00"}}}}
			if m == 3 {
				st.State, st.Risk, st.LastSave = schedule.Open, "at_risk", &save
			}
			sts = append(sts, st)
		}
	}
	var items []ItemRow
	for i := range 23 {
		a := agencies[i%2]
		x := ItemRow{Item: media.Item{ID: fmt.Sprintf("%032x", i+1), Agency: a.ID, Source: a.ID + "-tin", URL: fmt.Sprintf("http://a.example/%d", i), Title: fmt.Sprintf("=Tin %d & <b>", i), Lead: "-5 độ",
			Claimed: media.Date{At: day("2023-03-01 08:00").Add(time.Duration(i/3) * time.Hour), Precision: media.ToMinute}, Seen: day("2023-03-02 08:00")}}
		x.Sort = x.Item.Claimed.At
		if i%3 == 0 {
			x.Verdict = &media.Verdict{Reform: i%2 == 0, Score: 0.5, Topics: []string{media.TTHC}}
		}
		items = append(items, x)
	}
	slices.SortFunc(items, func(a, b ItemRow) int {
		if c := b.Sort.Compare(a.Sort); c != 0 {
			return c
		}
		return strings.Compare(b.Item.ID, a.Item.ID)
	})
	closings := []schedule.Closing{{ID: "c1", Plan: plan.ID, Period: "2023-01", Start: day("2023-01-01 00:00"), End: day("2023-02-01 00:00"), Revision: 1, At: day("2023-02-02 08:00"), Actor: "CV", Dataset: "d", Open: []schedule.OpenQuestion{{Owner: "mau/so-b"}}}}
	decisions := []schedule.Decision{{ID: "q1", Kind: schedule.ConfirmMissed, Plan: plan.ID, Quota: "A-1", Owner: "mau/so-a", Period: "2023-01", At: day("2023-02-03 08:00"), Actor: "CV", Reason: "@đã gọi"},
		{ID: "q2", Kind: schedule.ConfirmMissed, Plan: plan.ID, Quota: "A-1", Owner: "mau/so-b", Period: "2023-01", At: day("2023-02-03 08:00"), Actor: "CV", Reason: "đã gọi"}}
	cases := []schedule.Case{{ID: "PB-01", Plan: plan.ID, Owner: "mau/so-b", Reason: "technical", State: schedule.CaseIsOpen, Misses: []schedule.Miss{{Quota: "A-1", Period: "2023-01", Short: 1}}, Opened: schedule.CaseAct{At: day("2023-02-04 08:00"), Actor: "CV"}}}
	w.opt = Options{Plan: plan, Business: func() time.Time { return day("2023-03-10 15:00") }, Machine: func() time.Time { return w.now },
		Token: func(_ context.Context, hash string, _ time.Time) (access.Token, bool, error) {
			k, ok := w.tokens[hash]
			return k, ok, nil
		},
		Evaluation: func(context.Context) (schedule.Evaluation, bool, error) {
			w.read++
			return schedule.Evaluation{Standings: slices.Clone(sts)}, true, nil
		},
		Edition: func(context.Context) (string, error) { return w.edition, nil },
		Credits: func(_ context.Context, owner string) ([]schedule.Credit, error) {
			var out []schedule.Credit
			for i, x := range items {
				if x.Item.Agency == owner && i < 9 {
					ev := media.Evidence{ID: x.Item.ID, Kind: media.EvItem, Agency: owner, At: x.Sort, Seen: x.Item.Seen, Title: x.Item.Title, URL: x.Item.URL}
					out = append(out, schedule.Credit{Quota: "A-1", Owner: owner, Period: "2023-03", Evidence: ev}, schedule.Credit{Quota: "B-1", Owner: owner, Period: "", Evidence: ev})
				}
			}
			return out, nil
		},
		Items: func(_ context.Context, q ItemQuery) ([]ItemRow, error) {
			var out []ItemRow
			for _, x := range items {
				past := q.AfterID == "" || x.Sort.Before(q.After) || x.Sort.Equal(q.After) && x.Item.ID < q.AfterID
				if past && len(out) < q.Limit && (len(q.Agencies) == 0 || slices.Contains(q.Agencies, x.Item.Agency)) {
					out = append(out, x)
				}
			}
			return out, nil
		},
		Health: func(context.Context) (map[string]media.Health, error) {
			return map[string]media.Health{"mau/tin-a": {Source: "mau/tin-a", Active: true, Outcome: "blocked", BlindSince: day("2023-03-09 08:00")}}, nil
		},
		Closings: func(context.Context) ([]schedule.Closing, error) { return closings, nil },
		ClosingRows: func(context.Context, string) ([]schedule.ClosedRow, error) {
			return []schedule.ClosedRow{{Standing: sts[0]}, {Standing: sts[1]}}, nil
		},
		Decisions: func(context.Context) ([]schedule.Decision, error) { return decisions, nil },
		Cases:     func(context.Context) ([]schedule.Case, error) { return cases, nil },
		Rate:      1000, Burst: 1000,
	}
	return w
}

// token makes a token of everything, but for what alter says.
func (w *world) token(alter func(*access.Token)) string {
	secret, shown, hash := access.NewSecret()
	k := access.Token{ID: hash[:8], Shown: shown, Expires: w.now.AddDate(1, 0, 0)}
	for _, s := range access.Scopes() {
		k.Scopes = append(k.Scopes, s.Name)
	}
	if alter != nil {
		alter(&k)
	}
	w.tokens[hash] = k
	return secret
}

func ask(h http.Handler, secret, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	if secret != "" {
		r.Header.Set("Authorization", "Bearer "+secret)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestDocument: the document is one by the official schema; it names every address that is served and no other; and whatever is answered, errors
// too, is what it says.
func TestDocument(t *testing.T) {
	w := newWorld()
	h := New(w.opt)
	secret := w.token(nil)
	text := ask(h, "", "/api/v1/openapi.json").Body.Bytes()
	official, err := os.ReadFile("testdata/openapi-3.1-2021-04-15.json")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("testdata/README.md")
	if sum := sha256.Sum256(official); err != nil || !strings.Contains(string(readme), hex.EncodeToString(sum[:])) {
		t.Error("the vendored schema is not the one that is written down")
	}
	c := jsonschema.NewCompiler()
	add := func(url string, text []byte) any {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err == nil && url != "" {
			err = c.AddResource(url, v)
		}
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	add("https://official.example/openapi", official)
	doc := add("", text)
	if err := c.MustCompile("https://official.example/openapi").Validate(doc); err != nil {
		t.Fatalf("not OpenAPI 3.1: %v", err)
	}
	// Schemas of components are JSON Schema 2020-12 in 3.1, as they stand.
	add("https://loa.example/doc", text)

	served := map[string]bool{"/api/v1/openapi.json": true}
	s := &server{Options: w.opt}
	for _, rt := range s.table() {
		served[rt.path] = true
	}
	paths := doc.(map[string]any)["paths"].(map[string]any)
	if want, got := slices.Sorted(maps.Keys(served)), slices.Sorted(maps.Keys(paths)); !slices.Equal(want, got) {
		t.Errorf("served %v, documented %v", want, got)
	}
	fill := strings.NewReplacer("{closing}", "c1", "{file}", "so-a.atom")
	checked := 0
	for path := range paths {
		for _, c2 := range []struct {
			secret, query, accept string
			code                  int
		}{{secret, "", "", 200}, {secret, "?dang=csv", "", 200}, {secret, "?gi=1", "", 400}, {"", "", "", 401}, {w.token(func(k *access.Token) { k.Scopes = nil }), "", "", 403}} {
			if path == "/api/v1/openapi.json" || strings.Contains(path, "feeds") && c2.query == "?dang=csv" {
				continue
			}
			got := ask(h, c2.secret, fill.Replace(path)+c2.query)
			if got.Code != c2.code {
				t.Errorf("%s%s: %d, want %d: %s", path, c2.query, got.Code, c2.code, got.Body)
				continue
			}
			kind, _, _ := strings.Cut(got.Header().Get("Content-Type"), ";")
			said := paths[path].(map[string]any)["get"].(map[string]any)["responses"].(map[string]any)[fmt.Sprint(got.Code)].(map[string]any)["content"].(map[string]any)
			if said[kind] == nil {
				t.Errorf("%s: answers %s, documented %v", path, kind, slices.Sorted(maps.Keys(said)))
				continue
			}
			if strings.Contains(kind, "json") {
				ref := said[kind].(map[string]any)["schema"].(map[string]any)["$ref"].(string)
				v, err := jsonschema.UnmarshalJSON(got.Body)
				if err == nil {
					err = c.MustCompile("https://loa.example/doc" + ref).Validate(v)
				}
				if err != nil {
					t.Errorf("%s: %v", path, err)
				}
				checked++
			}
		}
	}
	if checked < 30 {
		t.Errorf("only %d answers checked", checked)
	}
	for path, code := range map[string]int{"/api/v1/nothing": 404, "/api/v1/closings/zz/standings": 404, "/api/v1/feeds/so-c.atom": 404, "/api/v1/items?limit=501": 400, "/api/v1/items?from=hom-qua": 400, "/api/v1/items?after=!": 400,
		"/api/v1/standings?result=bad": 400, "/api/v1/items?q=a&q=b": 400, "/api/v1/closings/c1/standings?closing=c1": 400} {
		got := ask(h, secret, path)
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(got.Body.Bytes()))
		if err == nil {
			err = c.MustCompile("https://loa.example/doc#/components/schemas/Problem").Validate(v)
		}
		if got.Code != code || err != nil || got.Header().Get("Content-Type") != "application/problem+json; charset=utf-8" {
			t.Errorf("%s: %d %v %s", path, got.Code, err, got.Body)
		}
	}
}

// walk follows the links of an address to its end and gives the ids of all rows.
func walk(t *testing.T, h http.Handler, secret, path, id string) (ids []string) {
	t.Helper()
	next := regexp.MustCompile(`<([^>]*)>; rel="next"`)
	for range 100 {
		w := ask(h, secret, path)
		var page struct {
			Data []map[string]any
			Next string
		}
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || w.Code != 200 {
			t.Fatalf("%s: %d %v", path, w.Code, err)
		}
		for _, row := range page.Data {
			key := ""
			for _, f := range strings.Split(id, "+") {
				key += fmt.Sprint(row[f], " ")
			}
			ids = append(ids, key)
		}
		m := next.FindStringSubmatch(w.Header().Get("Link"))
		if (m == nil) != (page.Next == "") || m != nil && m[1] != page.Next {
			t.Fatalf("%s: Link %q, next %q", path, w.Header().Get("Link"), page.Next)
		}
		if page.Next == "" {
			return ids
		}
		path = page.Next
	}
	t.Fatal("no end")
	return nil
}

// TestPages: page by page every row comes once, in the order of the whole, whatever the size of a page.
func TestPages(t *testing.T) {
	w := newWorld()
	h := New(w.opt)
	secret := w.token(nil)
	for path, c := range map[string]struct {
		id string
		n  int
	}{"/api/v1/standings": {"quota+owner+period", 6}, "/api/v1/items": {"id", 23}, "/api/v1/sources": {"id", 2}, "/api/v1/agencies": {"id", 2}, "/api/v1/quotas": {"id", 2}, "/api/v1/decisions": {"id", 2}, "/api/v1/cases": {"id", 1}, "/api/v1/closings": {"id", 1},
		"/api/v1/standings?result=review": {"period+owner", 1}, "/api/v1/standings?agency=so-a&period=2023-03": {"period", 1}} {
		whole := walk(t, h, secret, path, c.id)
		if len(whole) != c.n {
			t.Errorf("%s: %d rows, want %d", path, len(whole), c.n)
		}
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		for _, limit := range []string{"1", "2", "7"} {
			if got := walk(t, h, secret, path+sep+"limit="+limit, c.id); !slices.Equal(got, whole) {
				t.Errorf("%s by %s: %v, want %v", path, limit, got, whole)
			}
		}
	}
}

// TestScope: a token of an agency has what is that agency's alone, from every address.
func TestScope(t *testing.T) {
	w := newWorld()
	h := New(w.opt)
	mine := w.token(func(k *access.Token) { k.Agencies = []string{"mau/so-a"} })
	for path, n := range map[string]int{"/api/v1/standings": 3, "/api/v1/items": 12, "/api/v1/sources": 1, "/api/v1/agencies": 1, "/api/v1/quotas": 1, "/api/v1/decisions": 1, "/api/v1/cases": 0, "/api/v1/closings/c1/standings": 1,
		"/api/v1/standings?agency=so-b": 0, "/api/v1/items?agency=so-b": 0, "/api/v1/sources?agency=mau/so-b": 0, "/api/v1/decisions?agency=so-b": 0, "/api/v1/cases?agency=so-b": 0} {
		for _, form := range []string{"", "csv"} {
			sep := "?"
			if strings.Contains(path, "?") {
				sep = "&"
			}
			got := ask(h, mine, path+sep+"dang="+form)
			if got.Code != 200 || strings.Contains(got.Body.String(), "so-b") {
				t.Errorf("%s: %d tells of the other agency", path, got.Code)
			}
		}
		if got := walk(t, h, mine, path, "id"); len(got) != n {
			t.Errorf("%s: %d rows, want %d", path, len(got), n)
		}
	}
	if got := ask(h, mine, "/api/v1/closings"); !strings.Contains(got.Body.String(), `"open":0`) {
		t.Errorf("open questions of others are counted: %s", got.Body)
	}
	if got := ask(h, mine, "/api/v1/feeds/so-b.rss"); got.Code != 404 {
		t.Errorf("another's feed: %d", got.Code)
	}
	for name, alter := range map[string]func(*access.Token){"expired": func(k *access.Token) { k.Expires = w.now }, "revoked": func(k *access.Token) { k.Revoked = w.now }} {
		if got := ask(h, w.token(alter), "/api/v1/standings"); got.Code != 401 {
			t.Errorf("%s: %d", name, got.Code)
		}
	}
	if got := ask(h, "loa_x", "/api/v1/standings"); got.Code != 401 || got.Header().Get("WWW-Authenticate") == "" {
		t.Errorf("unknown: %d", got.Code)
	}
	if got := ask(h, "", "/api/v1/standings?khoa="+w.token(nil)); got.Code != 401 {
		t.Errorf("a token in the address of what is no feed: %d", got.Code)
	}
	r := httptest.NewRequest("POST", "/api/v1/standings", nil)
	got := httptest.NewRecorder()
	h.ServeHTTP(got, r)
	if got.Code != 405 || got.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d", got.Code)
	}
}

// TestUnchanged: what follows from the stored evaluation is not even read again while that is the same; another token's tag is another.
func TestUnchanged(t *testing.T) {
	w := newWorld()
	h := New(w.opt)
	secret, other := w.token(nil), w.token(func(k *access.Token) { k.Agencies = []string{"mau/so-a"} })
	for _, path := range []string{"/api/v1/standings?limit=2", "/api/v1/items", "/api/v1/decisions", "/api/v1/feeds/so-a.rss", "/api/v1/openapi.json"} {
		tag := ask(h, secret, path).Header().Get("ETag")
		before := w.read
		got := ask(h, secret, path, "If-None-Match", `"x", W/`+tag)
		if got.Code != 304 || got.Body.Len() != 0 || w.read != before || tag == "" {
			t.Errorf("%s: %d with %d bytes, read %d times", path, got.Code, got.Body.Len(), w.read-before)
		}
		if got := ask(h, other, path, "If-None-Match", tag); got.Code != 200 && path != "/api/v1/openapi.json" && !strings.Contains(path, "feeds") {
			t.Errorf("%s: another's tag gives %d", path, got.Code)
		}
		if got := ask(h, secret, path, "If-None-Match", tag, "Accept", "text/csv"); got.Code != 200 && !strings.Contains(path, "feeds") && path != "/api/v1/openapi.json" {
			t.Errorf("%s: another form's tag gives %d", path, got.Code)
		}
	}
	tag := ask(h, secret, "/api/v1/standings").Header().Get("ETag")
	w.edition = "8"
	if got := ask(h, secret, "/api/v1/standings", "If-None-Match", tag); got.Code != 200 {
		t.Errorf("after another evaluation: %d", got.Code)
	}
}

// TestCSV: text that a program would take for a formula is made plain text, a number stays one.
func TestCSV(t *testing.T) {
	w := newWorld()
	h := New(w.opt)
	secret := w.token(nil)
	got := ask(h, secret, "/api/v1/items?limit=3", "Accept", "text/csv")
	text, ok := strings.CutPrefix(got.Body.String(), "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || !ok || len(rows) != 4 || rows[0][0] != "id" {
		t.Fatalf("%v: %q", err, rows)
	}
	at := func(name string) int { return slices.Index(rows[0], name) }
	if rows[1][at("title")][:2] != "'=" || rows[1][at("lead")] != "'-5 độ" {
		t.Errorf("formulas: %q", rows[1])
	}
	if v, err := cell(-5.5); v != "-5.5" || err != nil {
		t.Errorf("a negative number became %q", v)
	}
	if !strings.Contains(got.Header().Get("Link"), `rel="next"`) {
		t.Error("no link to the next page")
	}
	if got := ask(h, secret, "/api/v1/decisions?dang=csv"); !strings.Contains(got.Body.String(), "'@đã gọi") {
		t.Errorf("formula: %s", got.Body)
	}
}

// TestPace: who asks too much is told how long to wait, others are not; who tries tokens is slowed down.
func TestPace(t *testing.T) {
	w := newWorld()
	w.opt.Rate, w.opt.Burst = 2, 5
	h := New(w.opt)
	a, b := w.token(nil), w.token(nil)
	codes := map[int]int{}
	for range 9 {
		codes[ask(h, a, "/api/v1/agencies").Code]++
	}
	if codes[200] != 5 || codes[429] != 4 {
		t.Errorf("of one token at once: %v", codes)
	}
	if got := ask(h, a, "/api/v1/agencies"); got.Header().Get("Retry-After") != "1" {
		t.Errorf("wait %q", got.Header().Get("Retry-After"))
	}
	if got := ask(h, b, "/api/v1/agencies"); got.Code != 200 {
		t.Errorf("another token: %d", got.Code)
	}
	w.now = w.now.Add(time.Second)
	if got := ask(h, a, "/api/v1/agencies"); got.Code != 200 {
		t.Errorf("a second later: %d", got.Code)
	}
	tried := map[int]int{}
	for i := range 60 {
		tried[ask(h, fmt.Sprint("loa_", i), "/api/v1/agencies").Code]++
	}
	if tried[401] > 40 || tried[429] < 20 {
		t.Errorf("tokens tried: %v", tried)
	}
}

// TestFeeds: both forms are read by a feed reader, and the Atom has what RFC 4287 wants of it.
func TestFeeds(t *testing.T) {
	w := newWorld()
	h := New(w.opt)
	secret := w.token(func(k *access.Token) { k.Scopes = []string{"feed"} })
	for _, form := range []string{"atom", "rss"} {
		got := ask(h, "", "/api/v1/feeds/so-a."+form+"?khoa="+secret)
		body := got.Body.String()
		feed, err := gofeed.NewParser().ParseString(body)
		if err != nil || got.Code != 200 || feed.FeedType != form || len(feed.Items) != 5 {
			t.Fatalf("%s: %d %v %s", form, got.Code, err, body)
		}
		if strings.Contains(body, secret) || !strings.Contains(body, "Dữ liệu mẫu") || !strings.Contains(feed.FeedLink, "/api/v1/feeds/so-a."+form) {
			t.Errorf("%s: %s", form, body)
		}
		seen := map[string]bool{}
		for i, x := range feed.Items {
			if x.Title == "" || !strings.Contains(x.Title, "& <b>") || x.Link == "" || x.PublishedParsed == nil || !strings.HasPrefix(x.GUID, "urn:uuid:") || seen[x.GUID] || !strings.Contains(x.Description, "tháng 3") || len(x.Categories) != 2 {
				t.Errorf("%s: entry %+v", form, x)
			}
			if seen[x.GUID] = true; i > 0 && x.PublishedParsed.After(*feed.Items[i-1].PublishedParsed) {
				t.Errorf("%s: not newest first", form)
			}
		}
	}
	var atom struct {
		XMLName xml.Name
		ID      string `xml:"http://www.w3.org/2005/Atom id"`
		Title   string `xml:"http://www.w3.org/2005/Atom title"`
		Updated string `xml:"http://www.w3.org/2005/Atom updated"`
		Author  string `xml:"http://www.w3.org/2005/Atom author>name"`
		Entries []struct {
			ID        string `xml:"id"`
			Title     string `xml:"title"`
			Updated   string `xml:"updated"`
			Published string `xml:"published"`
		} `xml:"http://www.w3.org/2005/Atom entry"`
	}
	body, err := io.ReadAll(ask(h, secret, "/api/v1/feeds/so-a.atom").Body)
	if err == nil {
		err = xml.Unmarshal(body, &atom)
	}
	if err != nil || atom.XMLName.Space != "http://www.w3.org/2005/Atom" || atom.XMLName.Local != "feed" || atom.ID == "" || atom.Title == "" || atom.Author == "" {
		t.Fatalf("%v: %+v", err, atom)
	}
	newest := time.Time{}
	for _, e := range atom.Entries {
		at, err := time.Parse(time.RFC3339, e.Updated)
		if _, err2 := time.Parse(time.RFC3339, e.Published); err != nil || err2 != nil {
			t.Errorf("times of %+v", e)
		}
		newest = latest(newest, at)
	}
	if at, err := time.Parse(time.RFC3339, atom.Updated); err != nil || !at.Equal(newest) {
		t.Errorf("updated %s, newest entry %s", atom.Updated, newest)
	}
}

// TestResult: only what a person confirmed is missed, and a reference level never is.
func TestResult(t *testing.T) {
	for _, c := range []struct {
		s    schedule.Standing
		want string
	}{
		{schedule.Standing{State: schedule.Missed, Confirmed: true, Basis: schedule.ByPlan}, "missed"},
		{schedule.Standing{State: schedule.Missed, Basis: schedule.ByPlan}, "review"},
		{schedule.Standing{State: schedule.Missed, Basis: schedule.ByPlan, Reasons: []schedule.Reason{{Code: "needs_judgement"}}}, "judge"},
		{schedule.Standing{State: schedule.Missed, Confirmed: true, Basis: schedule.ByReference}, "below_reference"},
		{schedule.Standing{State: schedule.Insufficient, Basis: schedule.ByPlan}, "insufficient_data"},
		{schedule.Standing{State: schedule.Open, Risk: "at_risk"}, "at_risk"}, {schedule.Standing{State: schedule.Open, Risk: "on_track"}, "on_track"},
		{schedule.Standing{State: schedule.Met}, "met"}, {schedule.Standing{State: schedule.Exempt}, "exempt"},
	} {
		if got := Result(c.s); got != c.want || !slices.Contains(Results(), got) || ResultWord(got) == got {
			t.Errorf("%+v: %s, want %s", c.s, got, c.want)
		}
	}
}

// TestPaceStays: an interface of the next version of the plan goes on counting where the one before was.
func TestPaceStays(t *testing.T) {
	w := newWorld()
	w.opt.Rate, w.opt.Burst, w.opt.Pace = 0.001, 3, &Pace{}
	mine := w.token(nil)
	for i := range 3 {
		if got := ask(New(w.opt), mine, "/api/v1/quotas"); got.Code != 200 {
			t.Fatalf("question %d: %d", i, got.Code)
		}
	}
	if got := ask(New(w.opt), mine, "/api/v1/quotas"); got.Code != 429 || got.Header().Get("Retry-After") == "" {
		t.Errorf("after another version came: %d", got.Code)
	}
	tried := 0
	for range 40 {
		if ask(New(w.opt), "loa_x", "/api/v1/quotas").Code == 401 {
			tried++
		}
	}
	if tried > 25 {
		t.Errorf("%d tokens were tried in a moment", tried)
	}
}
