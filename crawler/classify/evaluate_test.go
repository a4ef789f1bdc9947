package classify

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"loa/media"
)

func TestMeasure(t *testing.T) {
	c := must(t)
	ps := c.Predict([]Labelled{
		{Doc: Doc{Title: "Cải cách thủ tục hành chính ở huyện"}, Reform: true, Topic: media.TTHC},
		{Doc: Doc{Title: "Chợ hoa ngày Tết"}, Reform: true},
		{Doc: Doc{Title: "Tỉnh tinh giản biên chế"}, Hard: true},
		{Doc: Doc{Title: "Giá vàng hôm nay"}, Sample: "random"},
	})
	f := Measure(ps)
	if f.Right != 1 || f.Missed != 1 || f.Wrong != 1 || f.Rejected != 1 || f.Hard != 1 || f.HardWrong != 1 || f.Primary != 1 || f.Topical != 1 || f.General != 1 || f.GeneralWrong != 0 || f.N() != 4 {
		t.Errorf("%+v", f)
	}
	if f.Asked+f.Accepted+f.Refused != 4 || f.RefusedWrong > 1 {
		t.Errorf("%+v", f)
	}
	if f.Precision() != 0.5 || f.Recall() != 0.5 || f.F1() != 0.5 {
		t.Errorf("P %v R %v F1 %v", f.Precision(), f.Recall(), f.F1())
	}
	if (Figures{}).F1() != 0 {
		t.Error("F1 of nothing")
	}
	if wrong := Mistakes(ps); len(wrong) != 2 || math.Abs(wrong[0].Score-0.5) < math.Abs(wrong[1].Score-0.5) {
		t.Errorf("mistakes: %+v", wrong)
	}
	low, high := Interval(ps, Figures.F1)
	if !(low < 0.5 && 0.5 < high) {
		t.Errorf("F1 lies between %v and %v", low, high)
	}
}

func TestCalibration(t *testing.T) {
	ps := []Prediction{{Score: 0.05}, {Score: 0.05, Labelled: Labelled{Reform: true}}, {Score: 1, Labelled: Labelled{Reform: true}}, {Score: 0.92}}
	bins, ece := Calibration(ps)
	if b := bins[0]; b.N != 2 || math.Abs(b.Said-0.05) > 1e-9 || b.Share != 0.5 {
		t.Errorf("first bin %+v", b)
	}
	if b := bins[9]; b.N != 2 || math.Abs(b.Said-0.96) > 1e-9 || b.Share != 0.5 || math.Abs(ece-(0.45*2+0.46*2)/4) > 1e-9 {
		t.Errorf("last bin %+v, error %v", b, ece)
	}
}

func TestReadLabelled(t *testing.T) {
	read := func(s string) (Labelled, error) {
		var f map[string]json.RawMessage
		if err := json.Unmarshal([]byte(s), &f); err != nil {
			t.Fatal(err)
		}
		return ReadLabelled(f)
	}
	d, err := read(`{"id":7,"title":"T","body":"B","label":"cchc","topic":"tthc","topics_ok":["tthc","chi-dao"],"borderline":true,"sample":"random","source":"s","date":"2023"}`)
	if err != nil || d.ID != "7" || !d.Reform || d.Topic != "tthc" || len(d.Topics) != 2 || !d.Borderline || d.Sample != "random" || d.Source != "s" || d.Body != "B" {
		t.Errorf("%+v, %v", d, err)
	}
	if d, err := read(`{"id":"x","title":"T","reform":false,"hard":true}`); err != nil || d.Reform || !d.Hard || d.ID != "x" {
		t.Errorf("%+v, %v", d, err)
	}
	for s, want := range map[string]string{
		`{"title":"T"}`:                                  "label or reform",
		`{"title":"T","label":"yes"}`:                    "cchc or khong",
		`{"title":"T","reform":"true"}`:                  "true or false",
		`{"reform":true}`:                                "nothing to read",
		`{"title":"T","reform":true,"topic":"x"}`:        "topic",
		`{"title":3,"reform":true}`:                      "title",
		`{"title":"T","label":"cchc","topics_ok":"thc"}`: "topics_ok",
	} {
		if _, err := read(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", s, err, want)
		}
	}
}
