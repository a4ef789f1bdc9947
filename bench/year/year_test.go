package year

import (
	"strings"
	"testing"
	"time"

	"loa/schedule"
	"loa/schedule/calendar"
)

// The notation is promtool's: «axn» is n+1 values, «_xn» n that are missing.
func TestLine(t *testing.T) {
	for want, values := range map[string]map[int]float64{
		"1 ":                          {0: 1},
		"0x2 5 ":                      {0: 0, 1: 0, 2: 0, 3: 5},
		"7200-3600x2 ":                {0: 7200, 1: 3600, 2: 0},
		"1+2x2 9 ":                    {0: 1, 1: 3, 2: 5, 3: 9},
		"_x3 1x1 ":                    {3: 1, 4: 1},
		"1x1 stale _x2 4 ":            {0: 1, 1: 1, 5: 4},
		"1 stale 2 ":                  {0: 1, 2: 2},
		"_x1 0.5-0.25x1 stale _x1 1 ": {1: 0.5, 2: 0.25, 5: 1},
	} {
		l := &line{}
		for h := range 10 {
			if v, ok := values[h]; ok {
				l.put(h, v)
			}
		}
		if l.flush(); l.b.String() != want {
			t.Errorf("%v: %q, want %q", values, l.b.String(), want)
		}
	}
}

func on(text string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", text, calendar.Zone)
	if err != nil {
		panic(err)
	}
	return at
}

// The judge finds what is wrong with what was said of one week, whatever it is.
func TestJudge(t *testing.T) {
	week, err := calendar.Parse("2023-W10")
	if err != nil {
		t.Fatal(err)
	}
	alert := func(name, first string, times int) episode {
		return episode{map[string]string{"alertname": name, "quota": "B-D1", "owner": "dai", "period": week.ID, "audience": "officer"}, on(first), times, []start{{on(first), times}}}
	}
	warned, missed := alert("LoaEarlyWarning", "2023-03-08 16:00", 1), alert("LoaMissed", "2023-03-14 10:00", 1)
	for name, c := range map[string]struct {
		change func(*duty)
		said   []episode
		fault  string // "": none
	}{
		"warned and asked":          {nil, []episode{warned, missed}, ""},
		"met, and nothing said":     {func(d *duty) { d.done = []time.Time{on("2023-03-07 20:15")} }, nil, ""},
		"met, and warned of":        {func(d *duty) { d.done = []time.Time{on("2023-03-07 20:15")} }, []episode{warned}, "warned falsely"},
		"met after the warning":     {func(d *duty) { d.done = []time.Time{on("2023-03-09 20:15")} }, []episode{warned}, ""},
		"met, and asked about":      {func(d *duty) { d.done = []time.Time{on("2023-03-09 20:15")} }, []episode{missed}, "called missed falsely"},
		"announced, and warned of":  {func(d *duty) { d.announced = true }, []episode{warned, missed}, "warned falsely"},
		"announced, and dropped":    {func(d *duty) { d.announced = true }, []episode{missed}, ""},
		"unknown, and warned of":    {func(d *duty) { d.unknown = []span{{week.Start, week.End}} }, []episode{warned, missed}, "warned falsely"},
		"unknown":                   {func(d *duty) { d.unknown = []span{{week.Start, week.End}} }, []episode{missed}, ""},
		"exempt, and asked about":   {func(d *duty) { d.exempt = week.Start }, []episode{missed}, "called missed falsely"},
		"exempt":                    {func(d *duty) { d.exempt = week.Start }, nil, ""},
		"never warned":              {nil, []episode{missed}, "never warned"},
		"warned too late":           {nil, []episode{alert("LoaEarlyWarning", "2023-03-11 10:00", 1), missed}, "after 2023-03-08"},
		"warned twice":              {nil, []episode{alert("LoaEarlyWarning", "2023-03-08 16:00", 2), missed}, "warned 2 times"},
		"nobody was asked":          {nil, []episode{warned}, "nobody was asked"},
		"asked before its log came": {func(d *duty) { d.unknown = []span{{week.End, on("2023-03-20 09:00")}} }, []episode{warned, missed}, "called missed falsely"},
	} {
		d := duty{quota: "B-D1", owner: "dai", period: week.ID, start: week.Start, end: week.End, wanted: 1}
		if c.change != nil {
			c.change(&d)
		}
		w := &world{plan: &schedule.Plan{Quotas: []schedule.Quota{{ID: "B-D1", LeadDays: 3}}}, cal: &calendar.Calendar{}, duties: []duty{d}, to: on("2023-06-01 00:00")}
		faults := strings.Join(w.judge(c.said, 0, 0).Faults, "; ")
		if (c.fault == "") != (faults == "") || !strings.Contains(faults, c.fault) {
			t.Errorf("%s: %q, want «%s»", name, faults, c.fault)
		}
	}
	var many []episode
	for _, x := range []string{"06", "07", "08", "09", "10", "11"} {
		e := alert("LoaReportDue", "2023-03-"+x+" 10:00", 1)
		e.labels["quota"] = ""
		many = append(many, e)
	}
	w := &world{plan: &schedule.Plan{}, cal: &calendar.Calendar{}, to: on("2023-06-01 00:00")}
	if res := w.judge(many, 0, 0); res.MostWeekly != 6 || len(res.Faults) != 1 {
		t.Errorf("six messages in a week: %d, %v", res.MostWeekly, res.Faults)
	}
}
