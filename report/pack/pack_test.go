package pack

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/xuri/excelize/v2"

	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
)

const hostile = "=cmd|'/c calc'!A1 <script>alert(1)</script> \u202etxt.exe\x00 ]]> \"\n'; ../../etc/passwd"

func sha(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// warc is a page as it is kept.
func warc(body []byte) []byte {
	block := append([]byte("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"), body...)
	var out bytes.Buffer
	zw := gzip.NewWriter(&out)
	fmt.Fprintf(zw, "WARC/1.1\r\nWARC-Type: response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", len(block), block)
	zw.Close()
	return out.Bytes()
}

// seeded is a period with a piece of every sort, closed.
func seeded(t testing.TB) Input {
	t.Helper()
	period, err := calendar.Parse("2023-03@14")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2023, 3, 15, 9, 0, 0, 0, calendar.Zone)
	plan := &schedule.Plan{ID: "mau-2023", Number: "12/KH-UBND", Title: "Kế hoạch tuyên truyền", Issuer: "UBND tỉnh Mẫu", Issued: at.AddDate(0, -2, 0), Year: 2023, Version: strings.Repeat("ab", 16), Sample: true,
		From: time.Date(2023, 1, 1, 0, 0, 0, 0, calendar.Zone), To: time.Date(2024, 1, 1, 0, 0, 0, 0, calendar.Zone),
		Agencies: []media.Agency{{ID: "mau/so-mau", Name: "Sở Mẫu và các đơn vị trực thuộc có tên rất dài để thử độ rộng của cột"}},
		Quotas: []schedule.Quota{{ID: "A-1", Title: "Tin, bài trên trang thông tin <b>", Place: "mục III.1", Kind: "count", Owner: schedule.Owner{Agency: "mau/so-mau"}},
			{ID: "B-1", Title: "Phát sóng", Place: "mục III.2", Kind: "airing", Owner: schedule.Owner{Agency: "mau/so-mau"}}}}
	in := Input{Plan: plan, Period: period, At: at, Files: map[string][]string{}, Copies: map[string]Copy{}}
	bodies := map[string][]byte{}
	keep := func(body string, c Copy) string {
		c.SHA256, c.At, c.Size = sha([]byte(body)), at.AddDate(0, 0, -3), int64(len(body))
		bodies[c.SHA256] = []byte(body)
		in.Copies[c.SHA256] = c
		return c.SHA256
	}
	page := keep("<html><script>alert(2)</script><p>Cải cách hành chính</p>", Copy{Page: true, URL: "https://mau.example/tin?a=<b>"})
	photo := keep("\x89PNG\r\n\x1a\n ảnh", Copy{Ext: "png", URL: "urn:loa:handin:x", Name: "ảnh hội nghị " + strings.Repeat("rất dài ", 60) + "../../x.html"})
	pdf := keep("%PDF-1.4 quyết định", Copy{Ext: "pdf", URL: "urn:loa:handin:y", Name: hostile})
	log := keep("Ngày;Giờ\n", Copy{Ext: "txt", URL: "urn:loa:log:nhat-ky.csv", Name: "nhật ký.csv"})
	gone := keep("đã xóa", Copy{Page: true, Gone: "đã xóa theo thời hạn lưu (minh chứng, 30 ngày) ngày 01/3/2023"})
	in.Open = func(_ context.Context, c Copy) (io.ReadCloser, error) {
		body := bodies[c.SHA256]
		if c.Page {
			body = warc(body)
		}
		return io.NopCloser(bytes.NewReader(body)), nil
	}
	in.Text = func(context.Context, Copy) (string, error) {
		return "Cải cách hành chính <script>alert(3)</script>\nÔng N. hỏi", nil
	}
	e := func(n int, kind media.EvidenceKind, kept, title string) media.Evidence {
		return media.Evidence{ID: media.Hash("piece", fmt.Sprint(n)), Kind: kind, Agency: "mau/so-mau", At: at.AddDate(0, 0, -n), Seen: at, Title: title, URL: "https://mau.example/" + fmt.Sprint(n), Kept: kept, Grade: media.GradeB}
	}
	item := e(1, media.EvItem, page, hostile)
	item.URL, item.Verdict = "javascript:alert(1)", &media.Verdict{Cues: []media.Cue{{Term: "cải cách hành chính", Weight: 2}, {Term: "không", Weight: -1}}}
	proof := e(2, media.EvAttestation, photo, "Hội nghị")
	proof.Decided, in.Files[proof.ID] = "Cán bộ A", []string{photo, pdf}
	air := e(3, media.EvAiring, log, "Chuyên mục")
	air.Airing = &media.Airing{FileHash: log}
	question := e(4, media.EvQuestion, page, "Ông Nguyễn Văn Mẫu hỏi về thủ tục, số điện thoại 0912345678")
	row := func(quota string, es ...media.Evidence) schedule.ClosedRow {
		r := schedule.ClosedRow{At: at, Standing: schedule.Standing{Plan: plan.ID, Quota: quota, Owner: "mau/so-mau", Period: period.ID, Start: period.Start, End: period.End, State: schedule.Met, Basis: schedule.ByPlan}}
		for _, x := range es {
			r.Credits = append(r.Credits, schedule.Credit{Quota: quota, Owner: "mau/so-mau", Period: period.ID, Evidence: x})
		}
		return r
	}
	in.Rows = []schedule.ClosedRow{row("A-1", item, proof, e(5, media.EvDeclared, "", "Bài khai"), e(6, media.EvItem, gone, "Bài cũ"), question), row("B-1", air), row("C-9")}
	in.Closing = &schedule.Closing{ID: "x", Plan: plan.ID, Period: period.ID, Start: period.Start, End: period.End, Revision: 2, At: at, Actor: "Chuyên viên", Reason: "r", Dataset: schedule.Dataset(in.Rows), PlanVersion: plan.Version, Rows: in.Rows}
	in.Report = report.Build(report.Input{Plan: plan, Period: period, Now: at, Evaluation: schedule.Evaluation{Now: at}, Closing: in.Closing})
	return in
}

func made(t testing.TB, in Input) ([]byte, Summary) {
	t.Helper()
	var out bytes.Buffer
	sum, err := Write(t.Context(), &out, in)
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), sum
}

// verified gives what is wrong, a line each; the error stands in the last.
func verified(t testing.TB, raw []byte) (Summary, []string, error) {
	t.Helper()
	var found []string
	sum, err := Verify(t.Context(), bytes.NewReader(raw), int64(len(raw)), func(f Finding) { found = append(found, f.File+": "+f.What) })
	return sum, found, err
}

type part1 struct {
	name string
	data []byte
}

// unzipped are a pack's files in order.
func unzipped(t testing.TB, raw []byte) (out []part1) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, part1{f.Name, data})
	}
	return out
}

func zipped(t testing.TB, parts []part1, change func(*zip.FileHeader)) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range parts {
		h := &zip.FileHeader{Name: p.name, Method: zip.Deflate}
		if change != nil {
			change(h)
		}
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = w.Write(p.data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// resummed makes the list of hashes anew, as somebody would who hides what was done.
func resummed(parts []part1) []part1 {
	parts = slices.DeleteFunc(parts, func(p part1) bool { return p.name == manifestFile || p.name == digestFile })
	slices.SortFunc(parts, func(a, b part1) int { return strings.Compare(a.name, b.name) })
	text := ""
	for _, p := range parts {
		text += sha(p.data) + "  " + p.name + "\n"
	}
	return append(parts, part1{manifestFile, []byte(text)}, part1{digestFile, []byte(sha([]byte(text)) + "  " + manifestFile + "\n")})
}

func TestPack(t *testing.T) {
	in := seeded(t)
	raw, sum := made(t, in)
	if sum.Pieces != 6 || sum.Copies != 4 || sum.Missing != 2 || sum.Revision != 2 {
		t.Errorf("made: %+v", sum)
	}
	got, found, err := verified(t, raw)
	if err != nil || len(found) > 0 || got != sum {
		t.Fatalf("verified: %+v, want %+v, %v\n%s", got, sum, err, strings.Join(found, "\n"))
	}
	if again, _ := made(t, seeded(t)); !bytes.Equal(raw, again) {
		t.Error("two makings differ")
	}
	if got, found, err := verified(t, zipped(t, resummed(unzipped(t, raw)), nil)); err != nil || len(found) > 0 || got.Digest != sum.Digest {
		t.Errorf("packed by another program: %v %v", found, err)
	}
	files := map[string]string{}
	for _, p := range unzipped(t, raw) {
		if files[p.name] = string(p.data); !named.MatchString(p.name) {
			t.Errorf("a file is named %q", p.name)
		}
	}
	// Nobody's words run, ask elsewhere or are a formula; a citizen is not told.
	for name, text := range files {
		if strings.HasSuffix(name, ".html") && strings.HasPrefix(name, viewFolder) || name == indexFile {
			page(t, name, text)
		}
	}
	if text := files[listFile]; !strings.Contains(text, "'=cmd|") || strings.Contains(text, "Nguyễn Văn Mẫu") || strings.Contains(text, "0912345678") || !strings.Contains(text, "cải cách hành chính") || strings.Contains(text, "\u202e") ||
		!strings.Contains(text, "Cán bộ A") || !strings.Contains(text, unconfirmed) || !strings.Contains(text, "đã xóa theo thời hạn lưu") || !strings.Contains(text, "mục III.1") {
		t.Errorf("the list:\n%s", text)
	}
	book, err := excelize.OpenReader(strings.NewReader(files[tableFile]))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows("Danh sách minh chứng")
	if err != nil || len(rows) != 7 || !slices.Equal(rows[0], columns) || !strings.HasPrefix(rows[1][11], "Bài cũ") {
		t.Errorf("the workbook: %v %q", err, rows)
	}
	for _, s := range []string{"GÓI MINH CHỨNG", "sha256sum -c SHA256SUMS", "AI ĐƯỢC XEM", sum.Dataset, "DỮ LIỆU MẪU"} {
		if !strings.Contains(files[readmeFile], s) {
			t.Errorf("README does not say %q", s)
		}
	}
	if !strings.Contains(files[closedFile], sum.Dataset) {
		t.Error("no certificate")
	}
	in.Closing = nil
	open, sum := made(t, in)
	if _, found, err := verified(t, open); err != nil || len(found) > 0 || sum.Revision != 0 {
		t.Errorf("of an open period: %v %v", found, err)
	}
	if !slices.ContainsFunc(unzipped(t, open), func(p part1) bool { return p.name == openFile && strings.Contains(string(p.data), "CHƯA CHỐT") }) {
		t.Error("an open period does not say so")
	}
}

var (
	outside = regexp.MustCompile(`(?i)(src|href)="(//|javascript:|data:|file:)|<(script|iframe|object|embed|link|base|form)\b|\son[a-z]+=|src="http`)
	links   = regexp.MustCompile(`(?:href|src)="([^"]*)"`)
)

// page holds a page of the viewer to what every page is held to.
func page(t *testing.T, name, text string) {
	t.Helper()
	if bad := outside.FindString(text); bad != "" {
		t.Errorf("%s has %q", name, bad)
	}
	for _, want := range []string{`<html lang="vi">`, "<title>", "<main>", `http-equiv="Content-Security-Policy"`} {
		if strings.Count(text, want) != 1 {
			t.Errorf("%s has %q %d times", name, want, strings.Count(text, want))
		}
	}
	if strings.Count(text, "<h1>") != 1 || strings.ContainsAny(text, "\u202e\x00") || strings.Contains(text, "ZgotmplZ") {
		t.Errorf("%s is not as pages are", name)
	}
}

// TestLinks: every link within the pack leads to a file of the pack.
func TestLinks(t *testing.T) {
	raw, _ := made(t, seeded(t))
	parts := unzipped(t, raw)
	has := map[string]bool{}
	for _, p := range parts {
		has[p.name] = true
	}
	n := 0
	for _, p := range parts {
		if !strings.HasPrefix(p.name, viewFolder) && p.name != indexFile {
			continue
		}
		for _, m := range links.FindAllStringSubmatch(string(p.data), -1) {
			if strings.HasPrefix(m[1], "https://mau.example/") {
				continue
			}
			if to := filepath.ToSlash(filepath.Join(filepath.Dir(p.name), m[1])); !has[to] {
				t.Errorf("%s leads to %s", p.name, to)
			}
			n++
		}
	}
	if n < 20 {
		t.Errorf("only %d links", n)
	}
}

// edited gives the parts with one changed.
func edited(parts []part1, prefix string, change func(string) string) []part1 {
	out := slices.Clone(parts)
	for i, p := range out {
		if strings.HasPrefix(p.name, prefix) {
			out[i].data = []byte(change(string(p.data)))
			return out
		}
	}
	panic("no " + prefix)
}

func TestTamperedPack(t *testing.T) {
	raw, sum := made(t, seeded(t))
	add := func(s string) string { return s + "x" }
	without := func(parts []part1, prefix string) []part1 {
		i := slices.IndexFunc(parts, func(p part1) bool { return strings.HasPrefix(p.name, prefix) })
		return slices.Delete(slices.Clone(parts), i, i+1)
	}
	line := func(n int) func(string) string {
		return func(s string) string {
			l := strings.SplitAfter(s, "\n")
			return strings.Join(slices.Delete(l, n, n+1), "")
		}
	}
	other := strings.Repeat("ab", 32)
	for name, c := range map[string]struct {
		change func([]part1) []part1
		says   string
	}{
		"a page": {func(p []part1) []part1 { return edited(p, pagesFolder, add) }, "sai mã băm"},
		"a page, hidden": {func(p []part1) []part1 {
			return resummed(edited(p, pagesFolder, func(string) string { return string(warc([]byte("trang khác"))) }))
		}, "không chứa trang"},
		"a page that is none": {func(p []part1) []part1 { return resummed(edited(p, pagesFolder, func(string) string { return "x" })) }, "không chứa trang"},
		"a file, hidden":      {func(p []part1) []part1 { return resummed(edited(p, filesFolder, add)) }, "không phải tệp mà tên nó nêu"},
		"the report":          {func(p []part1) []part1 { return edited(p, paperFolder, add) }, "sai mã băm"},
		"a file gone":         {func(p []part1) []part1 { return without(p, filesFolder) }, "thiếu"},
		"a file gone, hidden": {func(p []part1) []part1 { return resummed(without(p, filesFolder)) }, "thiếu: danh sách minh chứng dòng"},
		"a file more":         {func(p []part1) []part1 { return append(p, part1{"tep/" + other + ".pdf", nil}) }, "thừa: không có trong danh sách mã băm"},
		"a file more, hidden": {func(p []part1) []part1 {
			return resummed(append(p, part1{"tep/" + sha([]byte("q")) + ".pdf", []byte("q")}))
		}, "thừa: không minh chứng nào"},
		"a foreign name, hidden": {func(p []part1) []part1 { return resummed(append(p, part1{"doc-toi.exe", []byte("q")})) }, "không phải tên tệp của gói"},
		"a line of the list":     {func(p []part1) []part1 { return resummed(edited(p, listFile, line(2))) }, "không khớp bộ dữ liệu"},
		"an owner in the list": {func(p []part1) []part1 {
			return resummed(edited(p, listFile, func(s string) string { return strings.Replace(s, "mau/so-mau", "mau/so-khac", 1) }))
		}, "không khớp bộ dữ liệu"},
		"a path in the list": {func(p []part1) []part1 {
			return resummed(edited(p, listFile, func(s string) string { return strings.Replace(s, ",ban-luu/", ",ban-luu/"+other+".warc.gz", 1) }))
		}, "danh-sach.csv: "},
		"the head of the list": {func(p []part1) []part1 {
			return resummed(edited(p, listFile, func(s string) string { return strings.Replace(s, "STT", "TT", 1) }))
		}, "dòng 1 không đúng dạng"},
		"the dataset": {func(p []part1) []part1 { return resummed(edited(p, datasetFile, line(0))) }, "tính lại không ra"},
		"a state in the dataset": {func(p []part1) []part1 {
			return resummed(edited(p, datasetFile, func(s string) string { return strings.Replace(s, "met", "missed", 1) }))
		}, "tính lại không ra"},
		"the certificate": {func(p []part1) []part1 {
			return resummed(edited(p, closedFile, func(s string) string { return strings.ReplaceAll(s, sum.Dataset, strings.Repeat("0", 32)) }))
		}, "khác mã của gói"},
		"the revision": {func(p []part1) []part1 {
			return resummed(edited(p, aboutFile, func(s string) string { return strings.Replace(s, `"revision": 2`, `"revision": 1`, 1) }))
		}, "khác lần chốt của gói"},
		"no certificate": {func(p []part1) []part1 { return resummed(without(p, closedFile)) }, closedFile + ": thiếu"},
		"the count": {func(p []part1) []part1 {
			return resummed(edited(p, aboutFile, func(s string) string { return strings.Replace(s, `"pieces": 6`, `"pieces": 5`, 1) }))
		}, "gói khai 5"},
		"the list of hashes": {func(p []part1) []part1 { return edited(p, manifestFile, line(0)) }, "không phải mã băm của SHA256SUMS"},
		"the order":          {func(p []part1) []part1 { p[0], p[1] = p[1], p[0]; return p }, "không đứng đúng thứ tự"},
		"no README":          {func(p []part1) []part1 { return resummed(without(p, readmeFile)) }, readmeFile + ": thiếu"},
	} {
		t.Run(name, func(t *testing.T) {
			_, found, err := verified(t, zipped(t, c.change(unzipped(t, raw)), nil))
			if err != nil || !strings.Contains(strings.Join(found, "\n"), c.says) {
				t.Errorf("%v\n%s", err, strings.Join(found, "\n"))
			}
		})
	}
	if _, found, err := verified(t, zipped(t, resummed(edited(unzipped(t, raw), tableFile, add)), nil)); err != nil || len(found) == 0 {
		t.Errorf("the workbook says what the list does not: %v %v", found, err)
	}
}

func TestHostilePack(t *testing.T) {
	raw, _ := made(t, seeded(t))
	parts := unzipped(t, raw)
	more := func(p part1, change func(*zip.FileHeader)) []byte {
		return zipped(t, append(slices.Clone(parts), p), change)
	}
	link := func(h *zip.FileHeader) {
		if h.Name == "tep/x" {
			h.SetMode(os.ModeSymlink | 0o777)
		}
	}
	many := func() []byte { // the end of a ZIP that says it has a billion files
		out := slices.Clone(raw)
		binary.LittleEndian.PutUint16(out[len(out)-12:], 0xfffe)
		return out
	}
	local := bytes.Clone(raw)
	copy(local[30:], "Z") // the name before the first file is not the one in the list
	for name, c := range map[string]struct {
		raw  []byte
		says string
	}{
		"empty":            {nil, "quá ngắn"},
		"no ZIP":           {bytes.Repeat([]byte("x"), 9000), "không đọc được phần cuối"},
		"cut":              {raw[:len(raw)-1], "không đọc được phần cuối"},
		"something before": {append([]byte("MZ rất lạ"), raw...), "không nằm đúng chỗ"},
		"something behind": {append(bytes.Clone(raw), "x"...), "không đọc được phần cuối"},
		"out of the pack":  {more(part1{"../../etc/passwd", nil}, nil), "dẫn ra ngoài"},
		"a root":           {more(part1{"/etc/passwd", nil}, nil), "dẫn ra ngoài"},
		"a drive":          {more(part1{`C:\x`, nil}, nil), "dẫn ra ngoài"},
		"a link":           {more(part1{"tep/x", []byte("/etc/passwd")}, link), "không phải tệp thường"},
		"a folder":         {more(part1{"tep/", nil}, nil), "không phải tệp thường"},
		"twice":            {more(part1{listFile, nil}, nil), "có hai lần"},
		"in capitals":      {more(part1{"DANH-SACH.csv", nil}, nil), "có hai lần"},
		"a bomb":           {more(part1{"tep/bom", make([]byte, 65<<20)}, nil), "bung ra quá lớn"},
		"a long name":      {more(part1{strings.Repeat("x", 300), nil}, nil), "hỏng"},
		"many files":       {many(), "hỏng"},
		"another name":     {local, "không khớp danh mục"},
		"no pack":          {zipped(t, []part1{{"a.txt", []byte("x")}}, nil), "thiếu SHA256SUMS"},
		"a long line":      {zipped(t, resummed(edited(parts, listFile, func(string) string { return strings.Repeat("x", mostLine+1) })), func(h *zip.FileHeader) { h.Method = zip.Store }), "dòng quá dài"},
		"another version":  {zipped(t, resummed(edited(parts, aboutFile, func(s string) string { return strings.Replace(s, `"version": 1`, `"version": 9`, 1) })), nil), "bản 9"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := verified(t, c.raw); !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
		})
	}
}

// FuzzVerify: whatever a file is, it is told to be wrong or refused, and no other file than the one that was made is found whole.
func FuzzVerify(f *testing.F) {
	raw, sum := made(f, seeded(f))
	f.Add(0, byte(0), 0)
	f.Add(len(raw)-20, byte(255), 5)
	f.Add(100, byte(7), 0)
	f.Fuzz(func(t *testing.T, at int, with byte, cut int) {
		if at < 0 || at >= len(raw) || cut < 0 || cut > len(raw) {
			return
		}
		bad := bytes.Clone(raw[:len(raw)-cut])
		if at < len(bad) {
			bad[at] ^= with
		}
		got, found, err := verified(t, bad)
		if err == nil && len(found) == 0 && got.Digest != sum.Digest {
			t.Errorf("another pack is found whole: %+v", got)
		}
	})
}

// FuzzVerifyAny reads anything at all.
func FuzzVerifyAny(f *testing.F) {
	raw, _ := made(f, seeded(f))
	f.Add(raw)
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, raw []byte) { _, _, _ = verified(t, raw) })
}

func TestExt(t *testing.T) {
	for want, head := range map[string]string{"jpg": "\xff\xd8\xff\xe0", "pdf": "%PDF-1.7", "txt": "Ngày;Giờ", "bin": "<!DOCTYPE html><script>", "zip": "PK\x03\x04"} {
		if got := Ext([]byte(head), "text/html"); got != want {
			t.Errorf("%q: %s, want %s", head, got, want)
		}
	}
	if got := Ext([]byte("<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>"), "image/svg+xml"); got != "txt" && got != "bin" {
		t.Errorf("a drawing that runs is %s", got)
	}
}

// TestManyFiles: a list of more files than the old form of ZIP counts is read.
func TestManyFiles(t *testing.T) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	const n = 66_000
	for i := range n {
		if _, err := z.CreateHeader(&zip.FileHeader{Name: fmt.Sprint("tep/", i), Method: zip.Store}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := opened(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil || len(got.File) != n {
		t.Fatalf("%v", err)
	}
}
