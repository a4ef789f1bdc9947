package notify

import (
	"slices"
	"strings"
	"testing"

	"loa/media"
	"loa/schedule"
)

// TestDutyIsPrivate: what those on duty are told is for them alone, the end of an
// outage as well as its beginning.
func TestDutyIsPrivate(t *testing.T) {
	w := province("2023-03-08 15:00")
	since := at("2023-03-08 10:00")
	w.Sources = []Source{{Source: media.Source{ID: "p/y-te-tin", Agency: "p/y-te", Name: "Trang Sở Y tế", Kind: media.KindUptime},
		Health: media.Health{LastOK: at("2023-03-08 14:00")}, How: media.Condition{State: media.SourceOK}}}
	w.Told = []Told{{Audience: Duty, About: "down p/y-te-tin " + stamp(since), At: since}}
	list := Due(digested(w))
	if got := to(list); got != "duty source_back" || !list[0].Private() {
		t.Errorf("%s, shown to others", got)
	}
}

// TestDigestUnseen: digests say of what cannot be seen that it cannot, with no count,
// and ask for logs only where logs are what is missing.
func TestDigestUnseen(t *testing.T) {
	blind := standing("B-D1", "p/dai", "2023-W14", schedule.Open, 0, 1)
	blind.Coverage.Blind = []schedule.Blind{{Source: "p/dai-tin", Reason: media.Unreachable, Since: at("2023-04-01 00:00")}}
	unread := standing("B-D1", "p/dai", "2023-W14", schedule.Open, 0, 1)
	unread.Reasons = []schedule.Reason{{Code: "source_none"}}
	broken := standing("B-D1", "p/dai", "2023-W13", schedule.Insufficient, 0, 1)
	broken.Reasons = []schedule.Reason{{Code: "source_blind"}}
	log := broken
	log.Reasons = []schedule.Reason{{Code: "receipt_missing"}}
	for name, c := range map[string]struct {
		s              schedule.Standing
		officer, owner string
	}{
		"blind":  {blind, "Chưa thu thập được: B-D1 Đài PT-TH tuần 14 (03/4–09/4/2023).", "B-D1 tuần 14 (03/4–09/4/2023): chưa thu thập được."},
		"unread": {unread, "Chưa thu thập được: B-D1 Đài PT-TH tuần 14 (03/4–09/4/2023).", "B-D1 tuần 14 (03/4–09/4/2023): chưa thu thập được."},
		"broken": {broken, "", "B-D1 tuần 13 (27/3–02/4/2023): chưa thu thập được."},
		"log":    {log, "Chưa có nhật ký, bảng kê: B-D1 Đài PT-TH tuần 13", "B-D1 tuần 13 (27/3–02/4/2023): chưa nhận đủ nhật ký, bảng kê."},
	} {
		w := province("2023-04-03 07:30")
		w.Standings, w.Asked = []schedule.Standing{c.s}, []string{"p/dai"}
		list := Due(w)
		if got := to(list); got != "officer digest report_due; owner dai digest" && got != "officer digest; owner dai digest" {
			t.Fatalf("%s: %s", name, got)
		}
		if text := list[0].Text(); !strings.Contains(text, c.officer) || strings.Contains(text, "còn kịp đến") {
			t.Errorf("%s: the officer reads %s", name, text)
		}
		if text := list[1].Text(); !strings.Contains(text, c.owner) {
			t.Errorf("%s: the outlet reads %s", name, text)
		}
	}
}

// TestDigestOfALog: a week whose log comes after it keeps its last day, whatever is
// not seen of it yet.
func TestDigestOfALog(t *testing.T) {
	unread := standing("B-D1", "p/dai", "2023-W14", schedule.Open, 0, 1)
	unread.Reasons = []schedule.Reason{{Code: "source_none"}}
	w := province("2023-04-03 07:30")
	w.Standings, w.Asked = []schedule.Standing{unread}, []string{"p/dai"}
	plan := *w.Plan
	plan.Quotas = slices.Clone(plan.Quotas)
	for i := range plan.Quotas {
		plan.Quotas[i].Channels = []string{"tv"}
	}
	w.Plan = &plan
	for _, n := range Due(w) {
		if n.Audience == Officer && !strings.Contains(n.Text(), "còn kịp đến") || n.Audience == Owner && !strings.Contains(n.Text(), "còn kịp đến") {
			t.Errorf("no last day: %s", n.Text())
		}
	}
}

// TestWordsOfARelease: what a person said with the warning does not go out with the miss.
func TestWordsOfARelease(t *testing.T) {
	missed := standing("B-D1", "p/dai", "2023-W09", schedule.Missed, 0, 1)
	missed.Confirmed = true
	w := digested(province("2023-03-08 15:00"))
	w.Standings = []schedule.Standing{missed}
	for kind, words := range map[schedule.ReleaseKind]string{schedule.ReleaseEarly: "Đề nghị phát trước Chủ nhật.", schedule.ReleaseMissed: "Đề nghị phát bù."} {
		w.Releases = append(w.Releases, schedule.Release{Plan: "p/2023", Kind: kind, Quota: "B-D1", Owner: "p/dai", Period: "2023-W09", At: at("2023-03-08 09:00"), Office: "p/so", Words: words})
	}
	list := Due(w)
	if text := list[len(list)-1].Text(); list[len(list)-1].Audience != Owner || strings.Contains(text, "trước Chủ nhật") || !strings.Contains(text, "Đề nghị phát bù.") {
		t.Errorf("the station reads %s", text)
	}
}

// TestWeekOfRecordings: the days of a week are told at once, also those after a day
// that has a log.
func TestWeekOfRecordings(t *testing.T) {
	w := digested(province("2023-03-07 10:00"))
	days := func(from, to string) schedule.Notice {
		return schedule.Notice{Channel: "tv", Start: at(from + " 00:00"), To: at(to + " 00:00"), Last: at(from+" 00:00").AddDate(0, 0, 30), Days: 30, Basis: "Luật"}
	}
	w.Recordings = []schedule.Notice{days("2023-02-13", "2023-02-14"), days("2023-02-16", "2023-02-18")}
	list := Due(w)
	if got := to(list); got != "officer retention_30d" {
		t.Fatal(got)
	}
	for _, s := range []string{"từ 13/02/2023 đến 13/02/2023", "từ 16/02/2023 đến 17/02/2023"} {
		if !strings.Contains(list[0].Text(), s) {
			t.Errorf("does not name %s: %s", s, list[0].Text())
		}
	}
}
