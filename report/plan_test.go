package report

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"loa/plans"
	"loa/schedule"
	"loa/schedule/calendar"
)

// testProvince is the small province of the plan reader's tests.
func testProvince(t *testing.T, year int) *schedule.Plan {
	t.Helper()
	files := fstest.MapFS{}
	for _, name := range []string{"agencies.yaml", "sources.yaml", fmt.Sprint(year, ".yaml")} {
		data, err := os.ReadFile(filepath.Join("..", "plans", "testdata", "good", name))
		if err != nil {
			t.Fatal(err)
		}
		files["thu/"+name] = &fstest.MapFile{Data: data}
	}
	p, _, problems := plans.Load(files, fmt.Sprint("thu/", year))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	p.Version = "phiên bản" // follows every remark in the file
	return p
}

func yenBai(t *testing.T) *schedule.Plan {
	t.Helper()
	p, _, problems := plans.Load(plans.Files(), "yen-bai/2023")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return p
}

func TestWritePlan(t *testing.T) {
	for _, c := range []struct {
		name string
		year int
		view PlanView
	}{
		{"plan-2023.txt", 2023, PlanView{}}, {"plan-2024.txt", 2024, PlanView{}}, {"plan-2024-owner.txt", 2024, PlanView{ByOwner: true, Width: 80}}, {"plan-2024.md", 2024, PlanView{Format: "md"}},
	} {
		var got bytes.Buffer
		if err := WritePlan(&got, testProvince(t, c.year), c.view); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", c.name)
		if *update {
			if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got.String() != string(want) {
			t.Errorf("%s differs; run with -update and look at the change", path)
		}
	}
}

// quoted is what the plan itself, or whoever set a level, is quoted with.
var quoted = regexp.MustCompile(`«[^«»]*(«[^«»]*»[^«»]*)*»`)

// TestNoReferenceLevelIsATarget: what rests on a reference is never shown as
// the plan's own number, and nothing of ours is called a rule.
func TestNoReferenceLevelIsATarget(t *testing.T) {
	plan := yenBai(t)
	targets := 0
	for _, p := range []*schedule.Plan{plan, testProvince(t, 2023), testProvince(t, 2024)} {
		n := NamesOf(p)
		for _, q := range p.Quotas {
			e := n.quotaEntry(p, q)
			own := false
			for _, f := range numbers(q) {
				own = own || f.basis != schedule.ByReference
			}
			for _, r := range e.rows {
				words := quoted.ReplaceAllString(r.label+" "+strings.Join(r.lines, " "), "")
				low := strings.ToLower(words)
				if strings.Contains(low, "quy định") {
					t.Errorf("%s speaks of a rule: %s", q.ID, words)
				}
				if !own && strings.Contains(low, "chỉ tiêu") {
					t.Errorf("%s has no number of the plan's own, yet: %s", q.ID, words)
				}
			}
			if own && p == plan {
				targets++
			}
			if cell := brief(q, schedule.ByPlan); !own && cell != "" && !slices.ContainsFunc(q.Conditions, func(c schedule.Condition) bool { return c.Name == "min_minutes" && c.Basis == schedule.ByPlan }) {
				t.Errorf("%s: %q stands among the plan's own numbers", q.ID, cell)
			}
		}
	}
	if targets != 3 { // docs/RULES.md 1: three hard numbers
		t.Errorf("%d quotas of plan 285 have a number of the plan's own", targets)
	}
	for _, view := range []PlanView{{}, {ByOwner: true}, {Format: "md"}} {
		var b bytes.Buffer
		if err := WritePlan(&b, plan, view); err != nil {
			t.Fatal(err)
		}
		for _, q := range plan.Quotas {
			for _, c := range q.Clauses {
				if view.Format == "md" && !strings.Contains(strings.NewReplacer(`\[`, "[", `\]`, "]").Replace(b.String()), c.Words()) {
					t.Errorf("%s does not quote %q", q.ID, c.Words())
				}
			}
			if !strings.Contains(b.String(), q.ID) {
				t.Errorf("no %s", q.ID)
			}
		}
		for line := range strings.Lines(b.String()) {
			if n := len([]rune(strings.TrimRight(line, "\n"))); view.Format == "" && n > 100 {
				t.Errorf("%d characters: %s", n, line)
			}
		}
	}
}

// TestEveryFieldHasWords: a field nobody named would show its Go name.
func TestEveryFieldHasWords(t *testing.T) {
	names := labels()
	want := map[string]bool{}
	for part, typ := range map[string]reflect.Type{"plan": reflect.TypeFor[schedule.Plan](), "quota": reflect.TypeFor[schedule.Quota](),
		"form": reflect.TypeFor[schedule.Form](), "content": reflect.TypeFor[schedule.Content](), "not_duty": reflect.TypeFor[schedule.NotDuty](), "document": reflect.TypeFor[schedule.Document](),
		"letterhead": reflect.TypeFor[schedule.Letterhead](), "retention": reflect.TypeFor[schedule.Retention]()} {
		for _, f := range reflect.VisibleFields(typ) {
			listed := part == "plan" && f.Type.Kind() == reflect.Slice
			if !f.IsExported() || f.Anonymous || listed || f.Name == "Version" || len(f.Index) > 1 && f.Name == "Text" || part != "quota" && f.Name == "ID" && part != "plan" {
				continue
			}
			want[part+"."+f.Name] = true
			if names[part+"."+f.Name] == "" {
				t.Errorf("%s.%s has no words", part, f.Name)
			}
		}
	}
	for name := range names {
		if !want[name] && !strings.HasSuffix(name, ".ID") {
			t.Errorf("%s is no field any more", name)
		}
	}
}

func TestWritePlanDiff(t *testing.T) {
	a, b := yenBai(t), yenBai(t)
	var out bytes.Buffer
	if differ, err := WritePlanDiff(&out, a, b); differ || err != nil || out.Len() > 0 {
		t.Fatalf("a plan differs from itself: %v %s", err, &out)
	}
	b.Number, b.Windows = "9/KH-UBND", b.Windows[1:]
	at := func(id string) *schedule.Quota {
		return &b.Quotas[slices.IndexFunc(b.Quotas, func(q schedule.Quota) bool { return q.ID == id })]
	}
	q := at("A-4")
	q.Wanted, q.MaxGapBasis, q.Cadence, q.Owner = 5, schedule.ByPlan, calendar.Quarter, schedule.Owner{Agency: "yen-bai/bao"}
	q = at("A-3.1")
	q.WantedBasis, q.Basis, q.Wanted = schedule.ByPlan, schedule.ByPlan, 9
	q = at("B-C2")
	q.Share.Value, q.Hours = 95, [2]int{}
	q = at("B-D1")
	q.Conditions = slices.Clone(q.Conditions)
	q.Conditions[0].Value, q.Clauses, q.Tolerance = 20, q.Clauses[:4], 0
	q = at("A-8")
	q.ID, q.Title = "A-9", "Việc mới"
	b.Contents = slices.Clone(b.Contents)
	b.Contents[4].Topics = []string{"tthc"}
	if differ, err := WritePlanDiff(&out, a, b); !differ || err != nil {
		t.Fatal(differ, err)
	}
	for _, s := range []string{
		"  số, ký hiệu: 285/KH-UBND → 9/KH-UBND\n",
		"  sửa   A-4  Tin, bài về kết quả", "số lượng tối thiểu trong kỳ: 2 (mức tham chiếu) → 5 (mức tham chiếu)\n", "tính chất của khoảng trống dài nhất: mức tham chiếu → chỉ tiêu\n",
		"tần suất: hằng tháng → hằng quý\n", "cơ quan thực hiện: sở, ban, ngành; huyện, thị xã, thành phố → Báo Yên Bái\n",
		"số lượng tối thiểu trong kỳ: 8 (mức tham chiếu) → 9 (chỉ tiêu)\n",
		"độ sẵn sàng, phần trăm: 99 (mức tham chiếu) → 95 (mức tham chiếu)\n", "giờ theo dõi: từ 06h00 đến 22h00 → cả ngày\n",
		"điều kiện: bỏ mỗi lần phát sóng dài ít nhất 15 phút, không cộng dồn (theo chữ của kế hoạch); thêm mỗi lần phát sóng dài ít nhất 20 phút, không cộng dồn (theo chữ của kế hoạch)\n",
		"câu trích: bỏ dòng 99: «vào thời điểm có nhiều người theo dõi»\n", "số giây thiếu được đưa ra xem xét: 30 → 0\n",
		"  bỏ    A-8  Các hình thức", "  thêm  A-9  Việc mới", "  bỏ    truyền hình từ 18h00 đến 22h00\n", "chủ đề: Chỉ đạo, điều hành cải cách hành chính → Cải cách thủ tục hành chính\n",
	} {
		if !strings.Contains(out.String(), s) {
			t.Errorf("does not say %q", s)
		}
	}
	if strings.Contains(out.String(), "tính chất của mức chính") || strings.Contains(out.String(), "tính chất của số lượng") {
		t.Errorf("the basis is told beside its number and again: %s", &out)
	}
	if t.Failed() {
		t.Log(out.String())
	}
}

// TestPlanTellsItsChanges: every number changed by a person, with who and why.
func TestPlanTellsItsChanges(t *testing.T) {
	p := yenBai(t)
	day := func(s string) schedule.Change {
		return schedule.Change{Quota: "A-4", Field: "wanted", From: at(s + " 00:00"), At: at("2023-02-01 08:00"), Actor: "Bà Mai"}
	}
	first, second := day("2023-03-01"), day("2023-06-01")
	first.Value, first.Basis = "3", "Công văn 7/SNV"
	second.Value, second.Basis, second.Field = "20", "Công văn 9/SNV", "max_gap"
	changed, errs := schedule.Changed(p, []schedule.Change{second, first})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	n := NamesOf(changed)
	for _, q := range changed.Quotas {
		if q.ID != "A-4" {
			continue
		}
		got := n.history(q)
		want := []string{
			"từ ngày 01/3/2023: số lượng tối thiểu trong kỳ: 2 (mức tham chiếu) → 3 (mức tham chiếu) (người điều chỉnh: Bà Mai; căn cứ: Công văn 7/SNV)",
			"từ ngày 01/6/2023: khoảng trống dài nhất, ngày: 30 (mức tham chiếu) → 20 (mức tham chiếu) (người điều chỉnh: Bà Mai; căn cứ: Công văn 9/SNV)"}
		if !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
		if w := n.ChangeWords(q.Was[0].Quota, q); len(w) != 2 {
			t.Errorf("%q", w)
		}
	}
}
