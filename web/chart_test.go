package web

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"loa/schedule"
)

// drawing is what a test reads out of a picture.
type drawing struct {
	Label string `xml:"aria-labelledby,attr"`
	Title string `xml:"title"`
	Desc  string `xml:"desc"`
	Texts []struct {
		Class string  `xml:"class,attr"`
		Y     float64 `xml:"y,attr"`
		Is    string  `xml:",chardata"`
	} `xml:"text"`
	Rects []struct {
		Class  string  `xml:"class,attr"`
		X      float64 `xml:"x,attr"`
		Y      float64 `xml:"y,attr"`
		Height float64 `xml:"height,attr"`
		Fill   string  `xml:"fill,attr"`
	} `xml:"rect"`
	Lines []struct {
		Class string  `xml:"class,attr"`
		Y     float64 `xml:"y1,attr"`
	} `xml:"line"`
}

var svgs = regexp.MustCompile(`(?s)<svg viewBox="0 0 440 216".*?</svg>`)

// drawings are a page's pictures, by the title in them. They have to be XML as
// they stand.
func drawings(t *testing.T, body string) []drawing {
	t.Helper()
	var out []drawing
	for _, text := range svgs.FindAllString(body, -1) {
		dec := xml.NewDecoder(strings.NewReader(text))
		for {
			if _, err := dec.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%v in %s", err, text)
			}
		}
		var d drawing
		if err := xml.Unmarshal([]byte(text), &d); err != nil {
			t.Fatal(err)
		}
		out = append(out, d)
	}
	return out
}

// TestPictures: every quota of more than one period has its picture on the
// board, in the plan's order, and one on its own page and its standings'.
func TestPictures(t *testing.T) {
	f := newFake()
	h := f.handler()
	board := get(t, h, "/bang-theo-doi?bieu-do=1").Body.String()
	var titles []string
	for _, d := range drawings(t, board) {
		titles = append(titles, strings.SplitN(d.Title, " ", 2)[0])
	}
	if want := []string{"B-D1", "A-6.1", "A-3.1", "A-4"}; !slices.Equal(titles, want) {
		t.Errorf("pictures of %v, want %v", titles, want)
	}
	if n := len(drawings(t, get(t, h, "/bang-theo-doi?trang-thai=met&bieu-do=1").Body.String())); n != 0 {
		t.Errorf("%d pictures on a filtered board", n)
	}
	for _, path := range []string{"/quotas/B-D1", "/quotas/A-4", "/tien-do/B-D1/dai-ptth/2023-W06"} {
		body := get(t, h, path).Body.String()
		if n := len(drawings(t, body)); n != 1 || !strings.Contains(body, `id="pt-met"`) {
			t.Errorf("%s: %d pictures", path, n)
		}
		if strings.Count(body, `class="here"`) != strings.Count(path, "tien-do") {
			t.Errorf("%s: the period of the page is not marked, or marked elsewhere", path)
		}
	}
	if n := len(drawings(t, get(t, h, "/quotas/B-A1").Body.String())); n != 0 {
		t.Errorf("%d pictures of what falls due once", n)
	}
	// Each fill that is used is a pattern of its own: colour never stands alone.
	for _, m := range regexp.MustCompile(`fill="url\(#([a-z-]+)\)"`).FindAllStringSubmatch(board, -1) {
		if !strings.Contains(board, `<pattern id="`+m[1]+`"`) {
			t.Errorf("no pattern %s", m[1])
		}
	}
	for _, c := range chips() {
		if !strings.Contains(board, `<pattern id="pt-`+c.Key+`"`) {
			t.Errorf("no pattern for %s", c.Key)
		}
	}
}

// TestPictureTellsTheStandings: axes begin at zero, bars are as high as what was
// delivered, and what is not known or not assessed is a gap with its word.
func TestPictureTellsTheStandings(t *testing.T) {
	f := newFake()
	d := drawings(t, get(t, f.handler(), "/quotas/B-D1").Body.String())[0]
	ticks := map[float64]float64{} // value by height
	for _, x := range d.Texts {
		if v, err := strconv.ParseFloat(x.Is, 64); err == nil && x.Class == "ax" && x.Y <= plotBottom {
			ticks[v] = x.Y
		}
	}
	if ticks[0] != plotBottom || ticks[1] >= plotBottom || len(ticks) < 2 {
		t.Fatalf("ticks %v", ticks)
	}
	zero := slices.IndexFunc(d.Lines, func(l struct {
		Class string  `xml:"class,attr"`
		Y     float64 `xml:"y1,attr"`
	}) bool {
		return l.Class == "zero"
	})
	if zero < 0 || d.Lines[zero].Y != plotBottom {
		t.Error("no line at zero")
	}
	one := ticks[0] - ticks[1] // height of one broadcast
	var want, got []string
	var of []schedule.Standing
	for _, st := range f.eval.Standings {
		if st.Quota == "B-D1" && !st.Start.After(f.now) {
			of = append(of, st)
		}
	}
	for _, st := range of[max(0, len(of)-chartPeriods):] {
		switch st.State {
		case schedule.Insufficient, schedule.Exempt:
			want = append(want, "gap")
		default:
			want = append(want, fmt.Sprintf("%.0f", st.Measures[0].Delivered))
		}
	}
	words := 0
	for _, r := range d.Rects {
		switch {
		case r.Class == "gap":
			got = append(got, "gap")
		case r.Class == "pic" && r.Y < 160:
			got = append(got, fmt.Sprintf("%.0f", r.Height/one))
			if r.Y+r.Height != plotBottom {
				t.Errorf("a bar floats: %+v", r)
			}
		}
	}
	for _, x := range d.Texts {
		if x.Class == "gapw" && (x.Is == "chưa đủ dữ liệu" || x.Is == "không đánh giá") {
			words++
		}
	}
	if !slices.Equal(got, want) || words != strings.Count(strings.Join(want, " "), "gap") || words == 0 {
		t.Errorf("drawn %v with %d words in gaps, want %v", got, words, want)
	}
	levels := 0
	for _, l := range d.Lines {
		if l.Class == "lv-ref" {
			t.Error("a number of the plan drawn as a reference level")
		}
		if l.Class == "lv-plan" && l.Y == ticks[1] {
			levels++
		}
	}
	if levels != len(want) || !strings.Contains(d.Desc, "chỉ tiêu: 1 mỗi kỳ") || !strings.Contains(d.Desc, "chưa đủ dữ liệu") {
		t.Errorf("%d steps of the level over %d periods; %s", levels, len(want), d.Desc)
	}
	ref := drawings(t, get(t, f.handler(), "/quotas/A-3.1").Body.String())[0]
	text := fmt.Sprint(ref.Texts)
	if fmt.Sprint(ref.Lines) == "" || !strings.Contains(text, "mức tham chiếu: 8") || strings.Contains(text, "chỉ tiêu") || strings.Contains(fmt.Sprint(ref.Lines), "lv-plan") {
		t.Errorf("a reference level drawn as the plan's: %s", text)
	}
}

// TestStackedPicture: of many owners every one is in the pile of its period.
func TestStackedPicture(t *testing.T) {
	f := newFake()
	d := drawings(t, get(t, f.handler(), "/quotas/A-4").Body.String())[0]
	n := map[string]int{}
	for _, st := range f.eval.Standings {
		if st.Quota == "A-4" && !st.Start.After(f.now) {
			n[st.Period]++
		}
	}
	top := 0
	for _, k := range n {
		top = max(top, k)
	}
	axis := scale(float64(top))
	sum, piles := 0.0, map[float64]bool{}
	for _, r := range d.Rects {
		if r.Class == "pic" {
			sum += r.Height
			piles[r.X] = true
		}
	}
	if want := (plotBottom - axis.y(float64(top))) * float64(len(n)); len(piles) != len(n) || sum < want-2 || sum > want+2 {
		t.Errorf("%d piles of %.1f together, want %d of %.1f", len(piles), sum, len(n), want)
	}
}

func TestScale(t *testing.T) {
	for largest, want := range map[float64]string{1: "0 1", 2: "0 1 2", 5: "0 1 2 3 4 5", 6: "0 2 4 6", 11: "0 5 10 15", 13: "0 5 10 15", 99.5: "0 20 40 60 80 100", 1200: "0 500 1.000 1.500"} {
		got := ""
		for _, x := range scale(largest).ticks() {
			got += " " + x.Label
		}
		if strings.TrimSpace(got) != want {
			t.Errorf("%v: %s, want %s", largest, got, want)
		}
	}
	for id, want := range map[string]string{"2023-W09": "9", "2023-12": "12", "2023-03@14": "3", "2023-Q2@14": "II", "2023-H1": "đầu năm", "2023": "2023"} {
		if got := shortPeriod(id); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
}

// TestWindow: a page about a period further back shows the periods up to it.
func TestWindow(t *testing.T) {
	f := newFake()
	f.now = at("2023-12-20 09:00")
	f.derive()
	for path, here := range map[string]bool{"/tien-do/B-D1/dai-ptth/2023-W05": true, "/tien-do/B-D1/dai-ptth/2023-W51": true, "/tien-do/B-D1/dai-ptth/2023-W45": true} {
		body := get(t, f.handler(), path).Body.String()
		week := strings.TrimPrefix(path[strings.LastIndex(path, "W")+1:], "0")
		if strings.Contains(body, `class="here"`) != here || !regexp.MustCompile(`text-anchor="middle">`+week+`</text>`).MatchString(body) {
			t.Errorf("%s does not show its own week", path)
		}
		if n := strings.Count(body, `height="13"`); n > chartPeriods {
			t.Errorf("%s: %d periods", path, n)
		}
	}
}
