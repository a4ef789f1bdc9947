package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"loa/report"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

type caseListCmd struct {
	caseBase
	Owner string `help:"Chỉ của cơ quan này."`
	All   bool   `help:"Kể cả các việc đã kết thúc."`
	JSON  bool   `help:"Mỗi việc một dòng JSON."`
}

type caseShowCmd struct {
	caseNamed
	JSON bool `help:"In dạng JSON."`
}

// caseLine is a case as JSON.
type caseLine struct {
	Case     string             `json:"case"`
	Owner    string             `json:"owner"`
	State    schedule.CaseState `json:"state"`
	Reason   string             `json:"reason"`
	Words    string             `json:"words,omitempty"`
	Opened   time.Time          `json:"opened"`
	By       string             `json:"by"`
	Misses   []caseMissLine     `json:"misses"`
	Pledges  []pledgeLine       `json:"pledges"`
	Ended    *time.Time         `json:"ended,omitempty"`
	EndedBy  string             `json:"ended_by,omitempty"`
	Document string             `json:"document,omitempty"` // by which it will not be made good
}

type caseMissLine struct {
	Quota   string         `json:"quota"`
	Period  string         `json:"period"`
	Short   int            `json:"short"`
	Covered int            `json:"covered"`
	State   schedule.State `json:"state"` // of the standing, now
}

type pledgeLine struct {
	N         int       `json:"n"`
	Channel   string    `json:"channel"`
	Programme string    `json:"programme"`
	Column    string    `json:"column,omitempty"`
	Start     time.Time `json:"start"`
	Minutes   float64   `json:"minutes"`
	Approved  string    `json:"approved,omitempty"` // document
	Outcome   string    `json:"outcome,omitempty"`  // "aired", "missed", "replaced"; "" while it waits
	Airing    string    `json:"airing,omitempty"`
	Aired     string    `json:"aired,omitempty"`
	Found     bool      `json:"found,omitempty"` // the machine found the airing, a person took it
	Mark      string    `json:"mark,omitempty"`  // what the machine finds now: found, not_found, no_log, not_due
	MarkOf    string    `json:"mark_airing,omitempty"`
}

// outcome names what became of a pledge.
func outcome(p schedule.Pledge) string {
	if p.Outcome == nil {
		return ""
	}
	return map[schedule.CaseActKind]string{schedule.CaseAired: "aired", schedule.CaseMissed: "missed", schedule.CasePropose: "replaced"}[p.Outcome.Kind]
}

func (d *caseDesk) line(c schedule.Case) caseLine {
	l := caseLine{Case: c.ID, Owner: c.Owner, State: c.State, Reason: c.Reason, Words: c.Words, Opened: c.Opened.At.In(calendar.Zone), By: c.Opened.Actor, Pledges: []pledgeLine{}}
	for _, m := range c.Misses {
		line := caseMissLine{Quota: m.Quota, Period: m.Period, Short: m.Short, Covered: c.Covered(m)}
		if s := d.standingOf(c.Owner, m); s != nil {
			line.State = s.State
		}
		l.Misses = append(l.Misses, line)
	}
	for i, p := range c.Pledges {
		line := pledgeLine{N: i + 1, Channel: p.Channel, Programme: p.Programme, Column: p.Column, Start: p.Start.In(calendar.Zone), Minutes: p.Length.Minutes(), Outcome: outcome(p)}
		if p.Approved != nil {
			line.Approved = p.Approved.Document
		}
		if line.Outcome == "aired" {
			line.Airing, line.Aired, line.Found = p.Outcome.Airing, p.Outcome.Aired.In(calendar.Zone).Format(time.RFC3339), p.Outcome.Found
		}
		mark := d.Mark(c, i+1)
		if line.Mark = mark.Code; mark.Airing != nil {
			line.MarkOf = mark.Airing.ID
		}
		l.Pledges = append(l.Pledges, line)
	}
	if c.Ended != nil {
		at := c.Ended.At.In(calendar.Zone)
		l.Ended, l.EndedBy, l.Document = &at, c.Ended.Actor, c.Ended.Document
	}
	return l
}

// Run lists the cases, those that go on first asked.
func (c *caseListCmd) Run(a *app) error {
	d, err := c.desk(a)
	if err != nil {
		return err
	}
	defer d.close()
	owner := d.agencyID(c.Owner)
	shown := slices.DeleteFunc(slices.Clone(d.Cases), func(x schedule.Case) bool {
		return !c.All && x.State.Over() || owner != "" && x.Owner != owner
	})
	if c.JSON {
		for _, x := range shown {
			if err := d.json(x); err != nil {
				return err
			}
		}
		return nil
	}
	if d.plan.Sample {
		fmt.Fprintln(a.Out, sampleNotice)
	}
	if len(shown) == 0 {
		fmt.Fprintln(a.Out, "Không có việc phát bù nào"+map[bool]string{true: ".", false: " đang xử lý (xem cả việc đã kết thúc bằng --all)."}[c.All])
		return nil
	}
	w := tabwriter.NewWriter(a.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "Mã\tCơ quan\tKỳ chưa đạt\tLý do\tTình trạng\tLần hẹn gần nhất")
	for _, x := range shown {
		var misses []string
		for _, m := range x.Misses {
			misses = append(misses, m.Quota+" "+m.Period)
		}
		last := "-"
		if n := len(x.Pledges); n > 0 {
			last = clockDay(x.Pledges[n-1].Start)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", x.ID, d.names.Agency(x.Owner), strings.Join(misses, ", "), viet.MissReason(x.Reason), viet.CaseState(string(x.State)), last)
	}
	return w.Flush()
}

func (d *caseDesk) json(c schedule.Case) error {
	enc := json.NewEncoder(d.app.Out)
	enc.SetEscapeHTML(false)
	return enc.Encode(d.line(c))
}

// Run shows one case.
func (c *caseShowCmd) Run(a *app) error {
	d, err := c.desk(a)
	if err != nil {
		return err
	}
	defer d.close()
	it := d.find(c.Case)
	if it.ID == "" {
		return usagef("%s", viet.Refusal("no_case", map[string]any{"case": c.Case}))
	}
	if c.JSON {
		return d.json(it)
	}
	return d.print(it)
}

// print shows a case to a person.
func (d *caseDesk) print(c schedule.Case) error {
	out := d.app.Out
	l := d.line(c)
	fmt.Fprintf(out, "%s – %s: %s.\n", c.ID, d.names.Agency(c.Owner), viet.CaseState(string(c.State)))
	fmt.Fprintf(out, "Vì sao chưa phát: %s%s. Mở lúc %s, người mở: %s.\n", viet.MissReason(c.Reason), prefixed(": ", c.Words), clockDay(c.Opened.At), c.Opened.Actor)
	for i, m := range c.Misses {
		now := ""
		if s := d.standingOf(c.Owner, m); s != nil {
			now = "; nay " + report.Word(s.Basis, s.State, s.Confirmed, s.Risk, s.Reasons)
		}
		fmt.Fprintf(out, "  %s kỳ %s: thiếu %02d lần, đã phát bù %02d%s\n", m.Quota, m.Period, m.Short, l.Misses[i].Covered, now)
	}
	for i, p := range c.Pledges {
		fmt.Fprintf(out, "  Lần hẹn %d: %s, %s, %s, %s\n", i+1, clockDay(p.Start), viet.Duration(p.Length), d.names.Channel(p.Channel), p.Programme)
		switch {
		case p.Approved != nil:
			fmt.Fprintf(out, "    đã thống nhất theo %s%s, người ghi: %s\n", p.Approved.Document, prefixed(" của ", p.Approved.Issuer), p.Approved.Actor)
		case p.Outcome == nil:
			fmt.Fprintln(out, "    chờ thống nhất")
		}
		switch line := l.Pledges[i]; line.Outcome {
		case "aired":
			how := "người ghi nhập"
			if line.Found {
				how = "máy tìm, người ghi xác nhận"
			}
			fmt.Fprintf(out, "    đã phát %s, %s (mã %s; %s: %s)\n", clockDay(p.Outcome.Aired), viet.Duration(p.Outcome.Length), line.Airing, how, p.Outcome.Actor)
		case "missed":
			fmt.Fprintf(out, "    chưa phát bù như đã hẹn%s, người ghi: %s\n", prefixed(" ", cmp.Or(prefixed("(", p.Outcome.Words, ")"), prefixed("(theo ", p.Outcome.Document, ")"))), p.Outcome.Actor)
		case "replaced":
			fmt.Fprintln(out, "    đã thay bằng lần hẹn khác")
		default:
			if line.Mark != "" {
				fmt.Fprintf(out, "    %s%s\n", viet.CaseMark(line.Mark), prefixed(" (mã ", line.MarkOf, ")"))
			}
		}
	}
	if c.Ended != nil {
		fmt.Fprintf(out, "Kết thúc lúc %s, người ghi: %s%s%s.\n", clockDay(c.Ended.At), c.Ended.Actor, prefixed(", theo ", c.Ended.Document), prefixed(": ", c.Ended.Words))
	}
	return nil
}

// prefixed is a text between others, nothing if it is empty.
func prefixed(before, s string, after ...string) string {
	if s == "" {
		return ""
	}
	return before + s + strings.Join(after, "")
}
