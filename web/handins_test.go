package web

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
	"loa/web/access"
)

// handFake keeps hand-ins in memory.
type handFake struct {
	now  time.Time
	all  []media.Handin // the newest last
	kept map[string][]byte
}

func (f *handFake) door(dir string) *Handins {
	return &Handins{
		List: func(_ context.Context, q media.HandinQuery) ([]media.Handin, int, error) {
			var out []media.Handin
			for _, h := range slices.Backward(f.all) {
				if (len(q.Kinds) == 0 || slices.Contains(q.Kinds, h.Kind)) && (len(q.Agencies) == 0 || slices.Contains(q.Agencies, h.Owner)) && (q.Owner == "" || q.Owner == h.Owner) &&
					(q.Quota == "" || q.Quota == h.Quota) && (q.Period == "" || q.Period == h.Period) && (q.State == "" || q.State == h.State()) &&
					(!q.Standing || h.State() != media.Withdrawn && h.State() != media.Replaced) && strings.Contains(viet.Fold(h.Title), viet.Fold(q.Text)) {
					out = append(out, h)
				}
			}
			return out[min(q.Offset, len(out)):], len(out), nil
		},
		One: func(_ context.Context, id string) (media.Handin, bool, error) {
			for _, h := range f.all {
				if h.ID == id {
					return h, true, nil
				}
			}
			return media.Handin{}, false, nil
		},
		Add: func(_ context.Context, hs []media.Handin, actor string, settled bool) ([]media.Handin, error) {
			for i := range hs {
				if hs[i].Title == "từ chối" {
					return nil, Refusal{"Không ghi được."}
				}
				hs[i].ID = fmt.Sprintf("h%d", len(f.all)+1)
				hs[i].Acts = []media.HandinAct{{Seq: 1, Kind: media.HandedIn, At: f.now, Actor: actor}}
				if settled {
					hs[i].Acts = append(hs[i].Acts, media.HandinAct{Seq: 2, Kind: media.Accepted, At: f.now, Actor: actor, Grade: hs[i].Grade})
				}
				f.all = append(f.all, hs[i])
			}
			return hs, nil
		},
		Act: func(_ context.Context, id string, a media.HandinAct) error {
			for i := range f.all {
				if f.all[i].ID == id {
					if a.Seq != len(f.all[i].Acts)+1 {
						return Refusal{"Xin tải lại trang."}
					}
					a.At = f.now
					f.all[i].Acts = append(f.all[i].Acts, a)
				}
			}
			return nil
		},
		Keep: func(_ context.Context, path string, h media.HandinFile) error {
			b, err := os.ReadFile(path)
			f.kept[h.Hash] = b
			return err
		},
		Open: func(_ context.Context, hash string) (io.ReadCloser, error) {
			b, ok := f.kept[hash]
			if !ok {
				return nil, os.ErrNotExist
			}
			return io.NopCloser(bytes.NewReader(b)), nil
		},
		Known: func(_ context.Context, urls []string) (map[string]string, error) {
			out := map[string]string{}
			for _, h := range f.all {
				if slices.Contains(urls, h.URL) {
					out[h.URL] = h.ID
				}
			}
			return out, nil
		},
		Uploads: dir,
	}
}

// handDesk is a desk at which a person hands in.
type handDesk struct {
	t *testing.T
	f *handFake
	p *fake
}

func newHandDesk(t *testing.T) handDesk {
	p := newFake()
	each := schedule.Owner{Each: []media.Level{media.Department, media.District}}
	ref := schedule.ByReference
	p.plan.Quotas = append(p.plan.Quotas,
		schedule.Quota{ID: "A-2.3", Title: "Lồng ghép tuyên truyền với giao ban, hội nghị", Class: schedule.Proc, Kind: "attested", Basis: ref, Owner: each, Cadence: calendar.Quarter, Place: "số 2 Phụ lục Kế hoạch 01/KH-UBND", Wanted: 1, WantedBasis: ref},
		schedule.Quota{ID: "A-8", Title: "Các hình thức tuyên truyền khác", Class: schedule.Enc, Kind: "encouraged", Basis: ref, Owner: each, Cadence: calendar.Quarter, Place: "số 8 Phụ lục Kế hoạch 01/KH-UBND", WantedBasis: ref, Attestable: true},
		schedule.Quota{ID: "B-R1", Title: "Báo cáo kết quả tuyên truyền", Class: schedule.Reg, Kind: "attested", Basis: ref, Owner: each, Cadence: calendar.Month, Place: "khoản 2 mục III", Wanted: 1, WantedBasis: ref, DueDays: 2, Attestable: true})
	p.plan.Forms = []schedule.Form{{ID: "F6", Title: "Zalo, Facebook"}, {ID: "F7", Title: "Tờ rơi, pa nô, áp phích", Quotas: []string{"A-8"}}, {ID: "F9", Title: "Lồng ghép trong hội nghị", Quotas: []string{"A-2.3"}}}
	return handDesk{t, &handFake{now: p.now, kept: map[string][]byte{}}, p}
}

// as is the desk as a role sees it; a clerk is of Sở Xây dựng.
func (d handDesk) as(role access.Role, agencies ...string) http.Handler {
	opt := d.p.options()
	opt.Handins = d.f.door(d.t.TempDir())
	if role == access.Clerk && len(agencies) == 0 {
		agencies = []string{"suong-ha/so-xay-dung"}
	}
	opt.Guest = access.Actor{Role: role, Account: string(role), Login: "canbo", Name: "Cán bộ " + string(role), Agencies: agencies}
	return New(opt)
}

// send posts a form with files, by name and bytes.
func (d handDesk) send(h http.Handler, path string, v url.Values, files map[string][]byte) *httptest.ResponseRecorder {
	d.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for k, all := range v {
		for _, x := range all {
			if err := m.WriteField(k, x); err != nil {
				d.t.Fatal(err)
			}
		}
	}
	for name, b := range files {
		w, err := m.CreateFormFile("tep-moi", name)
		if err == nil {
			_, err = w.Write(b)
		}
		if err != nil {
			d.t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		d.t.Fatal(err)
	}
	r := httptest.NewRequest("POST", path, &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func (d handDesk) post(h http.Handler, path string, v url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func photo(w, h int) []byte {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		for y := range h {
			img.Set(x, y, color.RGBA{uint8(x), uint8(y), 90, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// located is a photo whose EXIF says how it was held and where it was taken.
func located(w, h, orientation int) []byte {
	tiff := []byte("MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(rune(orientation)) + "\x00\x00\x00\x00\x00\x00GPS 21.7,104.9")
	exif := append([]byte("Exif\x00\x00"), tiff...)
	p := photo(w, h)
	return slices.Concat(p[:2], []byte{0xff, 0xe1, byte((len(exif) + 2) >> 8), byte(len(exif) + 2)}, exif, p[2:])
}

func proofOf(more url.Values) url.Values {
	v := url.Values{"nhiem-vu": {"A-2.3"}, "tieu-de": {"Giao ban tháng 3 " + hostile}, "tu": {"6/3/2023"}, "hinh-thuc": {"F9"}, "sl-events": {"1"}, "sl-participants": {"1.250"}, "ngon-ngu": {"vi", "hmong"}, "kinh-phi": {"2.500.000"}, "khong-mat": {"co"}}
	for k, x := range more {
		v[k] = x
	}
	return v
}

// TestProofByClerk: a clerk hands in a photo, sees it and its small picture, and nobody of another agency does; the
// officer returns it, it comes again, and is accepted.
func TestProofByClerk(t *testing.T) {
	d := newHandDesk(t)
	clerk := d.as(access.Clerk)
	w := d.send(clerk, "/minh-chung/moi", proofOf(nil), map[string][]byte{"ảnh hội nghị.jpg": located(1600, 800, 6)})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/minh-chung/h1" {
		t.Fatalf("%d %s %s", w.Code, w.Header().Get("Location"), w.Body)
	}
	h := d.f.all[0]
	if h.Owner != "suong-ha/so-xay-dung" || h.Quota != "A-2.3" || h.Amounts["participants"] != 1250 || h.Amounts["events"] != 1 || h.Cost != 2_500_000 || h.Form != "F9" || h.Grade != media.GradeC ||
		!h.From.Equal(day("2023-03-06")) || strings.Join(h.Languages, " ") != "vi hmong" || len(h.Files) != 1 || h.Files[0].Type != "image/jpeg" || h.Files[0].Name != "ảnh hội nghị.jpg" {
		t.Errorf("%+v", h)
	}
	if !bytes.Equal(d.f.kept[h.Files[0].Hash], located(1600, 800, 6)) {
		t.Error("the photo was not kept as it was sent")
	}
	page := get(t, clerk, "/minh-chung/h1")
	structure(t, "/minh-chung/h1", page.Body.String())
	for _, want := range []string{"1.250", "2.500.000 đồng", "đã nộp, chờ xem", "Rút lại", "tiếng Mông"} {
		if !strings.Contains(page.Body.String(), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, bad := range []string{"/xet", "GPS", "<script>alert"} {
		if strings.Contains(page.Body.String(), bad) {
			t.Errorf("the clerk's page has %q", bad)
		}
	}
	file := get(t, clerk, "/minh-chung/h1/tep/1")
	if file.Code != 200 || !strings.HasPrefix(file.Header().Get("Content-Disposition"), "attachment;") || file.Header().Get("X-Content-Type-Options") != "nosniff" ||
		file.Header().Get("Content-Security-Policy") != "default-src 'none'; sandbox" || !bytes.Equal(file.Body.Bytes(), d.f.kept[h.Files[0].Hash]) {
		t.Errorf("the file: %d %v", file.Code, file.Header())
	}
	small := get(t, clerk, "/minh-chung/h1/anh/1")
	img, err := jpeg.Decode(small.Body)
	if err != nil || img.Bounds().Dx() != 360 || img.Bounds().Dy() != 720 { // set upright
		t.Fatalf("the small picture: %d %v %v", small.Code, err, small.Header())
	}
	if b := get(t, clerk, "/minh-chung/h1/anh/1").Body.Bytes(); bytes.Contains(b, []byte("GPS")) || bytes.Contains(b, []byte("Exif")) {
		t.Error("the small picture says where it was taken")
	}
	other := d.as(access.Clerk, "suong-ha/so-tu-phap")
	for _, path := range []string{"/minh-chung/h1", "/minh-chung/h1/tep/1", "/minh-chung/h1/anh/1"} {
		if w := get(t, other, path); w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "Giao ban") {
			t.Errorf("another agency's clerk gets %s: %d", path, w.Code)
		}
	}
	for _, path := range []string{"/minh-chung/h1/rut?sau=1", "/minh-chung/moi?thay=h1"} {
		if w := d.send(other, path, proofOf(nil), map[string][]byte{"a.jpg": photo(9, 9)}); w.Code < 400 {
			t.Errorf("another agency's clerk posts %s: %d", path, w.Code)
		}
	}
	if body := get(t, other, "/minh-chung").Body.String(); strings.Contains(body, "Giao ban") {
		t.Error("another agency's clerk sees it in the list")
	}
	if w := d.post(clerk, "/minh-chung/h1/xet?sau=1", url.Values{"viec": {"chap-nhan"}, "hang": {"B"}}); w.Code != http.StatusForbidden {
		t.Errorf("the clerk accepts their own: %d", w.Code)
	}

	officer := d.as(access.Officer)
	if w := d.post(officer, "/minh-chung/h1/xet?sau=1", url.Values{"viec": {"tra-lai"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Xin ghi lý do") {
		t.Errorf("returned without a reason: %d", w.Code)
	}
	if w := d.post(officer, "/minh-chung/h1/xet?sau=1", url.Values{"viec": {"tra-lai"}, "ly-do": {"ảnh mờ"}, "han": {"01/3/2023"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("returned with a day that is over: %d", w.Code)
	}
	if w := d.post(officer, "/minh-chung/h1/xet?sau=1", url.Values{"viec": {"tra-lai"}, "ly-do": {"ảnh mờ"}, "han": {"15/3/2023"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("returned: %d %s", w.Code, w.Body)
	}
	body := get(t, clerk, "/minh-chung/h1").Body.String()
	if !strings.Contains(body, "ảnh mờ") || !strings.Contains(body, "15/3/2023") || !strings.Contains(body, "/minh-chung/moi?thay=h1") {
		t.Error("the clerk is not told why, until when, and where to mend it")
	}
	again := get(t, clerk, "/minh-chung/moi?thay=h1").Body.String()
	structure(t, "again", again)
	for _, want := range []string{"06/3/2023", `value="1250"`, "ảnh mờ", "2.500.000"} {
		if !strings.Contains(again, want) {
			t.Errorf("what was typed is not there again: %q", want)
		}
	}
	if w := d.send(clerk, "/minh-chung/moi?thay=h1", proofOf(nil), nil); w.Code != http.StatusSeeOther {
		t.Fatalf("again: %d %s", w.Code, w.Body)
	}
	if h := d.f.all[1]; h.Instead != "h1" || len(h.Files) != 1 {
		t.Errorf("%+v", h)
	}
	if w := d.post(officer, "/minh-chung/h2/xet?sau=0", url.Values{"viec": {"chap-nhan"}, "hang": {"B"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("accepted on an old page: %d", w.Code)
	}
	if w := d.post(officer, "/minh-chung/h2/xet?sau=1", url.Values{"viec": {"chap-nhan"}, "hang": {"B"}}); w.Code != http.StatusSeeOther || d.f.all[1].Latest().Grade != media.GradeB {
		t.Errorf("accepted: %d %+v", w.Code, d.f.all[1].Latest())
	}
}

// TestProofRefused: what is wrong is told in a sentence, what was typed stays, and so do the files.
func TestProofRefused(t *testing.T) {
	d := newHandDesk(t)
	clerk := d.as(access.Clerk)
	jpg := map[string][]byte{"a.jpg": photo(20, 20)}
	for _, x := range []struct {
		change url.Values
		files  map[string][]byte
		says   string
	}{
		{url.Values{"khong-mat": nil}, jpg, "không có tài liệu mật"},
		{url.Values{"tu": {"ngày mưa"}}, jpg, "Chưa hiểu ngày"},
		{url.Values{"tu": {"06/4/2023"}}, jpg, "chưa đến"},
		{url.Values{"den": {"01/3/2023"}}, jpg, "đứng trước"},
		{url.Values{"sl-events": {"-1"}}, jpg, "số nguyên"},
		{url.Values{"sl-events": {"một"}}, jpg, "số nguyên"},
		{url.Values{"sl-copies": {"500"}}, jpg, "không tính"},
		{url.Values{"nhiem-vu": {"B-A1"}}, jpg, "chọn nhiệm vụ"},
		{url.Values{"nhiem-vu": {"B-D1"}}, jpg, "chọn nhiệm vụ"},
		{url.Values{"co-quan": {"suong-ha/so-tu-phap"}}, jpg, "không thuộc phạm vi"},
		{url.Values{"tieu-de": {"từ chối"}}, jpg, "Không ghi được"},
		{nil, nil, "ít nhất một tệp"},
		{nil, map[string][]byte{"trang.html": []byte("<html><script>alert(1)</script>")}, "chỉ nhận ảnh"},
		{nil, map[string][]byte{"a.jpg": []byte("<svg xmlns='http://www.w3.org/2000/svg'/>")}, "chỉ nhận ảnh"},
		{nil, map[string][]byte{"a.exe": []byte("MZ\x90\x00")}, "chỉ nhận ảnh"},
		{nil, map[string][]byte{"a.docx": zipOf("word/document.xml", "word/vbaProject.bin")}, "macro"},
		{nil, map[string][]byte{"a.zip": zipOf("anh.jpg")}, "không nén"},
	} {
		w := d.send(clerk, "/minh-chung/moi", proofOf(x.change), x.files)
		body := w.Body.String()
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(body, x.says) || !strings.Contains(body, "Giao ban") && x.change["tieu-de"] == nil {
			t.Errorf("%v: %d, says %q? %v", x.change, w.Code, x.says, regexp.MustCompile(`(?s)<p class="wrong".*?</p>`).FindString(body))
		}
		structure(t, x.says, body)
	}
	if len(d.f.all) != 0 {
		t.Errorf("%d were recorded", len(d.f.all))
	}
	// The file that came with a form that had to be mended need not come again.
	body := d.send(clerk, "/minh-chung/moi", proofOf(url.Values{"tu": {""}}), jpg).Body.String()
	id := regexp.MustCompile(`name="tep" value="([a-z2-7]{26})" checked`).FindStringSubmatch(body)
	if id == nil {
		t.Fatal("the file is lost")
	}
	stranger := d.send(d.as(access.Clerk, "suong-ha/so-tu-phap"), "/minh-chung/moi", proofOf(url.Values{"tep": {id[1]}}), nil)
	if stranger.Code != http.StatusUnprocessableEntity {
		t.Errorf("another takes the file: %d", stranger.Code)
	}
	if w := d.send(clerk, "/minh-chung/moi", proofOf(url.Values{"tep": {id[1]}}), nil); w.Code != http.StatusSeeOther || len(d.f.all) != 1 || len(d.f.all[0].Files) != 1 {
		t.Errorf("mended: %d %s", w.Code, w.Body)
	}
}

func zipOf(names ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		w, err := z.Create(n)
		if err == nil {
			_, err = w.Write([]byte("x"))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// TestEvidenceTypes: what is taken, by its bytes.
func TestEvidenceTypes(t *testing.T) {
	var pic bytes.Buffer
	if err := png.Encode(&pic, image.NewRGBA(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	ole := "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600)
	for _, x := range []struct{ name, body, want string }{
		{"a.png", pic.String(), "image/png"}, {"a.bin", string(photo(2, 2)), "image/jpeg"}, {"a.webp", "RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"}, {"a.pdf", "%PDF-1.7\n", "application/pdf"},
		{"a.docx", string(zipOf("[Content_Types].xml", "word/document.xml")), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{"a.xlsx", string(zipOf("xl/workbook.xml")), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
		{"a.doc", ole, "application/msword"}, {"a.xls", ole, "application/vnd.ms-excel"}, {"a.msi", ole, ""},
		{"a.heic", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "image/heic"}, {"a.mp4", "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", "video/mp4"}, {"a.m4a", "\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00mp42isom", "audio/mp4"},
		{"a.mp3", "ID3\x03\x00\x00\x00", "audio/mpeg"}, {"a.svg", "<svg/>", ""}, {"a.txt", "một hai ba", ""}, {"a.odt", string(zipOf("mimetype")), ""}, {"a", "", ""},
	} {
		path := t.TempDir() + "/f"
		if err := os.WriteFile(path, []byte(x.body), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := evidenceType(path, x.name)
		if got != x.want || (err != nil) != (x.want == "") || err != nil && refusal(err) == "" {
			t.Errorf("%s: %q %v, want %q", x.name, got, err, x.want)
		}
	}
}

// TestNoBomb: a picture that says that it is huge is not decoded.
func TestNoBomb(t *testing.T) {
	d := newHandDesk(t)
	small := photo(8, 8)
	at := bytes.Index(small, []byte{0xff, 0xc0})
	bomb := slices.Clone(small)
	copy(bomb[at+5:], []byte{0xff, 0xff, 0xff, 0xff}) // 65535 x 65535
	d.f.kept["b"], d.f.kept["p"] = bomb, []byte("%PDF-1.7")
	d.f.all = []media.Handin{{ID: "h1", Kind: media.HandProof, Plan: d.p.plan.ID, Quota: "A-8", Owner: "suong-ha/so-xay-dung", Title: "x", From: day("2023-03-01"),
		Files: []media.HandinFile{{Hash: "b", Name: "b.jpg", Type: "image/jpeg"}, {Hash: "p", Name: "p.pdf", Type: "application/pdf"}}, Acts: []media.HandinAct{{Seq: 1, Kind: media.HandedIn, At: d.p.now, Actor: "x"}}}}
	officer := d.as(access.Officer)
	for _, n := range []string{"1", "2"} {
		if w := get(t, officer, "/minh-chung/h1/anh/"+n); w.Code != http.StatusUnsupportedMediaType || strings.HasPrefix(w.Header().Get("Content-Type"), "image/") {
			t.Errorf("picture %s: %d", n, w.Code)
		}
	}
	for _, n := range []string{"0", "3", "x"} {
		if w := get(t, officer, "/minh-chung/h1/tep/"+n); w.Code != http.StatusNotFound {
			t.Errorf("file %s: %d", n, w.Code)
		}
	}
	d.f.kept = map[string][]byte{}
	if w := get(t, officer, "/minh-chung/h1/tep/1"); w.Code != http.StatusInternalServerError {
		t.Errorf("a file that is gone: %d", w.Code)
	}
}

// TestUploads: a file in pieces, broken off and gone on with; nobody else gets at it; too much, a wrong sum and what is too old are refused.
func TestUploads(t *testing.T) {
	d := newHandDesk(t)
	now := d.p.now
	opt := d.p.options()
	opt.Handins = d.f.door(t.TempDir())
	opt.Machine = func() time.Time { return now }
	opt.Guest = access.Actor{Role: access.Clerk, Account: "a", Agencies: []string{"suong-ha/so-xay-dung"}}
	h := New(opt)
	opt.Guest.Account = "b"
	other := New(opt)
	ask := func(h http.Handler, method, path string, header map[string]string, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		for k, v := range header {
			r.Header.Set(k, v)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	says := func(name, sum string) string {
		return "filename " + base64.StdEncoding.EncodeToString([]byte(name)) + ",sha256 " + base64.StdEncoding.EncodeToString([]byte(sum))
	}
	body := string(photo(300, 200))
	path := t.TempDir() + "/whole"
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	sum, err := hashFile(path)
	if err != nil {
		t.Fatal(err)
	}
	begun := ask(h, "POST", "/tep", map[string]string{"Upload-Length": fmt.Sprint(len(body)), "Upload-Metadata": says(`C:\ảnh\họp.jpg`, sum)}, "")
	at := begun.Header().Get("Location")
	if begun.Code != http.StatusCreated || !strings.HasPrefix(at, "/tep/") || begun.Header().Get("Upload-Expires") == "" {
		t.Fatalf("%d %v", begun.Code, begun.Header())
	}
	piece := func(h http.Handler, at, offset, body string) *httptest.ResponseRecorder {
		return ask(h, "PATCH", at, map[string]string{"Upload-Offset": offset, "Content-Type": "application/offset+octet-stream"}, body)
	}
	if w := piece(h, at, "0", body[:1000]); w.Code != http.StatusNoContent || w.Header().Get("Upload-Offset") != "1000" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for name, w := range map[string]*httptest.ResponseRecorder{"another's piece": piece(other, at, "1000", "x"), "another's question": ask(other, "HEAD", at, nil, ""), "another drops it": ask(other, "DELETE", at, nil, ""),
		"a name that is none": ask(h, "HEAD", "/tep/..%2f..%2fetc", nil, "")} {
		if w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if w := piece(h, at, "0", body[:1000]); w.Code != http.StatusConflict || w.Header().Get("Upload-Offset") != "1000" {
		t.Errorf("a piece twice: %d", w.Code)
	}
	if w := ask(h, "PATCH", at, map[string]string{"Upload-Offset": "1000", "Content-Type": "text/plain"}, "x"); w.Code != http.StatusUnsupportedMediaType {
		t.Errorf("another kind: %d", w.Code)
	}
	if w := d.send(h, "/minh-chung/moi", proofOf(url.Values{"tep": {strings.TrimPrefix(at, "/tep/")}}), nil); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "chưa gửi xong") {
		t.Errorf("handed in unfinished: %d", w.Code)
	}
	// The line breaks inside a piece: what arrived stays.
	r := httptest.NewRequest("PATCH", at, io.MultiReader(strings.NewReader(body[1000:1500]), broken{}))
	r.Header.Set("Upload-Offset", "1000")
	r.Header.Set("Content-Type", "application/offset+octet-stream")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if head := ask(h, "HEAD", at, nil, ""); w.Code != http.StatusBadRequest || head.Header().Get("Upload-Offset") != "1500" || head.Header().Get("Upload-Length") != fmt.Sprint(len(body)) {
		t.Fatalf("after a break: %d, %v", w.Code, head.Header())
	}
	if w := piece(h, at, "1500", body[1500:]+"thừa"); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("too much: %d", w.Code)
	}
	if w := piece(h, at, "1500", body[1500:]); w.Code != http.StatusNoContent {
		t.Fatalf("the rest: %d %s", w.Code, w.Body)
	}
	if w := d.send(h, "/minh-chung/moi", proofOf(url.Values{"tep": {strings.TrimPrefix(at, "/tep/")}}), nil); w.Code != http.StatusSeeOther || d.f.all[0].Files[0].Name != "họp.jpg" || string(d.f.kept[sum]) != body {
		t.Fatalf("handed in: %d %s", w.Code, w.Body)
	}
	if w := ask(h, "HEAD", at, nil, ""); w.Code != http.StatusNotFound {
		t.Errorf("the upload is still there: %d", w.Code)
	}
	wrong := ask(h, "POST", "/tep", map[string]string{"Upload-Length": "3", "Upload-Metadata": says("a.jpg", strings.Repeat("0", 64))}, "").Header().Get("Location")
	if w := piece(h, wrong, "0", "abc"); w.Code != 460 {
		t.Errorf("a wrong sum: %d", w.Code)
	}
	for size, want := range map[string]int{"": 400, "0": 400, "-1": 400, fmt.Sprint(mostFile + 1): 413} {
		if w := ask(h, "POST", "/tep", map[string]string{"Upload-Length": size}, ""); w.Code != want {
			t.Errorf("size %q: %d", size, w.Code)
		}
	}
	late := ask(h, "POST", "/tep", map[string]string{"Upload-Length": "3"}, "").Header().Get("Location")
	now = time.Now().Add(25 * time.Hour)
	if w := piece(h, late, "0", "abc"); w.Code != http.StatusNotFound {
		t.Errorf("what is too old: %d", w.Code)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestHeavyPictures: a picture is bounded by what its decoder holds, which is more than the picture for some.
func TestHeavyPictures(t *testing.T) {
	encoded := func(img image.Image) []byte {
		var b bytes.Buffer
		if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	deep := encoded(image.NewGray16(image.Rect(0, 0, 3000, 3000))) // 9 million points of 16 bits
	d := newHandDesk(t)
	d.f.kept["deep"], d.f.kept["wide"], d.f.kept["plain"] = deep, encoded(image.NewGray(image.Rect(0, 0, 4800, 3600))), encoded(image.NewGray(image.Rect(0, 0, 3000, 3000)))
	d.f.all = []media.Handin{{ID: "h1", Kind: media.HandProof, Plan: d.p.plan.ID, Quota: "A-8", Owner: "suong-ha/so-xay-dung", Title: "x", From: day("2023-03-01"), Acts: []media.HandinAct{{Seq: 1, Kind: media.HandedIn, At: d.p.now, Actor: "x"}}}}
	for _, hash := range []string{"deep", "wide", "plain"} {
		d.f.all[0].Files = append(d.f.all[0].Files, media.HandinFile{Hash: hash, Name: hash + ".png", Type: "image/png"})
	}
	for n, want := range []int{http.StatusUnsupportedMediaType, http.StatusUnsupportedMediaType, http.StatusOK} {
		if w := get(t, d.as(access.Officer), "/minh-chung/h1/anh/"+strconv.Itoa(n+1)); w.Code != want {
			t.Errorf("picture %d: %d, want %d", n+1, w.Code, want)
		}
	}
	plain := photo(8, 8)
	at := bytes.Index(plain, []byte{0xff, 0xc0})
	progressive, four := slices.Clone(plain), slices.Clone(plain)
	progressive[at+1], four[at+9] = 0xc2, 4
	for name, x := range map[string]struct {
		format string
		head   []byte
		want   bool
	}{"plain": {"jpeg", plain, false}, "progressive": {"jpeg", progressive, true}, "four colours": {"jpeg", four, true}, "cut off": {"jpeg", plain[:at], true}, "webp": {"webp", nil, false}} {
		if got := heavy(x.format, image.Config{}, x.head); got != x.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
