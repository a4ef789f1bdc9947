package schedule

import (
	"testing"
	"time"

	"loa/media"
	"loa/schedule/calendar"
)

// A piece that was accepted in a month's form is the same piece in the quarter's, and the one that was observed under its
// address or its title and day: it counts once.
func TestDeclaredOnce(t *testing.T) {
	day := time.Date(2023, 2, 14, 0, 0, 0, 0, calendar.Zone)
	claim := &Claim{Kind: ClaimPiece, Title: "Một cửa về tận thôn", URL: "http://khemay.mau.example/tin/1?utm_source=zalo", Date: day}
	settle := func(id string) media.Evidence {
		s := Settle(DisputeAct{Plan: "mau/2023", Agency: "mau/khe-may", Quota: "A-4", Of: Discrepancy{ID: id, Kind: ClaimedOnly, Claim: claim}}, nil)
		if s.Piece == nil || len(s.Decisions) != 1 || s.Decisions[0].Evidence != s.Piece.ID {
			t.Fatalf("settled: %+v", s)
		}
		return *s.Piece
	}
	month, quarter := settle("of the month's form"), settle("of the quarter's")
	if month.ID != quarter.ID {
		t.Error("one piece is two in two forms")
	}
	if !claim.Names(month) {
		t.Error("what was accepted is not known again")
	}
	for name, c := range map[string]struct {
		e    media.Evidence
		want bool
	}{
		"the address, seen another day":  {media.Evidence{Kind: media.EvItem, URL: "https://khemay.mau.example/tin/1", Title: "Khác", At: day.AddDate(0, 0, 9)}, true},
		"the title and day":              {media.Evidence{Kind: media.EvItem, URL: "http://khemay.mau.example/x", Title: "MỘT CỬA VỀ TẬN THÔN", At: day.Add(9 * time.Hour), Precision: media.ToDay}, true},
		"the title of another day":       {media.Evidence{Kind: media.EvItem, URL: "http://khemay.mau.example/x", Title: claim.Title, At: day.AddDate(0, 0, 1), Precision: media.ToDay}, false},
		"another":                        {media.Evidence{Kind: media.EvItem, URL: "http://khemay.mau.example/tin/2", Title: "Khác", At: day}, false},
		"a broadcast of the same name":   {media.Evidence{Kind: media.EvAiring, Title: claim.Title, At: day}, false},
		"no address on either, no title": {media.Evidence{Kind: media.EvItem, At: day}, false},
	} {
		if got := claim.Names(c.e); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if (&Claim{Kind: ClaimPiece, Date: day}).Names(media.Evidence{Kind: media.EvItem, At: day}) {
		t.Error("nothing names anything")
	}
}
