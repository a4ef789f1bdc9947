package schedule_test

import (
	"strings"
	"testing"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

func declaredDay(m, d int) time.Time {
	return time.Date(2023, time.Month(m), d, 0, 0, 0, 0, calendar.Zone)
}

func seenPiece(id, title, url string, at time.Time, counts bool) schedule.Found {
	f := schedule.Found{Evidence: media.Evidence{ID: id, Kind: media.EvItem, Agency: "mau/so", Title: title, URL: url, At: at.Add(9 * time.Hour), Precision: media.ToMinute}}
	if counts {
		f.Counted = []schedule.Credit{{Quota: "A-4", Owner: "mau/so", Period: "2023-03", Evidence: f.Evidence}}
	} else {
		f.Not = &schedule.Rejection{Reason: schedule.Reason{Code: "not_reform"}}
	}
	return f
}

// TestCompareDeclared: every way in which a unit and loa can differ, and that
// addresses and titles are recognised however they are written.
func TestCompareDeclared(t *testing.T) {
	march, err := calendar.Parse("2023-03")
	if err != nil {
		t.Fatal(err)
	}
	found := []schedule.Found{
		seenPiece("i1", "Một cửa liên thông ở xã Mẫu", "http://so.mau.example/tin/1", declaredDay(3, 2), true),
		seenPiece("i2", "Kết quả chấm điểm", "https://www.so.mau.example/tin?id=2&utm_source=zalo", declaredDay(3, 5), true),
		seenPiece("i3", "Hội thao công chức", "http://so.mau.example/tin/3", declaredDay(3, 7), false),
		seenPiece("i4", "Ra mắt tổ công nghệ số", "http://so.mau.example/tin/4", declaredDay(3, 9), true),
		seenPiece("i5", "Tập huấn phần mềm", "http://so.mau.example/tin/5", declaredDay(3, 11), true),
		seenPiece("i6", "Đối thoại với doanh nghiệp", "", declaredDay(3, 12), true),
		seenPiece("i7", "Bài của xã bên", "http://so.mau.example/tin/7", declaredDay(3, 13), true),
	}
	answer := func(id, a string) schedule.Claim {
		return schedule.Claim{Kind: schedule.ClaimAnswer, Evidence: id, Answer: a}
	}
	piece := func(day time.Time, title, url string) schedule.Claim {
		return schedule.Claim{Kind: schedule.ClaimPiece, Date: day, Title: title, URL: url}
	}
	d := schedule.Declaration{Plan: "mau/2023", Agency: "mau/so", Period: "2023-03", Edition: 1, At: declaredDay(4, 3), Claims: []schedule.Claim{
		answer("i1", schedule.AnswerRight), answer("i3", schedule.AnswerWrong), answer("i5", schedule.AnswerWrong), answer("i7", schedule.AnswerNotOurs),
		piece(declaredDay(3, 5), "KET QUA CHAM DIEM", "so.mau.example/tin/?id=2"),          // the same address, otherwise written
		piece(declaredDay(3, 10), "Ra mắt tổ công nghệ số", "http://so.mau.example/tin/4"), // another day
		piece(declaredDay(3, 12), "đối thoại với doanh nghiệp", ""),                        // by title and day
		piece(declaredDay(3, 12), "Đối thoại với doanh nghiệp", ""),                        // twice
		piece(declaredDay(3, 20), "Chưa ai thấy", "http://khac.mau.example/9"),
		piece(declaredDay(4, 1), "Sang tháng sau", ""),
		{Kind: schedule.ClaimPaper, Title: "Kế hoạch", Document: "12/KH-SO", Date: declaredDay(3, 1)},
		{Kind: schedule.ClaimQuantity, Title: "Tờ rơi", Counts: []int{0, 0, 500, 0, 0}},
	}}
	var got []string
	ids := map[string]bool{}
	diffs := schedule.CompareDeclared(d, found, march)
	for _, x := range diffs {
		who := x.Evidence
		if who == "" {
			who = x.Claim.Title
		}
		got = append(got, string(x.Kind)+" "+who)
		if ids[x.ID] || x.ID == "" {
			t.Errorf("id of %s %s is there twice or empty", x.Kind, who)
		}
		ids[x.ID] = true
	}
	want := "both i1, both i3, said_wrong i5, not_ours i7, both i2, other_date i4, both i6, twice i6, only_unit Chưa ai thấy, outside Sang tháng sau, paper Kế hoạch, quantity Tờ rơi"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
	// Unanswered pieces that count are only observed; the same piece keeps its id in a later edition.
	d2 := d
	d2.Edition, d2.Claims = 2, []schedule.Claim{piece(declaredDay(3, 20), "chua ai thay", "https://www.khac.mau.example/9#top")}
	again := schedule.CompareDeclared(d2, found, march)
	if len(again) != 7 || again[0].Kind != schedule.ClaimedOnly || again[1].Kind != schedule.ObservedOnly || !ids[again[0].ID] {
		t.Errorf("second edition: %+v", again)
	}

	due := declaredDay(4, 11)
	tally := schedule.TallyDeclared(d, found, diffs, nil, due)
	if tally.Declared != 6 || tally.Observed != 6 || tally.Both != 4 || tally.Open != 8 || tally.Settled != 0 {
		t.Errorf("tally %+v", tally)
	}
	var only schedule.Discrepancy
	for _, x := range diffs {
		if x.Kind == schedule.ClaimedOnly {
			only = x
		}
	}
	act := schedule.DisputeAct{Plan: d.Plan, Agency: d.Agency, Period: d.Period, Difference: only.ID, Seq: 1, Kind: schedule.SettleAsk, At: declaredDay(4, 4), Actor: "Cán bộ", Due: due, Of: only}
	state := func(acts ...schedule.DisputeAct) schedule.Dispute {
		for _, x := range schedule.TallyDeclared(d, found, diffs, acts, due).Disputes {
			if x.ID == only.ID {
				return x
			}
		}
		t.Fatal("the difference is gone")
		return schedule.Dispute{}
	}
	if x := state(); x.State != schedule.AwaitsOfficer {
		t.Errorf("an address to look at: %s", x.State)
	}
	if x := state(act); x.State != schedule.AwaitsUnit || !x.Due.Equal(due) {
		t.Errorf("asked: %+v", x)
	}
	reply, accept := act, act
	reply.Seq, reply.Kind = 2, schedule.SettleReply
	accept.Seq, accept.Kind, accept.Quota, accept.Words = 3, schedule.SettleAccept, "A-4", "có ảnh chụp"
	if x := state(act, reply); x.State != schedule.AwaitsOfficer {
		t.Errorf("answered: %s", x.State)
	}
	if x := state(reply, accept, act); x.State != schedule.Accepted || !x.Over() { // in whatever order they are read
		t.Errorf("accepted: %s", x.State)
	}
	s := schedule.Settle(accept, nil)
	if s.Piece == nil || s.Piece.Kind != media.EvDeclared || s.Piece.Grade != media.GradeD || len(s.Decisions) != 1 || s.Decisions[0].Kind != schedule.Add || s.Decisions[0].Evidence != s.Piece.ID {
		t.Errorf("settled: %+v", s)
	}
	// Once settled it is never lost, not even when the unit takes it back.
	gone := schedule.TallyDeclared(d, found, diffs[:3], []schedule.DisputeAct{accept}, due)
	if gone.Settled != 1 || gone.Accepted != 1 {
		t.Errorf("taken back: %+v", gone)
	}
}

// TestDeclaredIsNoObservation: an accepted claim counts for its quota and never
// becomes a thing that was observed.
func TestDeclaredIsNoObservation(t *testing.T) {
	march, err := calendar.Parse("2023-03")
	if err != nil {
		t.Fatal(err)
	}
	e := media.Evidence{ID: "d1", Kind: media.EvDeclared, Agency: "mau/so", At: declaredDay(3, 20), Precision: media.ToDay, Title: "Khai"}
	m := schedule.Matching{Credits: []schedule.Credit{{Quota: "A-4", Owner: "mau/so", Period: "2023-03", Evidence: e}}}
	if f := schedule.FoundOf(m, []media.Evidence{e}, "mau/so", march); len(f) != 0 {
		t.Errorf("a claim passes as found: %+v", f)
	}
}
