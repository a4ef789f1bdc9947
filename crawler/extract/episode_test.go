package extract

import (
	"strings"
	"testing"
	"time"

	"loa/media"
)

// TestOneProductionOnTwoChannels: what makes two transmissions one production,
// and what does not. The first of each pair is television's.
func TestOneProductionOnTwoChannels(t *testing.T) {
	columns := []media.Column{{ID: "cchc", Name: "Chung tay cải cách hành chính", Aliases: []media.Alias{
		{Name: "Chung tay CCHC"}, {Name: "Cải cách hành chính và cuộc sống", To: time.Date(2023, 7, 1, 0, 0, 0, 0, time.UTC)},
	}}}
	opt := LogOptions{Columns: columns, Channels: []LogChannel{{ID: "tv", Agency: "mau/dai", Name: "TV", Medium: "tv"}, {ID: "fm", Agency: "mau/dai", Name: "FM", Medium: "radio"}}}
	one := func(channel, day, programme, title string) media.Airing {
		as, bad, err := Airings("log.csv", []byte("Kênh\tNgày\tGiờ\tChương trình\tNội dung\tThời lượng\n"+strings.Join([]string{channel, day, "20:00", programme, title, "15'"}, "\t")+"\n"), opt)
		if err != nil || len(bad) > 0 || len(as) != 1 {
			t.Fatal(as, bad, err)
		}
		return as[0]
	}
	for _, c := range []struct {
		name                       string
		programme, title, day      string
		programme2, title2, day2   string
		sameProgramme, sameEpisode bool
	}{
		{"by its alias on radio", "Chung tay CCHC", "Số 10/2023", "10/03/2023", "Cải cách hành chính và cuộc sống", "Số 10/2023", "11/03/2023", true, true},
		{"the alias is over", "Chung tay CCHC", "Số 40/2023", "06/10/2023", "Cải cách hành chính và cuộc sống", "Số 40/2023", "07/10/2023", false, false},
		{"by number, whatever follows", "Chung tay CCHC", "Số 05/2023: Một cửa điện tử", "10/03/2023", "Chung tay cải cách hành chính", "số 5", "11/03/2023", true, true},
		{"kỳ", "Chung tay CCHC", "Kỳ 5 - Một cửa", "10/03/2023", "Chung tay CCHC (phát lại)", "Kỳ 5", "11/03/2023", true, true},
		{"a column of numbers", "Chung tay CCHC", "12", "10/03/2023", "Chung tay CCHC", "Số 12: Hỏi đáp", "11/03/2023", true, true},
		{"the number in the programme's cell", "Chung tay CCHC số 12", "", "10/03/2023", "Chung tay CCHC", "Số 12", "11/03/2023", true, true},
		{"another number", "Chung tay CCHC", "Số 12", "10/03/2023", "Chung tay CCHC", "Số 13", "11/03/2023", true, false},
		{"another year's number", "Chung tay CCHC", "Số 1/2022", "10/03/2023", "Chung tay CCHC", "Số 1", "11/03/2023", true, false},
		{"a document's number is none", "Chung tay CCHC", "Số 76/NQ-CP: những điểm mới", "10/03/2023", "Chung tay CCHC", "Số 76/NQ-CP: hỏi và đáp", "11/03/2023", true, false},
		{"nor with its year", "Chung tay CCHC", "Số 18/2023/NĐ-CP, điểm mới", "10/03/2023", "Chung tay CCHC", "Số 18/2023/NĐ-CP, hỏi đáp", "11/03/2023", true, false},
		{"parts of two series", "Chung tay CCHC", "Một cửa (kỳ 2)", "10/03/2023", "Chung tay CCHC", "Công vụ (kỳ 2)", "11/03/2023", true, false},
		{"by title", "Chung tay CCHC", "Một cửa hiện đại", "10/03/2023", "Chung tay CCHC", "MỘT CỬA HIỆN ĐẠI (PL)", "11/03/2023", true, true},
		{"no column", "Thời sự", "Bản tin", "10/03/2023", "Thời sự tối", "Bản tin", "10/03/2023", false, false},
	} {
		a, b := one("TV", c.day, c.programme, c.title), one("FM", c.day2, c.programme2, c.title2)
		if got := a.ProgrammeID == b.ProgrammeID; got != c.sameProgramme {
			t.Errorf("%s: one programme %t, want %t", c.name, got, c.sameProgramme)
		}
		if got := a.EpisodeID == b.EpisodeID; got != c.sameEpisode || a.EpisodeID == "" {
			t.Errorf("%s: one episode %t, want %t", c.name, got, c.sameEpisode)
		}
	}
	if a := one("TV", "10/03/2023", "Chung tay CCHC", ""); a.EpisodeID != "" {
		t.Error("a transmission without number and title has an episode")
	}
}
