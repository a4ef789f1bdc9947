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
)

// The size of the world in which the desk's pages are timed (docs/DESK.md): agencies, items over five years, items that
// wait for a person. LOA_DESK_ITEMS is another number of items.
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

// benchRows gives the n-th item's rows by table.
func benchRows(n, total int, owners []string, classifier string) map[string][]any {
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
	var words []string
	for _, w := range strings.Fields(viet.Fold(text)) {
		if !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	url := fmt.Sprintf("http://xa.example/tin/%d", n)
	return map[string][]any{
		"item":      {id, url, owner + "-tin", owner, url, text, "", "", "", "", "", at, "minute", "", "list", false, at, at, at, at, "v0", 0, rev, classifier, "", "", outcome, rev},
		"revision":  {rev, id, id, "entry", at, "", text, "", "", "", "", ""},
		"verdict":   {rev, classifier, at, reform, 0.6, review, `["tthc"]`, `[]`},
		"item_text": {id, strings.Join(words, " "), int64(mask.Version)},
	}
}

var benchTables = []struct {
	name string
	cols []string
}{
	{"item", []string{"id", "canon", "source", "agency", "url", "title", "lead", "section", "col", "byline", "credit", "claimed_at", "claimed_precision", "claimed_text",
		"claimed_found", "claimed_zone", "claimed_known", "at", "seen", "verified", "first_visit", "page_state", "revision", "judged", "review", "decided", "outcome", "compared"}},
	{"revision", []string{"id", "item", "hash", "from_kind", "seen", "kept", "title", "section", "byline", "credit", "lead", "body"}},
	{"verdict", []string{"revision", "classifier", "at", "reform", "score", "review", "topics", "cues"}},
	{"item_text", []string{"item", "words", "masked"}},
}

// fillDesk puts the world into the database past the store.
func fillDesk(b *testing.B, engine, db string, total int, owners []string, classifier string) {
	b.Helper()
	ctx := context.Background()
	for _, table := range benchTables {
		if engine == "postgres" {
			conn, err := pgx.Connect(ctx, db)
			if err != nil {
				b.Fatal(err)
			}
			i := -1
			_, err = conn.CopyFrom(ctx, pgx.Identifier{table.name}, table.cols, pgx.CopyFromFunc(func() ([]any, error) {
				if i++; i >= total {
					return nil, nil
				}
				return benchRows(i, total, owners, classifier)[table.name], nil
			}))
			if err == nil {
				_, err = conn.Exec(ctx, "VACUUM ANALYZE "+table.name)
			}
			if err != nil {
				b.Fatalf("fill %s: %v", table.name, err)
			}
			conn.Close(ctx)
			continue
		}
		raw, err := sql.Open("sqlite", db+"?_pragma=synchronous(off)&_pragma=busy_timeout(10000)")
		if err != nil {
			b.Fatal(err)
		}
		tx, err := raw.Begin()
		if err != nil {
			b.Fatal(err)
		}
		stmt, err := tx.Prepare("INSERT INTO " + table.name + " (" + strings.Join(table.cols, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(table.cols)-1) + ")")
		if err != nil {
			b.Fatal(err)
		}
		for i := range total {
			if _, err := stmt.Exec(benchRows(i, total, owners, classifier)[table.name]...); err != nil {
				b.Fatalf("fill %s: %v", table.name, err)
			}
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
		raw.Close()
	}
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
	db := storetest.DB(b, engine)
	a := &app{stdio: stdio{strings.NewReader(""), io.Discard, io.Discard}, cli: &cli{Data: b.TempDir(), DB: db}, ctx: ctx, log: slog.New(slog.DiscardHandler)}
	e, err := a.open(files, "", func() time.Time { return seededNow })
	if err != nil {
		b.Fatal(err)
	}
	defer e.close()
	fillDesk(b, engine, db, total, owners, e.judge.Version())
	if err := monitor.EvaluateAll(ctx, e.store, e.plan, e.cal, e.moment(), e.machine(), 2); err != nil {
		b.Fatal(err)
	}
	e.login.Guest = officer()
	desk := e.desk(e.plan, nil)
	for _, c := range []struct{ name, path string }{
		{"first", "/"}, {"board-filtered", "/?co-quan=mau%2Fxa-thu-250"}, {"quota", "/quotas/A-7.xa"}, {"standing", "/tien-do/A-7.xa/xa-thu-250/2023-02"},
		{"items", "/tin-bai"}, {"items-deep", "/tin-bai?trang=2000"}, {"items-of-agency", "/tin-bai?co-quan=mau%2Fxa-thu-250"},
		{"search-rare", "/tin-bai?q=V%C3%A0ng+Sao"}, {"search-rare-unmarked", "/tin-bai?q=vang+sao"}, {"search-common", "/tin-bai?q=c%E1%BA%A3i+c%C3%A1ch"},
		{"search-common-unmarked", "/tin-bai?q=cai+cach+hanh+chinh"}, {"search-filtered", "/tin-bai?q=cai+cach&ket-qua=reform&tu=01/01/2023"}, {"search-deep", "/tin-bai?q=cai&trang=500"},
		{"queue", "/tin-bai?ket-qua=review"}, {"sources", "/nguon"},
	} {
		b.Run(c.name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				w := httptest.NewRecorder()
				desk.ServeHTTP(w, httptest.NewRequest(http.MethodGet, c.path, nil))
				took = append(took, time.Since(began))
				if w.Code != http.StatusOK {
					b.Fatalf("%s: %d", c.path, w.Code)
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-p50")
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "ms-p95")
		})
	}
}
