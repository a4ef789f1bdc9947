package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"loa/plans"
	"loa/schedule"
)

func (d desk) has(out string, says ...string) {
	d.t.Helper()
	for _, s := range says {
		if !strings.Contains(out, s) {
			d.t.Errorf("does not say %q: %s", s, out)
		}
	}
}

// TestPlanShow reads the shipped plan, and leaves no database behind.
func TestPlanShow(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	out, errOut, code := loa(t, "", "plan", "show", "yen-bai/2023", "--data", data)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errOut)
	}
	d := desk{t: t}
	d.has(out, "KẾ HOẠCH SỐ 285/KH-UBND", "30/12/2022", "B-D1. ", "Chỉ tiêu            ít nhất 01 lần phát sóng, hằng tuần", "trước ngày 31/01/2023 (ngày cuối còn kịp là 30/01/2023)",
		"Mức tham chiếu      ít nhất 02 tin, bài, hằng tháng", "dòng 99: «", "F11. ", "KHÔNG PHẢI NHIỆM VỤ", "chưa có văn bản")
	if strings.Contains(out, "Dữ liệu mẫu") {
		t.Error("the real plan is called a sample")
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("reading a plan made a database")
	}
	file := filepath.Join(t.TempDir(), "ke-hoach.md")
	if out, errOut, code := loa(t, "", "plan", "show", "yen-bai/2023", "--data", data, "--format", "md", "--by", "owner", "-o", file); code != 0 || out != "" {
		t.Fatalf("exit %d: %s%s", code, out, errOut)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	d.has(string(text), "# Kế hoạch số 285/KH-UBND", "| B-D1 | ", "### Đài PT-TH tỉnh", "#### B-D1. ", "- **Mức tham chiếu:**")
}

// planFile writes the sample plan with some of it otherwise.
func (d desk) planFile(name string, change ...string) string {
	d.t.Helper()
	data, err := os.ReadFile(filepath.Join(d.plans, "mau", "2023.yaml"))
	if err != nil {
		d.t.Fatal(err)
	}
	text := strings.NewReplacer(change...).Replace(string(data))
	if len(change) > 0 && text == string(data) {
		d.t.Fatalf("nothing changed by %q", change)
	}
	return d.file(name, []byte(text))
}

func TestPlanDiff(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const own = "mau/2023"
	if out := d.ok("plan", "diff", own, own); !strings.Contains(out, "Không có khác biệt.") {
		t.Error(out)
	}
	draft := d.planFile("du-thao.yaml", "wanted: {value: 8, basis: reference}", "wanted: {value: 9, basis: reference}", "number: 312/KH-UBND", "number: 1/KH-UBND")
	out := d.ok("plan", "diff", own, draft)
	d.has(out, "số, ký hiệu: 312/KH-UBND → 1/KH-UBND", "A-3.1", "8 (mức tham chiếu) → 9 (mức tham chiếu)", "Dữ liệu mẫu")
	d.refused(2, []string{"chưa có cơ sở dữ liệu"}, "plan", "diff", own, "abcdef")

	d.ok("standing", "--at", "2023-02-01") // the version is used, and kept
	versions, err := d.store().PlanVersions(t.Context(), own)
	if err != nil || len(versions) != 1 {
		t.Fatal(versions, err)
	}
	if out := d.ok("plan", "diff", versions[0].Version[:6], own); !strings.Contains(out, "Không có khác biệt.") {
		t.Error(out)
	}
	d.refused(2, []string{"không có phiên bản", "«000000»"}, "plan", "diff", own, "000000")
	d.refused(2, []string{"ít nhất 6 ký tự"}, "plan", "diff", own, "00000")
	d.refused(2, []string{"không đọc được tệp"}, "plan", "diff", own, "khong-co.yaml")
	d.refused(1, []string{"hong.yaml:", "khóa lạ"}, "plan", "diff", own, d.planFile("hong.yaml", "cadence: week", "nhịp: week"))
}

// TestPlanSimulate: a draft that asks for more shows who would not have kept
// it, and nothing of it is stored.
func TestPlanSimulate(t *testing.T) {
	t.Parallel()
	const at = "2023-04-10T08:00"
	d := crawled(t, at, "bao-cchc")
	before, state := d.held(), d.standing(at, "A-6.1", "bao", "2023-03").State
	draft := d.planFile("du-thao.yaml", "wanted: {value: 2, basis: plan}", "wanted: {value: 31, basis: plan}", "deadline: 2023-01-31", "deadline: 2023-02-15")
	simulate := []string{"plan", "simulate", "--with", draft, "--at", at}
	out := d.ok(simulate...)
	d.has(out, "không thay thế đánh giá chính thức", "quý I/2023", "Dữ liệu mẫu", "A-6.1", "2023-03", "/2 → ", "/31", "Theo chỉ tiêu của kế hoạch: ", "Theo mức tham chiếu: ", "B-A1")
	if strings.Contains(out, "A-4 ") {
		t.Errorf("A-4 is the same under both: %s", out)
	}
	var quotas []string
	for line := range strings.Lines(d.ok(append(simulate, "--json", "--period", "2023-03")...)) {
		var x schedule.Difference
		if err := json.Unmarshal([]byte(line), &x); err != nil {
			t.Fatal(err)
		}
		if x.Quota == "A-6.1" && (x.Period != "2023-03" || x.Then.State != state || x.Now.Measures[0].Wanted != 31) {
			t.Errorf("%s", line)
		}
		quotas = append(quotas, x.Quota)
	}
	if !slices.Equal(quotas, []string{"A-6.1"}) { // B-A1 ended in January or February
		t.Errorf("in March %v differ", quotas)
	}
	if out := d.ok("plan", "simulate", "--with", d.planFile("nhu-cu.yaml"), "--at", at, "--period", "2023-03"); !strings.Contains(out, "Không có khác biệt.") {
		t.Error(out)
	}
	if d.held() != before || d.standing(at, "A-6.1", "bao", "2023-03").State != state {
		t.Error("the simulation left something behind")
	}
	if versions, err := d.store().PlanVersions(t.Context(), "mau/2023"); err != nil || len(versions) != 1 {
		t.Errorf("the draft was kept: %v %v", versions, err)
	}
	d.refused(1, []string{"hong.yaml:"}, "plan", "simulate", "--with", d.planFile("hong.yaml", "cadence: week", "cadence: ngày"), "--at", at)
	d.refused(2, []string{"không phải một kỳ"}, append(simulate, "--period", "2023-Q7")...)
}

// TestPlanSet: refused in Vietnamese, recorded with its basis, and in force
// from its day on.
func TestPlanSet(t *testing.T) {
	t.Parallel()
	const at = "2023-04-10T08:00"
	d := newDesk(t)
	set := func(more ...string) []string { return append([]string{"plan", "set", "--at", at}, more...) }
	good := set("--quota", "A-4", "--field", "wanted", "--value", "3", "--from", "2023-04-01", "--basis", "Công văn 9/SNV", "--by", "Bà Mai")
	d.refused(2, []string{"là chỉ tiêu của chính kế hoạch", "--basis", "--from"}, set("--quota", "B-D1", "--field", "wanted", "--value", "2")...)
	d.refused(2, []string{"không có nhiệm vụ «X»"}, set("--quota", "X", "--field", "wanted", "--value", "2", "--from", "2023-04-01", "--basis", "b")...)
	d.refused(2, []string{"không có mức nào tên «x»", "loa plan fields"}, set("--quota", "A-4", "--field", "x", "--value", "2", "--from", "2023-04-01", "--basis", "b")...)
	d.refused(2, []string{"giá trị «nhiều»"}, set("--quota", "A-4", "--field", "wanted", "--value", "nhiều", "--from", "2023-04-01", "--basis", "b")...)
	_, errOut, _ := d.run(set("--quota", "A-4", "--field", "wanted", "--value", "0", "--from", "2023-04-01", "--basis", "b")...)
	if errOut == "" || strings.Contains(errOut, "want ") {
		t.Errorf("speaks English, or nothing: %s", errOut)
	}
	out := d.ok(good...)
	d.has(out, "số lượng tối thiểu trong kỳ: 2 (mức tham chiếu) → 3 (mức tham chiếu)", "01/4/2023", "Công văn 9/SNV", "Bà Mai", "tháng 4/2023", "13 đánh giá khác đi", "2023-04")
	if strings.Contains(out, "2023-03") {
		t.Errorf("March keeps its number: %s", out)
	}
	for period, want := range map[string]float64{"2023-03": 2, "2023-04": 3} {
		if got := d.standing(at, "A-4", "so-y-te", period).Measures[0].Wanted; got != want {
			t.Errorf("%s: %g wanted, not %g", period, got, want)
		}
	}
	d.refused(2, []string{"đã là 3"}, good...)
	d.has(d.ok("plan", "show", "--at", at), "Đã điều chỉnh", "từ ngày 01/4/2023: số lượng tối thiểu trong kỳ: 2", "tệp kế hoạch là bản")
	for _, out := range []string{d.ok("plan", "fields"), d.ok("plan", "set", "--help")} {
		for _, f := range schedule.ChangeFields() {
			d.has(out, f.Name, f.Doc)
		}
	}
}

func TestPlanLevels(t *testing.T) {
	t.Parallel()
	const at = "2023-02-10T08:00"
	d := newDesk(t)
	out := d.ok("plan", "levels", "--at", at)
	d.has(out, "tháng 01/2023", "A-3.1", "khoảng trống dài nhất, ngày", "không quá 30", "theo dõi thử, chưa nhắc ai", "không phải đánh giá", "Dữ liệu mẫu")
	if strings.Contains(out, "A-6.1") || strings.Contains(out, "B-A1") {
		t.Errorf("a number of the plan's own has no level to set: %s", out)
	}
	out = d.ok("plan", "levels", "--at", at, "--quota", "A-4", "--period", "2023-Q1")
	if strings.Contains(out, "A-3.1") || strings.Contains(out, "2023-03") || !strings.Contains(out, "2023-02") {
		t.Errorf("the running month stands among them, the next does not: %s", out)
	}
	d.refused(2, []string{"không có nhiệm vụ «X»"}, "plan", "levels", "--at", at, "--quota", "X")
}

// filled puts what only the new document says into a new year's file.
func filled(text string) string {
	return strings.NewReplacer(`number: "" #`, `number: 12/KH-UBND #`, `title: "" #`, `title: Kế hoạch năm sau #`, `issued: "" #`, `issued: 2023-12-29 #`).Replace(text)
}

// TestPlanNew: last year's plan becomes this year's; nothing but its dates and
// its head is otherwise, and every number and quote is on the list.
func TestPlanNew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "2024.yaml")
	out, list, code := loa(t, "", "plan", "new", "2024", "--from", "2023", "--plan", "yen-bai", "-o", file)
	if code != 0 || out != "" {
		t.Fatalf("exit %d: %s%s", code, out, list)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	with := func(text string) fstest.MapFS {
		return fstest.MapFS{"yen-bai/2024.yaml": &fstest.MapFile{Data: []byte(text)}}
	}
	_, _, problems := plans.Load(over{plans.Files(), with(string(text))}, "yen-bai/2024")
	for _, key := range []string{"number", "title", "issued"} {
		if !slices.ContainsFunc(problems, func(p plans.Problem) bool { return strings.Contains(p.Msg, `"`+key+`"`) }) {
			t.Errorf("an empty %s is not refused: %v", key, problems)
		}
	}
	fresh, _, problems := plans.Load(over{plans.Files(), with(filled(string(text)))}, "yen-bai/2024")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	old, err := loadPlan(plans.Files(), "yen-bai/2023")
	if err != nil {
		t.Fatal(err)
	}
	may := []string{"plan.ID", "plan.Year", "plan.Number", "plan.Title", "plan.Issued", "plan.From", "plan.To", "quota.Deadline", "quota.Shadow"}
	for _, c := range schedule.PlanDiff(old, fresh) {
		if !slices.Contains(may, c.Part+"."+c.Field) {
			t.Errorf("%s %s %s: %v → %v", c.Part, c.ID, c.Field, c.Old, c.New)
		}
	}
	lines := strings.Split(string(text), "\n")
	listed := 0
	for line := range strings.Lines(list) {
		f := strings.Fields(line)
		n, err := strconv.Atoi(append(f, "")[0])
		if err != nil {
			continue
		}
		listed++
		near := lines[n-1] + lines[max(0, n-2)]
		if !strings.Contains(near, "# đối chiếu: ") && !strings.Contains(near, "# điền ") && !strings.Contains(near, "; đối chiếu: ") {
			t.Errorf("line %d %q is not marked: %s", n, f[1:3], lines[n-1])
		}
	}
	want := 0
	for _, q := range old.Quotas {
		want += len(q.Clauses) + 1 // its quotes, and its number
		if !strings.Contains(list, q.ID) {
			t.Errorf("%s is not on the list", q.ID)
		}
	}
	if listed < want {
		t.Errorf("%d places listed, at least %d wanted", listed, want)
	}
	d := desk{t: t}
	d.has(list, "1 (chỉ tiêu)", "8 (mức tham chiếu)", "deadline", "2023-01-31", "điểm d khoản 1 mục III")
	_, errOut, code := loa(t, "", "plan", "new", "2024", "--from", "2023", "-o", file)
	if code != 2 || !strings.Contains(errOut, "không ghi đè") {
		t.Errorf("exit %d: %s", code, errOut)
	}
	for _, args := range [][]string{{"2024", "--from", "1999"}, {"2023", "--from", "2023"}, {"2024", "--from", "2023", "--plan", "khong-co"}} {
		if _, errOut, code := loa(t, "", append([]string{"plan", "new"}, args...)...); code != 2 || errOut == "" {
			t.Errorf("%v: exit %d: %s", args, code, errOut)
		}
	}
}

// TestPlanNewKeepsOddForms: every key of a plan, written in every way that YAML
// allows, still reads the same a year later.
func TestPlanNewKeepsOddForms(t *testing.T) {
	good := filepath.Join("..", "..", "plans", "testdata", "good")
	files := fstest.MapFS{}
	for _, name := range []string{"agencies.yaml", "sources.yaml", "2024.yaml"} {
		data, err := os.ReadFile(filepath.Join(good, name))
		if err != nil {
			t.Fatal(err)
		}
		files["thu/"+name] = &fstest.MapFile{Data: data}
	}
	odd := strings.NewReplacer(
		"number: 2/KH-UBND", "number: '2/KH-UBND'",
		"to: 2025-01-01", "to: \"2025-01-01\" # cuối năm",
		"{from: 2024-01-01, to: 2024-02-01}", "{from: 2024-01-01, to: 2024-02-29}",
		"title: Hạ tầng ổn định", "title: Hạ tầng\n      ổn định năm 2024",
		"text: ổn định", "text: \"ổn \\\"định\\\" # không phải ghi chú\"",
		"text: trả lời", "text: 'trả lời ''nhanh'''",
		"basis_note: chỉ thống kê", "basis_note: >-\n      chỉ thống kê\n      năm 2024",
	).Replace(string(files["thu/2024.yaml"].Data))
	for _, s := range []string{"cuối năm", "''nhanh''", "2024-02-29", "không phải ghi chú", ">-", "năm 2024"} {
		if !strings.Contains(odd, s) {
			t.Fatalf("the good plan has changed: no %s", s)
		}
	}
	files["thu/2024.yaml"] = &fstest.MapFile{Data: []byte(odd)}
	dir := t.TempDir()
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
	out, errOut, code := loa(t, "", "plan", "new", "2025", "--from", "2024", "--plans", dir)
	if code != 0 || strings.Contains(errOut, "còn phải sửa") {
		t.Fatalf("exit %d: %s", code, errOut)
	}
	if err := os.WriteFile(filepath.Join(dir, "thu", "2025.yaml"), []byte(filled(out)), 0o600); err != nil {
		t.Fatal(err)
	}
	old, err := loadPlan(os.DirFS(dir), "thu/2024")
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := loadPlan(os.DirFS(dir), "thu/2025")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	may := regexp.MustCompile(`^plan\.(ID|Year|Number|Title|Issued|From|To|Effective)$|^quota\.Shadow$`)
	for _, c := range schedule.PlanDiff(old, fresh) {
		if !may.MatchString(c.Part + "." + c.Field) {
			t.Errorf("%s %s %s: %v → %v", c.Part, c.ID, c.Field, c.Old, c.New)
		}
	}
	if !fresh.Effective.IsZero() || strings.Contains(out, "effective") {
		t.Error("a new plan does not hold from a day of the old one")
	}
	if !strings.Contains(out, "to: 2025-02-28}") {
		t.Error("the 29th of February did not become the 28th")
	}
}
