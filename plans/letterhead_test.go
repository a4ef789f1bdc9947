package plans

import (
	"strings"
	"testing"
	"time"

	"loa/schedule"
	"loa/schedule/calendar"
)

// TestMergedLetterhead: from a day on a body's papers bear another signer; those of the days before keep the one of then, a
// change of a later day stays after it, and what nobody set is as the file says.
func TestMergedLetterhead(t *testing.T) {
	deputy := `{"signer":"KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC","copies":["Lãnh đạo Sở","Văn phòng Sở"],"basis":"Thông báo 12"}`
	p, files := load(t, entry(schedule.EntryLetterhead, "so-tttt", `{"office":"VP"}`, "2023-09-01"), entry(schedule.EntryLetterhead, "so-tttt", deputy, "2023-04-01"))
	file, _, _ := Load(Files(), merged)
	for _, x := range []struct{ day, signer, office, copies string }{
		{"2023-03-31", "GIÁM ĐỐC", "TTBCXB", ""},
		{"2023-04-01", "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC", "TTBCXB", "Lãnh đạo Sở|Văn phòng Sở"},
		{"2023-08-31", "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC", "TTBCXB", "Lãnh đạo Sở|Văn phòng Sở"},
		{"2023-09-01", "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC", "VP", "Lãnh đạo Sở|Văn phòng Sở"},
	} {
		at, err := time.ParseInLocation(time.DateOnly, x.day, calendar.Zone)
		if err != nil {
			t.Fatal(err)
		}
		l := p.LetterheadAt(at)
		if l.Signer != x.signer || l.Office != x.office || strings.Join(l.Copies, "|") != x.copies || l.Issuer != file.LetterheadAt(at).Issuer {
			t.Errorf("%s: %+v", x.day, l)
		}
	}
	end := file.Letterheads[0].To // the department is no more from then on
	if after := p.LetterheadAt(end); after.Signer != file.LetterheadAt(end).Signer || after.Office == "VP" {
		t.Errorf("a change goes on after the end of what the file says: %+v", after)
	}
	if got := Written(files, merged, schedule.EntryLetterhead, "so-tttt", "office"); got != `{"office":"VP"}` {
		t.Errorf("written: %s", got)
	}
	name, text, err := Paste(files, merged, schedule.EntryLetterhead, "so-tttt")
	if err != nil || name != "yen-bai/agencies.yaml" || strings.Count(text, "agency: so-tttt") != 3 || !strings.Contains(text, "PHÓ GIÁM ĐỐC") {
		t.Errorf("%s %v\n%s", name, err, text)
	}
	if f := Faults(Files(), Files(), merged, nil, entry(schedule.EntryLetterhead, "khong-co", `{"place":"Yên Bái"}`, "2023-04-01")); len(f) == 0 {
		t.Error("a body that is none is taken")
	}
}
