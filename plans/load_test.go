package plans

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

func day(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, calendar.Zone) }

// TestAllMistakesAtOnce: mistakes on several lines of several files are all
// told, in order, each with its place.
func TestAllMistakesAtOnce(t *testing.T) {
	fsys := province(t, nil)
	edit := func(file, from, to string) {
		t.Helper()
		text := string(fsys[file].Data)
		if !strings.Contains(text, from) {
			t.Fatalf("%s has no %q", file, from)
		}
		fsys[file].Data = []byte(strings.Replace(text, from, to, 1))
	}
	edit("thu/agencies.yaml", "level: central", "level: trung-uong")
	edit("thu/sources.yaml", "every: 30m", "every: nửa giờ")
	edit("thu/sources.yaml", "agency: so-noi-vu", "agency: so-nv")
	edit("thu/2023.yaml", "class: ONCE", "class: SOON")
	edit("thu/2023.yaml", "deadline: 2023-01-31", "deadline: 31/01/2023")
	got := told(fsys)
	want := []string{
		"thu/agencies.yaml:20: ", "thu/sources.yaml:9: ", "thu/sources.yaml:19: ", "thu/2023.yaml:48: ", "thu/2023.yaml:56: ",
	}
	lines := strings.Split(strings.TrimSpace(got), "\n")
	if len(lines) != len(want) {
		t.Fatalf("told %d mistakes, want %d:\n%s", len(lines), len(want), got)
	}
	for i, prefix := range want {
		if !strings.HasPrefix(lines[i], prefix) {
			t.Errorf("line %d is %q, want %q…", i, lines[i], prefix)
		}
	}
}

// TestBrokenFileIsOneMistake: what the other files take from a file that cannot
// be read is not told as missing, and their own mistakes still are.
func TestBrokenFileIsOneMistake(t *testing.T) {
	fsys := province(t, map[string]string{"sources": "sources: [\n"})
	delete(fsys, "thu/agencies.yaml")
	text := string(fsys["thu/2023.yaml"].Data)
	fsys["thu/2023.yaml"].Data = []byte(strings.Replace(text, "class: ONCE", "class: SOON", 1))
	lines := strings.Split(strings.TrimSpace(told(fsys)), "\n")
	if len(lines) != 3 || lines[0] != "thu/agencies.yaml: thiếu tệp này" ||
		!strings.HasPrefix(lines[1], "thu/sources.yaml:") || !strings.HasPrefix(lines[2], "thu/2023.yaml:48: ") {
		t.Errorf("told:\n%s", strings.Join(lines, "\n"))
	}
}

func TestLoadRefusesOddIDs(t *testing.T) {
	for _, id := range []string{"", "thu", "thu/23", "../thu/2023", "thu/2023/x", "Thu/2023", "thu/+202"} {
		p, _, problems := Load(province(t, nil), id)
		if len(problems) != 1 || p == nil || len(p.Quotas) != 0 {
			t.Errorf("%q: plan %v, problems %v", id, p, problems)
		}
	}
}

func TestGoodProvinceIsReadWhole(t *testing.T) {
	p, pos, problems := Load(province(t, nil), "thu/2023")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if p.ID != "thu/2023" || p.Province != "thu" || p.ProvinceName != "tỉnh Thử" || p.Year != 2023 || !p.Sample || p.Number != "1/KH-UBND" ||
		!p.Issued.Equal(day(2022, 12, 30)) || !p.From.Equal(day(2022, 12, 30)) || !p.To.Equal(day(2024, 1, 1)) || !p.AgenciesAsOf.Equal(day(2023, 1, 1)) {
		t.Errorf("head: %+v", p)
	}
	dai := p.Agencies[1]
	if dai.ID != "thu/dai" || dai.Parent != "thu/ubnd" || dai.Successor != "thu/bao" || !dai.Binding || dai.Level != media.Press ||
		!dai.ValidAt(day(2025, 3, 31)) || dai.ValidAt(day(2025, 4, 1)) || dai.Short != dai.Name {
		t.Errorf("station: %+v", dai)
	}
	if thue := p.Agencies[4]; thue.Binding {
		t.Errorf("a central body is bound: %+v", thue)
	}
	rss, list, page := p.Sources[0], p.Sources[1], p.Sources[2]
	if rss.ID != "thu/bao-rss" || rss.Agency != "thu/bao" || rss.Stream != "bao-rss" || rss.Column != "cchc" || rss.Every != 30*time.Minute || !rss.Articles ||
		rss.Rule.Key != "baoyenbai" || rss.Rule.ArticleURL != `/\d+/\d+/` {
		t.Errorf("feed: %+v", rss)
	}
	if list.Stream != "bao-rss" || !list.Verify || list.Every != time.Hour || !list.Articles || page.Articles || page.Stream != "so-trang" {
		t.Errorf("list %+v, page %+v", list, page)
	}
	if w := p.Windows[0]; w.FromMinute != 18*60 || w.ToMinute != 24*60 {
		t.Errorf("window: %+v", w)
	}
	q := p.Quotas[0]
	if q.Owner.Agency != "thu/dai" || q.Basis != schedule.ByPlan || q.Wanted != 1 || q.Cadence != calendar.Week || q.LeadDays != 3 ||
		!slices.Equal(q.Coordinate, []string{"thu/so-noi-vu", "các cơ quan có liên quan"}) || !slices.Equal(q.Channels, []string{"tv"}) ||
		len(q.Conditions) != 3 || q.Conditions[0].Value != 15 || !slices.Equal(q.Conditions[1].List, []string{"chung-tay"}) || q.Conditions[2].Basis != schedule.ByReference {
		t.Errorf("airing quota: %+v", q)
	}
	if q := p.Quotas[2]; !q.Deadline.Equal(day(2023, 1, 31)) || !q.Attestable || !slices.Equal(q.Owner.Each, []media.Level{media.Department}) {
		t.Errorf("deadline quota: %+v", q)
	}
	if q := p.Quotas[3]; q.MaxGap != 30 || q.MaxGapBasis != schedule.ByReference || q.Basis != schedule.ByReference || q.Basisnote == "" {
		t.Errorf("regular quota: %+v", q)
	}
	for at, want := range map[string]int{
		"sources/thu/bao-rss/rule/article_url": 10, "sources/thu/bao-rss/rule/item": 10, "sources/thu/so-trang": 18, "sources/thu/so-trang/rule/item": 18,
		"agencies/thu/dai/successor": 13, "quotas/B-D1/conditions/in_window": 28, "quotas/A-1/deadline": 56, "plan/to": 9, "columns/cchc": 23, "channels/tv": 25,
	} {
		if got := pos.Of(at); got.Line != want || got.File == "" {
			t.Errorf("%s is at %+v, want line %d", at, got, want)
		}
	}
	if got := pos.Of("sources/thu/none/rule", "sources/thu/bao-muc/url"); got.Line != 15 {
		t.Errorf("the second path is at %+v", got)
	}
	if got := pos.Of("elsewhere/x"); got != (Position{}) {
		t.Errorf("nowhere is at %+v", got)
	}
}

// TestMakeGoodPolicy is read where it stands, with its basis; without one make-goods are noted.
func TestMakeGoodPolicy(t *testing.T) {
	raw, err := os.ReadFile("testdata/good/2024.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(raw), "    tolerance: 30\n", "    tolerance: 30\n    make_good_policy: {value: repairs, basis: plan}\n", 1)
	p, _, problems := Load(province(t, map[string]string{"2024": text}), "thu/2024")
	if q := quotaOf(t, p, "PS"); len(problems) > 0 || q.AgreedGood != schedule.MadeGoodRepairs || q.AgreedBasis != schedule.ByPlan {
		t.Errorf("%v: %q by %q", problems, q.AgreedGood, q.AgreedBasis)
	}
	change := schedule.Change{Quota: "PS", Field: "make_good_policy", Value: "note", From: day(2024, 3, 1), At: day(2024, 3, 1), Actor: "A", Basis: "12/SNV"}
	if err := schedule.CheckChange(p, change); err == nil || !strings.Contains(err.Error(), "plan's own") {
		t.Errorf("the plan's own policy was changed: %v", err)
	}
	if p, _, _ = Load(province(t, nil), "thu/2024"); quotaOf(t, p, "PS").AgreedGood != "" || schedule.CheckChange(p, change) != nil {
		t.Errorf("without the key: %q, %v", quotaOf(t, p, "PS").AgreedGood, schedule.CheckChange(p, change))
	}
}

// TestEveryKeyIsRead: what good/2024.yaml writes beyond the plain plan arrives
// where the rooms look for it.
func TestEveryKeyIsRead(t *testing.T) {
	p, pos, problems := Load(province(t, nil), "thu/2024")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if !p.Effective.Equal(day(2024, 2, 1)) || p.Agencies[2].LeadDays != 4 || !slices.Equal(p.Sources[3].Proves, []string{"NY"}) {
		t.Errorf("effective %v, lead %d, proves %v", p.Effective, p.Agencies[2].LeadDays, p.Sources[3].Proves)
	}
	ps := quotaOf(t, p, "PS")
	if ps.Wants != "nhật ký phát sóng" || ps.Crawl != "partly" || ps.Repeats != "all" || !ps.EachOn || ps.Tolerance != 30 ||
		!slices.Equal(ps.Shares, []schedule.ShareRule{{Of: "repeat", Bound: "at_most", Percent: 50, Basis: schedule.ByReference}}) ||
		ps.Clauses[0].Text != "kế hoạch CCHC nước" || ps.Clauses[0].Words() != "kế hoạch CCHC nước [sic]" {
		t.Errorf("airing: %+v", ps)
	}
	if cm := quotaOf(t, p, "CM"); !cm.Print || cm.Reading != "R2" || cm.MakeGood != 7 || cm.Carry != 3 {
		t.Errorf("instalments: %+v", cm)
	}
	if ny := quotaOf(t, p, "NY"); ny.Alive != (schedule.Level{Value: 30, Basis: schedule.ByReference}) || !ny.Attestable ||
		ny.Shadow != (schedule.Span{From: day(2024, 1, 1), To: day(2024, 2, 1)}) {
		t.Errorf("exists: %+v", ny)
	}
	// The main number of a lag is its days, of an availability its share.
	lag, up := quotaOf(t, p, "TTHC"), quotaOf(t, p, "HT")
	if lag.MaxLag != (schedule.Level{Value: 5, Basis: schedule.ByReference}) || lag.Basis != schedule.ByReference || lag.Wanted != 0 {
		t.Errorf("lag: %+v", lag)
	}
	if up.Share.Value != 99 || up.Hours != [2]int{6 * 60, 22 * 60} || !slices.Equal(up.Watch, []media.Level{media.Department, media.Portal}) || up.Basis != schedule.ByReference {
		t.Errorf("availability: %+v", up)
	}
	if bc := quotaOf(t, p, "BC"); bc.DueDays != 6 || bc.Letters != "orient" || bc.Cadence != calendar.Quarter14 || bc.Wanted != 0 {
		t.Errorf("attested: %+v", bc)
	}
	if tt := quotaOf(t, p, "TT"); tt.Agreement == "" || tt.Crawl != "no" {
		t.Errorf("count: %+v", tt)
	}
	if len(p.Forms) != 2 || p.Forms[0].ID != "F1" || !slices.Equal(p.Forms[0].Quotas, []string{"PS"}) || p.Forms[1].Clauses[0].Text != "tờ rơi" {
		t.Errorf("forms: %+v", p.Forms)
	}
	if len(p.Contents) != 2 || !slices.Equal(p.Contents[0].Topics, []string{"tthc", "the-che"}) || p.Contents[1].Facet != "kết quả" || p.Contents[1].Line != 4 {
		t.Errorf("contents: %+v", p.Contents)
	}
	if len(p.NotDuties) != 1 || p.NotDuties[0].Text != "mục đích" || p.NotDuties[0].Words() != "mục đích [sic]" || p.NotDuties[0].Why == "" {
		t.Errorf("no duties: %+v", p.NotDuties)
	}
	if got := pos.Of("quotas/NY/shadow"); got.Line != 62 {
		t.Errorf("shadow is at %+v", got)
	}
	if got := pos.Of("forms/F2"); got.Line != 149 {
		t.Errorf("form is at %+v", got)
	}
}

// TestVersionIsOfThePlanFile: line ends do not change it, one character does,
// and it is the hash of the text that Text gives.
func TestVersionIsOfThePlanFile(t *testing.T) {
	fsys := province(t, nil)
	before, _, _ := Load(fsys, "thu/2023")
	text, err := Text(fsys, "thu/2023")
	if err != nil || before.Version != media.Hash("plan", text) {
		t.Fatalf("version %s of %d bytes: %v", before.Version, len(text), err)
	}
	fsys["thu/2023.yaml"].Data = []byte(strings.ReplaceAll(text, "\n", "\r\n"))
	crlf, _, problems := Load(fsys, "thu/2023")
	if crlf.Version != before.Version || len(problems) > 0 {
		t.Errorf("CRLF: version %s, was %s; %v", crlf.Version, before.Version, problems)
	}
	fsys["thu/2023.yaml"].Data = []byte(text + "# \n")
	if after, _, _ := Load(fsys, "thu/2023"); after.Version == before.Version {
		t.Error("a changed file kept its version")
	}
	if _, err := Text(fsys, "thu/1999"); err == nil {
		t.Error("text of no file")
	}
}

func TestIDs(t *testing.T) {
	fsys := fstest.MapFS{
		"yen-bai/2023.yaml": {}, "yen-bai/2022.yaml": {}, "yen-bai/agencies.yaml": {}, "yen-bai/2024.yaml/x": {}, "yen-bai/24.yaml": {},
		"holidays/2023.yaml": {}, "mau/2026.yaml": {}, "readme.md": {}, "Khac/2023.yaml": {},
	}
	ids, err := IDs(fsys)
	if err != nil || !slices.Equal(ids, []string{"mau/2026", "yen-bai/2022", "yen-bai/2023"}) {
		t.Errorf("%v, %v", ids, err)
	}
	if _, err := IDs(os.DirFS(t.TempDir() + "/none")); err == nil {
		t.Error("plans of a folder that is not there")
	}
}

func TestNotices(t *testing.T) {
	fsys := province(t, nil)
	p, pos, _ := Load(fsys, "thu/2023")
	cal, problems := Holidays(fsys)
	if len(problems) > 0 || cal.Off["2023-01-21"] != "Tết" || !slices.Equal(cal.Years, []int{2023}) {
		t.Fatalf("%+v %v", cal, problems)
	}
	got := Notices(p, pos, cal)
	if len(got) != 2 || got[0].File != "holidays/2024.yaml" || got[1].File != "thu/sources.yaml" || got[1].Line != 11 || !got[0].Warning || !got[1].Warning {
		t.Errorf("%v", got)
	}
	delete(fsys, "holidays/2023.yaml")
	none, problems := Holidays(fsys)
	if len(problems) > 0 || len(Notices(p, pos, none)) != 3 {
		t.Errorf("no tables: %v, %v", problems, Notices(p, pos, none))
	}
}

// FuzzLoad: whatever the files hold, the reader ends without a panic, twice
// the same, every mistake has its place, and what passes can be worked with.
func FuzzLoad(f *testing.F) {
	good := map[string]string{}
	for _, name := range []string{"agencies", "sources", "2023", "holidays-2023"} {
		raw, err := os.ReadFile("testdata/good/" + name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		good[name] = string(raw)
	}
	f.Add(good["agencies"], good["sources"], good["2023"], good["holidays-2023"])
	f.Add("province: thu\nname: T\nagencies: [{id: s, name: S, level: department, lead_days: 2}]\n",
		"sources: [{id: t, agency: s, name: T, kind: page, url: 'http://s.example', proves: [N]}]\n",
		"plan: {number: 1, year: 2023, title: T, issuer: I, issued: 2023-01-01, from: 2023-01-01, to: 2024-01-01}\n"+
			"quotas: [{id: N, title: N, class: REG, kind: exists, owner: {each: [department]}, cadence: month, place: p,\n"+
			"  clauses: [{line: 1, text: a, shown: b}], wanted: {value: 1, basis: reference}, alive: {value: 9, basis: reference},\n"+
			"  shadow: {from: 2023-01-01, to: 2023-02-01}, basis_note: n}]\n"+
			"forms: [{id: F1, title: F, clauses: [{line: 1, text: a}], quotas: [N]}]\ncontents: [{line: 2, text: c, facet: mô hình}]\n", "")
	f.Add("a: &x [*x]\n", "sources: {}\n", "quotas: [1, {id: A}]\nplan: []\n", "days: [{date: 2023-01-01}]\n")
	f.Add("? [a]\n: b\n", "--- !!set {a}\n", "<<: 1\n", "\xef\xbb\xbfyear: 2023\n")
	f.Add("", "\x00", "plan: {from: 0000-01-01}", "- - - -")
	f.Fuzz(func(t *testing.T, agencies, sources, year, holidays string) {
		fsys := fstest.MapFS{
			"thu/agencies.yaml": {Data: []byte(agencies)}, "thu/sources.yaml": {Data: []byte(sources)},
			"thu/2023.yaml": {Data: []byte(year)}, "holidays/2023.yaml": {Data: []byte(holidays)},
		}
		p, pos, problems := Load(fsys, "thu/2023")
		_, more := Holidays(fsys)
		for _, x := range append(slices.Clone(problems), more...) {
			if !fs.ValidPath(x.File) || x.Line < 0 || x.Msg == "" {
				t.Fatalf("mistake without place or words: %+v", x)
			}
		}
		if _, _, again := Load(fsys, "thu/2023"); !slices.Equal(again, problems) {
			t.Fatalf("told %v, then %v", problems, again)
		}
		if len(problems) > 0 {
			return
		}
		cal, _ := Holidays(fsys)
		Notices(p, pos, cal)
		for _, q := range p.Quotas {
			if errs := schedule.CheckQuota(q); len(errs) > 0 {
				t.Fatalf("%s passed the reader: %v", q.ID, errs)
			}
			if q.WantedBasis == "" || len(q.Clauses) == 0 || q.Owner.Agency == "" && q.Owner.Each == nil {
				t.Fatalf("half a quota passed: %+v", q)
			}
		}
	})
}

// TestAliasesAndTopics: an alias is a name, or a name with its days.
func TestAliasesAndTopics(t *testing.T) {
	fsys := province(t, nil)
	text := string(fsys["thu/agencies.yaml"].Data)
	fsys["thu/agencies.yaml"].Data = []byte(strings.Replace(text, "{id: chung-tay, agency: dai, name: Chung tay}",
		"{id: chung-tay, agency: dai, name: Chung tay, aliases: [CCHC, {name: Cũ, to: 2023-07-01}], topics: [tthc, chi-dao], basis: biên bản}", 1))
	p, _, problems := Load(fsys, "thu/2023")
	if len(problems) > 0 || len(p.Columns) == 0 {
		t.Fatal(problems)
	}
	c := p.Columns[0]
	july := time.Date(2023, 7, 1, 0, 0, 0, 0, calendar.Zone)
	if got := c.Names(july); !slices.Equal(got, []string{"Chung tay", "CCHC"}) {
		t.Errorf("from July on it is called %v", got)
	}
	if got := c.Names(july.Add(-1)); !slices.Equal(got, []string{"Chung tay", "CCHC", "Cũ"}) {
		t.Errorf("until June it is called %v", got)
	}
	if !slices.Equal(c.Topics, []string{"tthc", "chi-dao"}) {
		t.Errorf("topics %v", c.Topics)
	}
}

// TestStationsOwn: windows of a station and of a channel, and how long a station
// keeps its recordings.
func TestStationsOwn(t *testing.T) {
	raw, err := os.ReadFile("testdata/good/2023.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(raw), "quotas:\n", `  - {station: dai, medium: tv, from: "19:00", to: "22:00", valid_from: 2023-06-01, valid_to: 2023-07-01}
  - {channel: tv, from: "19:30", to: "21:30", valid_from: 2023-07-01}
retention:
  - {station: dai, days: 30, notice: 23, to: 2023-07-01, basis: Điều 52}
  - {station: dai, days: 60, notice: 50, from: 2023-07-01, basis: Điều 53}
quotas:
`, 1)
	p, _, problems := Load(province(t, map[string]string{"2023": text}), "thu/2023")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := []schedule.Window{{Medium: "tv", FromMinute: 18 * 60, ToMinute: 24 * 60}, {Medium: "tv", Agency: "thu/dai", FromMinute: 19 * 60, ToMinute: 22 * 60, From: day(2023, 6, 1), To: day(2023, 7, 1)},
		{Medium: "tv", Channel: "tv", FromMinute: 19*60 + 30, ToMinute: 21*60 + 30, From: day(2023, 7, 1)}}
	if !slices.Equal(p.Windows, want) {
		t.Errorf("windows %+v", p.Windows)
	}
	kept := []schedule.Retention{{Agency: "thu/dai", Days: 30, Notice: 23, To: day(2023, 7, 1), Basis: "Điều 52"}, {Agency: "thu/dai", Days: 60, Notice: 50, From: day(2023, 7, 1), Basis: "Điều 53"}}
	if !slices.Equal(p.Retention, kept) {
		t.Errorf("retention %+v", p.Retention)
	}
}
