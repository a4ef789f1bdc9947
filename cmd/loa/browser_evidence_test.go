package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"loa/media"
	"loa/web/access"
)

// photo is a picture as a telephone makes it.
func photo(t *testing.T, shade uint8) string {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 320, 240))
	for i := range 320 * 240 {
		m.Set(i%320, i/320, color.RGBA{shade, uint8(i % 320 / 2), uint8(i / 320), 255})
	}
	var b bytes.Buffer
	path := filepath.Join(t.TempDir(), fmt.Sprintf("anh-%d.jpg", shade))
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestBrowserEvidence: the clerk of a department hands in a photo, with the page's scripts and without, and sees it; of
// another department's evidence they see nothing.
func TestBrowserEvidence(t *testing.T) {
	t.Parallel()
	e, desk := seededDesk(t)
	others, err := e.addHandins(t.Context(), []media.Handin{{Kind: media.HandProof, Plan: e.plan.ID, Quota: "A-2.3", Owner: "mau/so-xay-dung", From: seedEnd.AddDate(0, 0, -5), Title: "Giao ban của Sở Xây dựng", Document: "05/BB-SXD", Amounts: map[string]int{"events": 1}, Grade: media.GradeB}}, "Cán bộ Sở Xây dựng", false)
	if err != nil {
		t.Fatal(err)
	}
	w := newTab(t, desk.URL)
	w.enter(e, logins[access.Clerk])
	for i, scripts := range []bool{true, false} {
		w.scripts(scripts)
		title := fmt.Sprintf("Giao ban tuần %d có nội dung cải cách hành chính", i+8)
		w.open("/minh-chung/moi")
		duty := ask[string](w, `(o => o ? o.value : "")([...document.querySelectorAll("select[data-duty] option")].find(o => (o.dataset.amounts || "").split(/[ ,]+/).includes("events")))`)
		if duty == "" {
			t.Fatalf("no duty is done by events\n%s", ask[string](w, `document.querySelector("select[data-duty]").outerHTML`))
		}
		w.fill("Làm việc gì", duty)
		w.fill("Nội dung", title)
		w.fill("Ngày, hoặc từ ngày", "01/3/2023")
		w.fill("Chọn tệp hoặc chụp ảnh", photo(t, uint8(40+i)))
		if scripts { // it is sent at once
			w.do(chromedp.WaitVisible(chromedp.CSS(`[data-sending] input[name="tep"]`)))
			w.says("anh-40.jpg")
		}
		w.do(chromedp.SendKeys(chromedp.CSS("#f-n-events"), "1"))
		w.fill("Tôi xác nhận", "co")
		w.press(w.button("Nộp"))
		w.says(title, "Tải về: anh-4")
		if ask[int](w, `Promise.all([...document.querySelectorAll("main img")].map(i => (i.loading = "eager", i.decode().then(() => i.naturalWidth)))).then(n => Math.max(0, ...n))`) == 0 {
			t.Errorf("the photo is not shown\n%s", w.shown())
		}
		w.open("/minh-chung")
		w.says(title)
		w.silent("Giao ban của Sở Xây dựng")
	}
	w.allow(403, 404)
	if code := w.open("/minh-chung/" + others[0].ID); code < 400 {
		t.Errorf("another department's evidence: answer %d", code)
	}
	w.silent("Giao ban của Sở Xây dựng", "05/BB-SXD")
}

// printed are the sheets of a printed page: width and height in points.
var printed = regexp.MustCompile(`/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]`)

// TestBrowserPrint: the board prints on sheets that lie, from the first, and a list as well; what is to be done today on one
// that stands.
func TestBrowserPrint(t *testing.T) {
	t.Parallel()
	e, desk := seededDesk(t)
	w := newTab(t, desk.URL)
	w.enter(e, logins[access.Officer])
	for path, want := range map[string]struct {
		lies bool
		most int
	}{"/": {false, 1}, "/bang-theo-doi": {true, 4}, "/nguon": {true, 12}} {
		w.open(path)
		own := true
		got, err := chromedp.Call(w.ctx, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: &own})
		if err != nil {
			t.Fatal(err)
		}
		if *screens != "" {
			if err := os.WriteFile(filepath.Join(*screens, "in-"+fileName(path)+".pdf"), got.Data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		sheets := printed.FindAllSubmatch(got.Data, -1)
		if len(sheets) == 0 || len(sheets) > want.most {
			t.Errorf("%s prints on %d sheets, want 1 to %d", path, len(sheets), want.most)
		}
		for i, m := range sheets {
			wide, err := strconv.ParseFloat(string(m[1]), 64)
			high, err2 := strconv.ParseFloat(string(m[2]), 64)
			if err != nil || err2 != nil || (wide > high) != want.lies {
				t.Errorf("%s: sheet %d is %s × %s", path, i+1, m[1], m[2])
			}
		}
	}
}
