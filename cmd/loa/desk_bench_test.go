package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"

	"loa/media"
	"loa/monitor"
	"loa/sample"
	"loa/schedule/calendar"
	"loa/store/storetest"
	"loa/viet"
	"loa/viet/mask"
	"loa/web"
	"loa/web/access"
)

// The size of the world in which the desk's pages are timed (docs/DESK.md): agencies, items over five years, items that
// wait for a person. LOA_DESK_ITEMS is another number of items. LOA_DESK_KEEP is a folder in which the world is kept for
// the next run (on PostgreSQL as a database of the server that LOA_TEST_PG names): making it takes most of the time.
const (
	benchAgencies = 300
	benchItems    = 1_000_000
	benchWaiting  = 2000
)

// benchPlans is the sample's plan with so many communes more that there are 300 agencies.
func benchPlans(b *testing.B) (files fstest.MapFS, owners []string) {
	b.Helper()
	files = fstest.MapFS{}
	all, err := withHolidays(sample.Plans())
	if err != nil {
		b.Fatal(err)
	}
	for _, dir := range []string{"mau", "holidays"} {
		f, err := all.Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		list, err := f.(interface {
			ReadDir(int) ([]os.DirEntry, error)
		}).ReadDir(-1)
		if err != nil {
			b.Fatal(err)
		}
		for _, d := range list {
			g, err := all.Open(dir + "/" + d.Name())
			if err != nil {
				b.Fatal(err)
			}
			body, err := io.ReadAll(g)
			if err != nil {
				b.Fatal(err)
			}
			files[dir+"/"+d.Name()] = &fstest.MapFile{Data: body}
		}
	}
	agencies := string(files["mau/agencies.yaml"].Data)
	head, rest, ok := strings.Cut(agencies, "\n  - {id: xa-lung-may")
	if !ok {
		b.Fatal("the sample has no commune to put others beside")
	}
	var more strings.Builder
	for i := strings.Count(agencies, "id: "); i < benchAgencies; i++ {
		fmt.Fprintf(&more, "\n  - {id: xa-thu-%03d, name: Ủy ban nhân dân xã Thử %[1]d, short: Xã Thử %[1]d, level: commune, parent: huyen-doi-suong}", i)
		owners = append(owners, fmt.Sprintf("mau/xa-thu-%03d", i))
	}
	files["mau/agencies.yaml"] = &fstest.MapFile{Data: []byte(head + more.String() + "\n  - {id: xa-lung-may" + rest)}
	return files, owners
}

// benchWords are what titles are made of: the earlier ones much more often. «vangsao» stands in very few.
var benchWords = strings.Fields("cải cách hành chính thủ tục một cửa người dân doanh nghiệp xã huyện tỉnh hội nghị triển khai công tác năm kế hoạch phát triển kinh tế nông thôn mới chuyển đổi số dịch vụ trực tuyến đào tạo cán bộ giáo dục y tế văn hóa thể thao lễ hội mùa xuân chè lúa rừng sông suối cầu đường nước điện môi trường giao thông an toàn phòng chống thiên tai bão lũ hạn hán tuyên truyền pháp luật thanh niên phụ nữ cựu chiến binh")

// benchRow gives the n-th item's row of a table.
func benchRow(table string, n, total int, owners []string, classifier string) []any {
	rng := rand.New(rand.NewPCG(uint64(n), 39))
	var title []string
	for range 14 {
		f := rng.Float64()
		title = append(title, benchWords[int(f*f*float64(len(benchWords)))])
	}
	if n%20011 == 7 {
		title = append(title, "Vàng", "Sao")
	}
	owner := owners[n%len(owners)]
	from := time.Date(2018, 3, 6, 0, 0, 0, 0, calendar.Zone)
	at := from.Add(time.Duration(float64(seededNow.Sub(from)) * float64(n) / float64(total))).UnixMicro()
	id, text := media.Hash("desk", strconv.Itoa(n)), strings.Join(title, " ")
	rev := time.UnixMicro(at).UTC().Format("20060102") + "-" + id
	outcome, reform, review := "other", n%5 == 0, n%(total/benchWaiting) == 3
	if review {
		outcome = "review"
	} else if reform {
		outcome = "reform"
	}
	url := fmt.Sprintf("http://xa.example/tin/%d", n)
	switch table {
	case "item":
		return []any{id, url, owner + "-tin", owner, url, text, "", "", "", "", "", at, "minute", "", "list", false, at, at, at, at, "v0", 0, rev, classifier, "", "", outcome, rev}
	case "revision":
		return []any{rev, id, id, "entry", at, "", text, "", "", "", "", ""}
	case "verdict":
		return []any{rev, classifier, at, reform, 0.6, review, `["tthc"]`, `[]`}
	}
	var words []string
	for _, w := range strings.Fields(viet.Fold(text)) {
		if !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return []any{id, strings.Join(words, " "), int64(mask.Version), at}
}

var benchTables = []struct {
	name string
	cols []string
}{
	{"item", []string{"id", "canon", "source", "agency", "url", "title", "lead", "section", "col", "byline", "credit", "claimed_at", "claimed_precision", "claimed_text",
		"claimed_found", "claimed_zone", "claimed_known", "at", "seen", "verified", "first_visit", "page_state", "revision", "judged", "review", "decided", "outcome", "compared"}},
	{"revision", []string{"id", "item", "hash", "from_kind", "seen", "kept", "title", "section", "byline", "credit", "lead", "body"}},
	{"verdict", []string{"revision", "classifier", "at", "reform", "score", "review", "topics", "cues"}},
	{"item_text", []string{"item", "words", "masked", "at"}},
}

// fillDesk puts the world into the database past the store.
func fillDesk(b *testing.B, engine, db string, total int, owners []string, classifier string) {
	b.Helper()
	fill := fillSQLite
	if engine == "postgres" {
		fill = fillPostgres
	}
	for _, table := range benchTables {
		row := func(i int) []any { return benchRow(table.name, i, total, owners, classifier) }
		if err := fill(context.Background(), db, table.name, table.cols, total, row); err != nil {
			b.Fatalf("fill %s: %v", table.name, err)
		}
	}
}

func fillPostgres(ctx context.Context, db, table string, cols []string, total int, row func(int) []any) error {
	conn, err := pgx.Connect(ctx, db)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	// What refers to what is right here, and looking it up would take longer than all the rest.
	if _, err := conn.Exec(ctx, "SET session_replication_role = replica"); err != nil {
		return err
	}
	i := -1
	if _, err = conn.CopyFrom(ctx, pgx.Identifier{table}, cols, pgx.CopyFromFunc(func() ([]any, error) {
		if i++; i >= total {
			return nil, nil
		}
		return row(i), nil
	})); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "VACUUM ANALYZE "+table)
	return err
}

func fillSQLite(_ context.Context, db, table string, cols []string, total int, row func(int) []any) error {
	raw, err := sql.Open("sqlite", db+"?_pragma=synchronous(off)&_pragma=busy_timeout(10000)&_pragma=cache_size(-262144)")
	if err != nil {
		return err
	}
	defer raw.Close()
	tx, err := raw.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() // of what failed
	stmt, err := tx.Prepare("INSERT INTO " + table + " (" + strings.Join(cols, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(cols)-1) + ")")
	if err != nil {
		return err
	}
	for i := range total {
		if _, err := stmt.Exec(row(i)...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// BenchmarkDesk times the desk's pages at the server with 300 agencies and a million items over five years: `make bench-desk`.
func BenchmarkDesk(b *testing.B) {
	total := benchItems
	if s := os.Getenv("LOA_DESK_ITEMS"); s != "" {
		var err error
		if total, err = strconv.Atoi(s); err != nil || total < 2*benchWaiting {
			b.Fatalf("LOA_DESK_ITEMS=%q: want a number of at least %d", s, 2*benchWaiting)
		}
	}
	for _, engine := range []string{"postgres", "sqlite"} {
		b.Run(engine, func(b *testing.B) { benchDesk(b, engine, total) })
	}
}

func benchDesk(b *testing.B, engine string, total int) {
	ctx := context.Background()
	files, owners := benchPlans(b)
	var db string
	if dir := os.Getenv("LOA_DESK_KEEP"); dir != "" {
		db = storetest.Kept(b, engine, dir, fmt.Sprintf("loa_desk_%d", total))
	} else {
		db = storetest.DB(b, engine)
	}
	a := &app{stdio: stdio{strings.NewReader(""), io.Discard, io.Discard}, cli: &cli{Data: b.TempDir(), DB: db}, ctx: ctx, log: slog.New(slog.DiscardHandler)}
	e, err := a.open(files, "", func() time.Time { return seededNow })
	if err != nil {
		b.Fatal(err)
	}
	defer e.close()
	_, filled, err := e.store.Some(ctx, e.plan.ID, web.StandingQuery{Owners: []string{""}})
	if err != nil {
		b.Fatal(err)
	}
	if !filled { // else it is a world that was kept: its evaluation is the last of it
		fillDesk(b, engine, db, total, owners, e.judge.Version())
		if err := monitor.EvaluateAll(ctx, e.store, e.plan, e.cal, e.moment(), e.machine(), 2); err != nil {
			b.Fatal(err)
		}
	}
	thrifty() // as a server is
	e.login.Guest = officer()
	b.Run("board-after-start", func(b *testing.B) {
		timed(b, "/bang-theo-doi", func() (http.Handler, func()) {
			e, err := a.open(files, "", func() time.Time { return seededNow })
			if err != nil {
				b.Fatal(err)
			}
			e.login.Guest = officer()
			return e.desk(e.plan, nil), e.close // a server that makes itself ready first answers as «board» does
		})
	})
	desk := e.desk(e.plan, nil)
	fromMiddle := "" // a piece in the middle of five years
	if rows, _, err := e.store.Search(ctx, web.ItemQuery{To: time.Date(2020, 9, 1, 0, 0, 0, 0, calendar.Zone), Limit: 1, Most: 1}); err != nil || len(rows) == 0 {
		b.Fatal(err)
	} else {
		fromMiddle = rows[0].Item.ID
	}
	for _, c := range benchPages {
		b.Run(c.name, func(b *testing.B) {
			h := desk
			if strings.HasPrefix(c.path, "/api/") { // one token asks 60 times at once
				secret, err := e.addToken(ctx, e.plan, access.Token{Name: c.name, Scopes: []string{"items", "feed"}, Maker: "bench", Expires: e.machine().AddDate(0, 0, 30)})
				if err != nil {
					b.Fatal(err)
				}
				h = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					r.Header.Set("Authorization", "Bearer "+secret)
					desk.ServeHTTP(w, r)
				})
			}
			timed(b, strings.ReplaceAll(c.path, "MIDDLE", fromMiddle), func() (http.Handler, func()) { return h, func() {} })
		})
	}
}

// benchPages are what is asked for; MIDDLE is a piece in the middle of five years.
var benchPages = []struct{ name, path string }{
	{"first", "/"}, {"board", "/bang-theo-doi"}, {"board-chart", "/bang-theo-doi?bieu-do=1"}, {"board-filtered", "/bang-theo-doi?co-quan=mau%2Fxa-thu-250"}, {"board-month", "/bang-theo-doi?ky=2023-02"},
	{"quota", "/quotas/A-7.xa"}, {"standing", "/tien-do/A-7.xa/xa-thu-250/2023-02"}, {"agency", "/co-quan/xa-thu-250"}, {"agencies", "/co-quan"}, {"sources", "/nguon"},
	{"queue-duyet", "/duyet"}, {"queue-list", "/tin-bai?ket-qua=review"}, {"queue-search", "/tin-bai?ket-qua=review&q=cai+cach"},
	{"items", "/tin-bai"}, {"items-deep", "/tin-bai?trang=2000&sau=MIDDLE"}, {"items-of-number", "/tin-bai?trang=2000"}, {"items-of-agency", "/tin-bai?co-quan=mau%2Fxa-thu-250"}, {"items-of-reform", "/tin-bai?ket-qua=reform"},
	{"search-rare", "/tin-bai?q=V%C3%A0ng+Sao"}, {"search-rare-unmarked", "/tin-bai?q=vang+sao"}, {"search-seldom", "/tin-bai?q=cuu+chien+binh"}, {"search-seldom-two", "/tin-bai?q=phu+nu"}, {"search-mixed", "/tin-bai?q=cai+cach+phu+nu"},
	{"search-common", "/tin-bai?q=c%E1%BA%A3i+c%C3%A1ch"}, {"search-common-four", "/tin-bai?q=cai+cach+hanh+chinh"},
	{"search-of-agency", "/tin-bai?q=cai+cach&co-quan=mau%2Fxa-thu-250"}, {"search-mixed-of-agency", "/tin-bai?q=phu+nu+cai&co-quan=mau%2Fxa-thu-250"}, {"search-filtered", "/tin-bai?q=cai+cach&ket-qua=reform&tu=01/01/2023"}, {"search-old", "/tin-bai?q=cai+cach+phu+nu&den=01/01/2020"},
	{"search-deep", "/tin-bai?q=cai&trang=500&sau=MIDDLE"}, {"search-of-number", "/tin-bai?q=cai&trang=500"}, {"search-none", "/tin-bai?q=khongcotu"}, {"search-phrase", "/tin-bai?q=%22cai+cach+hanh+chinh%22"}, {"search-phrase-rare", "/tin-bai?q=%22vang+sao%22"},
	{"search-table", "/tin-bai?q=cai+cach&dang=csv"}, {"table", "/tin-bai?dang=csv"},
	{"session", "/phien-chot"}, {"reminders", "/thu-nhac"},
	{"api-items", "/api/v1/items"}, {"api-search", "/api/v1/items?q=cai+cach"}, {"api-search-seldom", "/api/v1/items?q=cuu+chien+binh"}, {"api-search-rare", "/api/v1/items?q=vang+sao"}, {"feed", "/api/v1/feeds/xa-thu-250.atom"},
}

// timed asks for one page again and again, each time of what made gives, and reports how long it took.
func timed(b *testing.B, path string, made func() (http.Handler, func())) {
	var took []time.Duration
	for b.Loop() {
		b.StopTimer()
		h, end := made()
		b.StartTimer()
		began := time.Now()
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		took = append(took, time.Since(began))
		if w.Code != http.StatusOK {
			b.Fatalf("%s: %d %.300s", path, w.Code, w.Body)
		}
		end()
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-p50")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "ms-p95")
	b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "ms-most")
}
