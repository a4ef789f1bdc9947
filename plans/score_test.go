package plans

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"loa/schedule"
)

func scorePlan() *schedule.Plan {
	return &schedule.Plan{ID: "thu/2023", Quotas: []schedule.Quota{{ID: "A-4"}, {ID: "B-D1"}}, Forms: []schedule.Form{{ID: "F1"}, {ID: "F2"}}}
}

func scoreOf(text string) (*schedule.ScoreModel, []Problem) {
	return Score(fstest.MapFS{"thu/2023.score.yaml": {Data: []byte(text)}}, "thu/2023", scorePlan())
}

const goodScore = `basis: mức tham chiếu
criteria:
  - {id: ke-hoach, title: Thực hiện kế hoạch, kind: completion, max: 1, floor: 50, share: 80, duties: [A-4], bands: [{from: 100, points: 1}, {from: 80, points: 0.88}]}
  - {id: da-dang, title: Đa dạng, kind: diversity, max: 1.0, parts: [{title: Một, points: 0.5, forms: [F1, F2], at_least: 2}, {title: Hai, points: 0.25, duties: [B-D1]}]}
`

// TestScoreFile: a model is read whole, and every mistake is told in Vietnamese with its line.
func TestScoreFile(t *testing.T) {
	m, problems := scoreOf(goodScore)
	if len(problems) > 0 || len(m.Criteria) != 2 || m.Criteria[0].Bands[1].Points != 0.88 || m.Criteria[0].Share != 80 || m.Criteria[1].Parts[1].AtLeast != 1 {
		t.Fatalf("%v %+v", problems, m)
	}
	if m, problems := Score(fstest.MapFS{}, "thu/2023", scorePlan()); m != nil || problems != nil {
		t.Error("a plan without a model is no mistake")
	}
	for bad, want := range map[string]string{
		strings.Replace(goodScore, "max: 1,", "max: nhiều,", 1):                               "số điểm lớn hơn 0",
		strings.Replace(goodScore, "max: 1,", "max: 1.005,", 1):                               "tối đa hai chữ số thập phân",
		strings.Replace(goodScore, "max: 1,", "max: 1e2,", 1):                                 "số điểm",
		strings.Replace(goodScore, "floor: 50", "floor: 120", 1):                              "số nguyên từ 0 đến 100",
		strings.Replace(goodScore, "floor: 50", "floor: 90", 1):                               "dưới mức sàn",
		strings.Replace(goodScore, "[A-4]", "[A-9]", 1):                                       "mã của một nhiệm vụ",
		strings.Replace(goodScore, "[F1, F2]", "[F1, F9]", 1):                                 "mã của một hình thức",
		strings.Replace(goodScore, "[F1, F2]", "[F1, F1]", 1):                                 "hai lần",
		strings.Replace(goodScore, "at_least: 2", "at_least: 3", 1):                           "chỉ ghi 2",
		strings.Replace(goodScore, "points: 1}, {from: 80, points: 0.88}", "points: 1.5}", 1): "lớn hơn",
		strings.Replace(goodScore, "from: 80", "from: 100", 1):                                "cao xuống thấp",
		strings.Replace(goodScore, "points: 0.25", "points: 0.75", 1):                         "tổng điểm các phần là 1,25",
		strings.Replace(goodScore, "da-dang", "ke-hoach", 1):                                  "cần mã riêng",
		strings.Replace(goodScore, "kind: diversity", "kind: completion", 1):                  "không dùng cho tiêu chí",
		strings.Replace(goodScore, "kind: diversity", "kind: khac", 1):                        "một trong: completion, diversity",
		strings.Replace(goodScore, ", duties: [B-D1]", "", 1):                                 "minh chứng nào cho phần này",
		strings.Replace(goodScore, "basis: mức tham chiếu\n", "", 1):                          "thiếu khóa",
		"basis: a\ncriteria: []\n":                                                            "ít nhất một tiêu chí",
		"":                                                                                    "tệp trống",
	} {
		m, problems := scoreOf(bad)
		if m != nil || !slices.ContainsFunc(problems, func(p Problem) bool { return strings.Contains(p.Msg, want) }) {
			t.Errorf("want «%s», got %v of\n%s", want, problems, bad)
		}
	}
	for _, id := range []string{"yen-bai/2023"} {
		p, _, _ := Load(Files(), id)
		if m, problems := Score(Files(), id, p); m == nil || len(problems) > 0 {
			t.Errorf("%s: %v", id, problems)
		}
	}
}

// FuzzScore: whatever the file holds, the reader ends, every mistake has its place, and what passes gives between nothing and the most.
func FuzzScore(f *testing.F) {
	f.Add(goodScore)
	f.Add("basis: a\ncriteria: [{id: a, title: b, kind: completion, max: 0.01}]\n")
	f.Add("criteria: &x [*x]\n")
	f.Add("basis: [\x00]\ncriteria: {max: .inf}\n")
	f.Fuzz(func(t *testing.T, text string) {
		m, problems := scoreOf(text)
		for _, x := range problems {
			if !fs.ValidPath(x.File) || x.Line < 0 || x.Msg == "" {
				t.Fatalf("mistake without place or words: %+v", x)
			}
		}
		if (m == nil) != (len(problems) > 0) {
			t.Fatalf("%v %v", m, problems)
		}
		if m == nil {
			return
		}
		if s := m.Simulate(scorePlan(), nil, []string{"F1"}, scorePlan().From); s.Points < 0 || s.Points > s.Max+0.001 {
			t.Fatalf("%v of %v", s.Points, s.Max)
		}
	})
}

// TestSessionDaysOfAPlan: the days of closing a period are read, in order.
func TestSessionDaysOfAPlan(t *testing.T) {
	read := func(session string) (schedule.SessionDays, []Problem) {
		fsys := fstest.MapFS{}
		for _, name := range []string{"agencies", "sources", "2023"} {
			raw, err := os.ReadFile("testdata/good/" + name + ".yaml")
			if err != nil {
				t.Fatal(err)
			}
			if name == "2023" {
				raw = append(raw, session...)
			}
			fsys["thu/"+name+".yaml"] = &fstest.MapFile{Data: raw}
		}
		p, _, problems := Load(fsys, "thu/2023")
		return p.SessionDays(), problems
	}
	if d, problems := read(""); len(problems) > 0 || d != schedule.UsualSessionDays() {
		t.Errorf("%+v %v", d, problems)
	}
	if d, problems := read("session: {units: 17, begin: 18, sent: 21, basis: CV 1}\n"); len(problems) > 0 || d.Units != 17 || d.To != 19 || d.Sent != 21 || d.Basis != "CV 1" {
		t.Errorf("%+v %v", d, problems)
	}
	for _, bad := range []string{"session: {units: 14}\n", "session: {units: 20}\n", "session: {sent: 18}\n", "session: [1]\n"} {
		if _, problems := read(bad); len(problems) == 0 {
			t.Errorf("takes %s", bad)
		}
	}
}
