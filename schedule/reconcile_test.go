package schedule

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule/calendar"
	"loa/viet"
)

// logOf is airings as a log has them: "2023-03-08 20:04" and minutes, a repeat with "r", an episode with "#".
func logOf(lines ...string) []media.Airing {
	var out []media.Airing
	for _, l := range lines {
		f := strings.Fields(l)
		start := at(f[0] + " " + f[1])
		var minutes float64
		fmt.Sscan(f[2], &minutes)
		a := *airing(start.Format("2006-01-02 15:04"), minutes).Airing
		for _, mark := range f[3:] {
			switch {
			case mark == "r":
				a.FirstRun = false
			case mark == "fm":
				a.Channel, a.Medium = "fm", "radio"
			case mark[0] == '#':
				a.EpisodeID = mark
			}
		}
		a.ID = media.Hash("airing", l)
		out = append(out, a)
	}
	return out
}

// runWords is a run in one line.
func runWords(r Run) string {
	out := r.Start.In(calendar.Zone).Format("02 15:04") + " " + string(r.State)
	if r.Channel != "tv" {
		out += " on " + r.Channel
	}
	if r.Moved != 0 {
		out += fmt.Sprintf(" moved %v", r.Moved)
	}
	if r.Longer != 0 {
		out += fmt.Sprintf(" longer %v", r.Longer)
	}
	if len(r.Aired) > 1 {
		out += fmt.Sprintf(" in %d parts", len(r.Aired))
	}
	for _, w := range r.Was {
		out += " was " + w.Start.In(calendar.Zone).Format("02 15:04")
	}
	if len(r.Uploads) > 0 {
		out += fmt.Sprintf(" %d uploads", len(r.Uploads))
	}
	return out
}

func upload(when, title string) media.Upload {
	return media.Upload{ID: media.UploadID("tv", "", title, at(when)), Channel: "tv", At: at(when), Precision: media.ToMinute, Title: title, Column: "chung-tay"}
}

func TestReconcile(t *testing.T) {
	logged := []string{"log:tv", "2023-03-06", "2023-03-13"}
	for name, c := range map[string]struct {
		planned []media.Planned
		aired   []media.Airing
		uploads []media.Upload
		logs    []string
		now     string
		want    []string
	}{
		"as planned": {[]media.Planned{line("2023-03-08 20:00", 20)}, logOf("2023-03-08 20:02 18"), nil, logged, "2023-03-14",
			[]string{"08 20:02 as_planned moved 2m0s longer -2m0s"}},
		"moved": {[]media.Planned{line("2023-03-08 20:00", 20)}, logOf("2023-03-09 11:30 20"), nil, logged, "2023-03-14",
			[]string{"09 11:30 changed moved 15h30m0s"}},
		"shorter": {[]media.Planned{line("2023-03-08 20:00", 20)}, logOf("2023-03-08 20:00 12"), nil, logged, "2023-03-14",
			[]string{"08 20:00 changed longer -8m0s"}},
		"length not announced": {[]media.Planned{line("2023-03-08 20:00", 0)}, logOf("2023-03-08 20:00 12"), nil, logged, "2023-03-14",
			[]string{"08 20:00 as_planned"}},
		"dropped": {[]media.Planned{line("2023-03-08 20:00", 20)}, nil, nil, logged, "2023-03-14", []string{"08 20:00 dropped"}},
		"no log yet": {[]media.Planned{line("2023-03-08 20:00", 20)}, nil, nil, []string{"log:tv", "2023-02-27", "2023-03-06"}, "2023-03-14",
			[]string{"08 20:00 awaiting_log"}},
		"a log that ends in the middle of it": {[]media.Planned{line("2023-03-08 20:00", 20)}, nil, nil, []string{"log:tv", "2023-03-06", "2023-03-08 20:10"}, "2023-03-14",
			[]string{"08 20:00 awaiting_log"}},
		"to come": {[]media.Planned{line("2023-03-08 20:00", 20)}, nil, nil, nil, "2023-03-08 08:00", []string{"08 20:00 coming"}},
		"to come, in a log that declares all of today": {[]media.Planned{line("2023-03-08 20:00", 20)}, nil, nil, logged, "2023-03-08 12:00", []string{"08 20:00 coming"}},
		"taken out beside its repeat": {[]media.Planned{line("2023-03-08 20:00", 15, goneAt("2023-03-07")), line("2023-03-09 06:00", 15, runOf("repeat"))},
			logOf("2023-03-09 06:00 15 r"), nil, logged, "2023-03-14", []string{"08 20:00 withdrawn was 08 20:00", "09 06:00 as_planned"}},
		"not announced": {[]media.Planned{line("2023-03-06 20:00", 20)}, logOf("2023-03-06 20:00 20", "2023-03-09 20:00 20"), nil, logged, "2023-03-14",
			[]string{"06 20:00 as_planned", "09 20:00 unplanned"}},
		"no schedule known": {nil, logOf("2023-03-11 20:00 20"), nil, logged, "2023-03-14", []string{"11 20:00 unscheduled"}},
		"announced when it was over": {[]media.Planned{line("2023-03-08 20:00", 20, seenAt("2023-03-09"))}, logOf("2023-03-08 20:00 20"), nil, logged, "2023-03-14",
			[]string{"08 20:00 unplanned"}},
		"a changed schedule": {[]media.Planned{line("2023-03-08 20:00", 20, goneAt("2023-03-07")), line("2023-03-08 21:00", 20, seenAt("2023-03-07"))}, logOf("2023-03-08 21:00 20"), nil,
			logged, "2023-03-14", []string{"08 21:00 as_planned was 08 20:00"}},
		"changed once it was over": {[]media.Planned{line("2023-03-08 20:00", 20, goneAt("2023-03-09"))}, nil, nil, logged, "2023-03-14", []string{"08 20:00 dropped"}},
		"taken out":                {[]media.Planned{line("2023-03-08 20:00", 20, goneAt("2023-03-07"))}, nil, nil, logged, "2023-03-14", []string{"08 20:00 withdrawn was 08 20:00"}},
		"taken out, and aired":     {[]media.Planned{line("2023-03-08 20:00", 20, goneAt("2023-03-07"))}, logOf("2023-03-08 20:00 20"), nil, logged, "2023-03-14", []string{"08 20:00 unplanned was 08 20:00"}},
		"over midnight": {[]media.Planned{line("2023-03-08 23:50", 20)}, logOf("2023-03-09 00:05 20"), nil, logged, "2023-03-14",
			[]string{"09 00:05 changed moved 15m0s"}},
		"two parts": {[]media.Planned{line("2023-03-08 20:00", 30)}, logOf("2023-03-08 20:00 14 #7", "2023-03-08 20:17 14 #7"), nil, logged, "2023-03-14",
			[]string{"08 20:00 as_planned longer -2m0s in 2 parts"}},
		"its repeat is no part": {[]media.Planned{line("2023-03-08 20:00", 15), line("2023-03-09 11:30", 15, runOf("repeat"))},
			logOf("2023-03-08 20:00 15 #7", "2023-03-09 11:30 15 r #7"), nil, logged, "2023-03-14", []string{"08 20:00 as_planned", "09 11:30 as_planned"}},
		"the repeat ran, the first run did not": {[]media.Planned{line("2023-03-08 20:00", 15), line("2023-03-09 06:00", 15, runOf("repeat"))},
			logOf("2023-03-09 06:00 15 r"), nil, logged, "2023-03-14", []string{"08 20:00 dropped", "09 06:00 as_planned"}},
		"three planned, two aired": {[]media.Planned{line("2023-03-07 20:00", 15), line("2023-03-08 20:00", 15), line("2023-03-09 20:00", 15)},
			logOf("2023-03-08 20:10 15", "2023-03-09 20:10 15"), nil, logged, "2023-03-14",
			[]string{"07 20:00 dropped", "08 20:10 changed moved 10m0s", "09 20:10 changed moved 10m0s"}},
		"each channel by itself": {[]media.Planned{line("2023-03-08 20:00", 15), line("2023-03-08 20:00", 15, onChannel("fm"))}, logOf("2023-03-08 20:00 15"), nil, logged, "2023-03-14",
			[]string{"08 20:00 awaiting_log on fm", "08 20:00 as_planned"}},
		"uploads": {nil, logOf("2023-03-08 20:00 15", "2023-03-10 20:00 15"),
			[]media.Upload{upload("2023-03-09 08:00", "Số tuần này"), upload("2023-03-12 08:00", "Chung tay CCHC ngày 08/3/2023"), upload("2023-03-12 09:00", "Số mới")}, logged, "2023-03-14",
			[]string{"08 20:00 unscheduled 2 uploads", "10 20:00 unscheduled 1 uploads"}},
		"uploaded, and not in the log": {nil, nil, []media.Upload{upload("2023-03-12 09:00", "Chung tay CCHC ngày 08/3/2023")}, logged, "2023-03-14",
			[]string{"08 00:00 uploaded_only 1 uploads"}},
		"uploaded, and the log of a week before is not complete": {nil, nil, []media.Upload{upload("2023-03-12 09:00", "Số mới")}, logged, "2023-03-14",
			[]string{"12 09:00 awaiting_log 1 uploads"}},
		"announced and uploaded, and not in the log": {[]media.Planned{line("2023-03-08 20:00", 15)}, nil, []media.Upload{upload("2023-03-09 09:00", "Số mới")}, logged, "2023-03-14",
			[]string{"08 20:00 uploaded_only 1 uploads"}},
		"another programme": {[]media.Planned{line("2023-03-08 20:00", 15, inColumn(""))}, nil, nil, logged, "2023-03-14", nil},
	} {
		t.Run(name, func(t *testing.T) {
			obs := seen(c.logs...)
			obs.Planned, obs.Uploads = c.planned, c.uploads
			if c.planned != nil {
				obs.Schedules = map[string][]Span{"tv": {{at("2023-03-06"), at("2023-03-11")}}}
			}
			var got []string
			for _, r := range Reconcile(world(), obs, c.aired, Span{at("2023-03-06"), at("2023-03-13")}, at(c.now)) {
				got = append(got, runWords(r))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// TestReconcileWholly holds on random weeks: every announced transmission and
// every broadcast stands in one run and no other, whatever the order of the input;
// and no other way of pairing would have moved less, tried one swap at a time.
func TestReconcileWholly(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 6))
		obs := seen("log:tv", "2023-03-01", "2023-03-20")
		var aired []media.Airing
		for range r.IntN(8) {
			start := at("2023-03-06").Add(time.Duration(r.IntN(7*24*12)) * 5 * time.Minute)
			obs.Planned = append(obs.Planned, line(start.Format("2006-01-02 15:04"), 10+r.IntN(3)*5, runOf([]string{"", "first", "repeat"}[r.IntN(3)])))
		}
		for i := range r.IntN(8) {
			start := at("2023-03-06").Add(time.Duration(r.IntN(7*24*60)) * time.Minute)
			aired = append(aired, logOf(start.Format("2006-01-02 15:04")+fmt.Sprintf(" 15 #%d", i))...)
		}
		span := Span{at("2023-03-01"), at("2023-03-20")}
		runs := Reconcile(world(), obs, aired, span, at("2023-03-20"))
		cost := func(planned *media.Planned, a []media.Airing) time.Duration {
			if planned == nil || len(a) == 0 {
				return mostMoved / 2
			}
			d := a[0].Start.Sub(planned.Start).Abs()
			if planned.Run != "" && (planned.Run == "first") != a[0].FirstRun {
				d += otherRun
			}
			return d
		}
		nPlanned, nAired := 0, 0
		for _, x := range runs {
			if x.Planned != nil {
				nPlanned++
			}
			nAired += len(x.Aired)
			for _, y := range runs {
				if x.Planned == nil || len(y.Aired) == 0 || x.Start.Equal(y.Start) {
					continue
				}
				now := cost(x.Planned, x.Aired) + cost(y.Planned, y.Aired)
				then := cost(x.Planned, y.Aired)
				for _, lone := range []bool{y.Planned != nil, len(x.Aired) > 0} {
					if lone {
						then += mostMoved / 2
					}
				}
				crossed := false
				for _, z := range runs { // a swap that crosses another pair is no single swap
					crossed = crossed || z.Planned != nil && len(z.Aired) > 0 && z.Planned != x.Planned && (z.Planned.Start.Before(x.Planned.Start) != z.Aired[0].Start.Before(y.Aired[0].Start))
				}
				if then < now && !crossed {
					t.Fatalf("seed %d: %s with %s would be nearer", seed, runWords(x), runWords(y))
				}
			}
		}
		distinct := map[string]bool{}
		for _, p := range obs.Planned {
			distinct[stamp(p.Start)+viet.Fold(p.Programme)] = true
		}
		if nPlanned != len(distinct) || nAired != len(aired) {
			t.Fatalf("seed %d: %d of %d planned, %d of %d aired stand in a run", seed, nPlanned, len(distinct), nAired, len(aired))
		}
		slices.Reverse(obs.Planned)
		slices.Reverse(aired)
		again := Reconcile(world(), obs, aired, span, at("2023-03-20"))
		for i := range runs {
			if len(again) != len(runs) || runWords(again[i]) != runWords(runs[i]) {
				t.Fatalf("seed %d: the order of the input changes the answer", seed)
			}
		}
	}
}

func TestTally(t *testing.T) {
	obs := seen("log:tv", "2023-03-06", "2023-03-13")
	obs.Planned = []media.Planned{line("2023-03-06 20:00", 20), line("2023-03-07 20:00", 20), line("2023-03-08 20:00", 20), line("2023-03-09 20:00", 20)}
	obs.Uploads = []media.Upload{upload("2023-03-08 22:00", "Số mới")}
	runs := Reconcile(world(), obs, logOf("2023-03-06 20:00 20", "2023-03-07 21:00 28", "2023-03-08 20:00 12"), Span{at("2023-03-06"), at("2023-03-13")}, at("2023-03-14"))
	if got, want := fmt.Sprint(TallyOf(runs)), "{4 3 1 1 1 1 map[as_planned:1 changed:2 dropped:1]}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestRunWords: every state has a word of its own.
func TestRunWords(t *testing.T) {
	seen := map[string]RunState{}
	for _, s := range RunStates() {
		word := viet.RunState(string(s))
		if other, twice := seen[word]; word == string(s) || twice {
			t.Errorf("%s is «%s», as is %s", s, word, other)
		}
		seen[word] = s
	}
}

// BenchmarkReconcile is a year of two channels, a first run a week and two repeats a
// day on each, all of which came a few minutes late.
func BenchmarkReconcile(b *testing.B) {
	obs := seen("log:tv", "2022-12-01", "2024-02-01", "log:fm", "2022-12-01", "2024-02-01")
	var aired []media.Airing
	for _, channel := range []string{"tv", "fm"} {
		for d := range 365 {
			for _, hour := range []int{6, 12, 20} {
				start := at("2023-01-01").AddDate(0, 0, d).Add(time.Duration(hour) * time.Hour)
				run := map[bool]string{true: "first", false: "repeat"}[hour == 20 && d%7 == 3]
				obs.Planned = append(obs.Planned, line(start.Format("2006-01-02 15:04"), 20, onChannel(channel), runOf(run)))
				a := logOf(start.Add(3*time.Minute).Format("2006-01-02 15:04") + " 18")[0]
				a.Channel, a.FirstRun, a.ID = channel, run == "first", media.Hash(channel, stamp(start))
				aired = append(aired, a)
			}
		}
	}
	for b.Loop() {
		if runs := Reconcile(world(), obs, aired, Span{at("2023-01-01"), at("2024-01-01")}, at("2024-01-02")); len(runs) != len(aired) {
			b.Fatal(len(runs))
		}
	}
}

// BenchmarkStandAhead is the weekly broadcast of a year with a schedule of two lines
// a week, beside the same without any.
func BenchmarkStandAhead(b *testing.B) {
	p, now := world(), at("2023-12-20 08:00")
	ev := weekly("2023-01-04 20:10", 50)
	m := Match(p, ev, nil, tet())
	obs := seen("log:tv", "2023-01-01", "2023-12-18")
	for _, planned := range []int{0, 104} {
		obs.Planned = nil
		for i := range planned {
			obs.Planned = append(obs.Planned, line(at("2023-01-04 20:10").AddDate(0, 0, 7*(i/2)+i%2).Format("2006-01-02 15:04"), 18))
		}
		b.Run(fmt.Sprint(planned), func(b *testing.B) {
			for b.Loop() {
				Stand(p, m, obs, nil, tet(), now)
			}
		})
	}
}
