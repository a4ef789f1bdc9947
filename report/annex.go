package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// annex is one table of the report («Biểu»), the same in every format: Biểu 01 results by duty, 02 broadcasts, 03 the
// newspaper's column, 04 sites, 05 topics, 06 state of the data; then what units declare and attest, and the evidence.
type annex struct {
	ID      string // "bieu-01"
	Name    string // «Biểu 01»
	Title   string
	Columns []annexColumn
	Rows    []annexRow
	Note    string
}

// annexColumn is a column and its share of the page's width.
type annexColumn struct {
	Head   string
	Share  float64
	Number bool // stands on the right
}

// annexRow is a line, or a heading over the lines that follow.
type annexRow struct {
	Cells []annexCell
	Group string
}

// annexCell is text, or a number that a spreadsheet can count with.
type annexCell struct {
	Text   string
	Number *float64
	At     *time.Time // a day, or a moment where it has an hour: what a spreadsheet can sort by
	URL    string
}

func words(s string) annexCell { return annexCell{Text: s} }

func count(n int) annexCell {
	v := float64(n)
	return annexCell{Text: viet.Number(n), Number: &v}
}

func amount(v float64) annexCell { return annexCell{Text: viet.Decimal(v), Number: &v} }

func onDay(t time.Time) annexCell {
	day := calendar.Day(t)
	return annexCell{Text: viet.Day(t), At: &day}
}

func atMoment(t time.Time) annexCell { return annexCell{Text: viet.Moment(t), At: &t} }

func days(v *float64) annexCell {
	if v == nil {
		return words("–")
	}
	return amount(*v)
}

// annexes are the tables of the report's paper that have something to tell.
func (r Report) annexes() []annex {
	all := []annex{r.byDuty(), r.byWeek(), r.byColumn(), r.bySite(), r.byTopic(), r.byData(), r.byUnit(), r.byForm()}
	all = slices.DeleteFunc(all, func(a annex) bool {
		// The state of the data is of everything that is watched; an account is of its issuer's own duties.
		return len(a.Rows) == 0 || r.Paper == Account && (a.ID == "bieu-06" || a.ID == "bieu-05" && r.Topics.Items == 0)
	})
	return all
}

// byDuty is Biểu 01, first what is held against the plan's numbers, then against ours.
func (r Report) byDuty() annex {
	a := annex{ID: "bieu-01", Name: "Biểu 01", Title: "Kết quả theo nhiệm vụ", Columns: []annexColumn{{"TT", 4, false}, {"Nhiệm vụ", 19, false}, {"Căn cứ", 11, false}, {"Cơ quan chủ trì", 11, false},
		{"Chỉ tiêu hoặc mức tham chiếu", 16, false}, {"Kết quả kỳ", 6, true}, {"Lũy kế", 6, true}, {"Đánh giá", 15, false}, {"Ghi chú, minh chứng", 14, false}},
		Note: "«Chỉ tiêu» là con số ghi trong Kế hoạch " + r.Plan.Number + "; «mức tham chiếu» do đơn vị theo dõi đặt, không phải chỉ tiêu. Kết quả kỳ và lũy kế đếm số lượt ghi nhận."}
	for _, g := range []struct {
		basis schedule.Basis
		head  string
	}{{schedule.ByPlan, "A. Chỉ tiêu theo Kế hoạch " + r.Plan.Number}, {schedule.ByReference, "B. Mức tham chiếu do đơn vị theo dõi đặt"}} {
		n := 0
		for _, d := range r.Duties {
			if d.Basis != g.basis {
				continue
			}
			if n++; n == 1 {
				a.Rows = append(a.Rows, annexRow{Group: g.head})
			}
			pieces := 0
			for _, row := range d.told() {
				switch {
				case row.Statistics:
					pieces += len(r.within(row))
				case !row.InProgress || d.once():
					pieces += len(row.Credits)
				}
			}
			note := ""
			if !r.Paper.goesOut() { // how we came to a number is our own business
				note = d.Note
			}
			if pieces > 0 {
				note = strings.TrimPrefix(note+fmt.Sprintf("; %s minh chứng", pad(pieces)), "; ")
			}
			a.Rows = append(a.Rows, annexRow{Cells: []annexCell{count(n), words(d.Quota + ". " + d.Title), words(r.clause(d)), words(viet.Capital(d.Owner)), words(viet.Basis(string(d.Basis)) + ": " + d.Asks),
				pieceCount(d, pieces), pieceCount(d, d.Sum), words(viet.Capital(r.resultWords(d, 0))), words(note)}})
		}
	}
	return a
}

// clause is where the plan says it, without the plan's number: it heads the table.
func (r Report) clause(d Duty) string {
	at, _, _ := strings.Cut(d.Place, "Kế hoạch "+r.Plan.Number)
	return strings.TrimSpace(at)
}

// pieceCount is a number of pieces; duties for which a page has to be there or a site to answer are held by looks, not by pieces.
func pieceCount(d Duty, n int) annexCell {
	if n == 0 && (d.Kind == "exists" || d.Kind == "availability") {
		return words("–")
	}
	return count(n)
}

// manyAlike is from how many periods without an airing and of one state on they are told in one line.
const manyAlike = 3

// byWeek is Biểu 02: every airing of the column, counted or not, and the periods without one.
func (r Report) byWeek() annex {
	a := annex{ID: "bieu-02", Name: "Biểu 02", Title: "Phát sóng theo tuần", Columns: []annexColumn{{"Kỳ và đánh giá", 15, false}, {"Thời điểm phát", 12, false}, {"Kênh, nội dung", 22, false}, {"Thời lượng (phút)", 8, true},
		{"Hình thức", 9, false}, {"Khung giờ (mức tham chiếu)", 9, false}, {"Ghi nhận", 7, false}, {"Lý do không ghi nhận", 18, false}}}
	for _, b := range r.Broadcasts {
		d := r.duty(b.Quota)
		a.Rows = append(a.Rows, annexRow{Group: fmt.Sprintf("%s – %s (%s)", viet.Capital(b.OwnerName), d.Title, mark(d.Basis, d.Place))})
		var rows []Row
		for _, row := range d.told() {
			if row.Owner == b.Owner && !row.InProgress {
				rows = append(rows, row)
			}
		}
		aired := map[string]bool{}
		for _, x := range b.Airings {
			aired[x.Period] = true
		}
		for i := 0; i < len(rows); i++ {
			row := rows[i]
			last := i // of the periods that follow with nothing either: a line each would fill pages
			for !aired[row.Period] && last+1 < len(rows) && !aired[rows[last+1].Period] && rowWord(d, rows[last+1]) == rowWord(d, row) {
				last++
			}
			if last-i+1 >= manyAlike {
				a.Rows = append(a.Rows, annexRow{Cells: []annexCell{words(fmt.Sprintf("%s đến %s: %s", viet.Capital(row.PeriodName), rows[last].PeriodName, rowWord(d, row))), words("–"), words(fmt.Sprintf("%s kỳ chưa ghi nhận lần phát sóng nào", pad(last-i+1))), words(""), words(""), words(""), words(""), words("")}})
				i = last
				continue
			}
			first := true
			line := func(cells ...annexCell) {
				period := words("")
				if first {
					period = words(viet.Capital(row.PeriodName) + ": " + rowWord(d, row))
				}
				first = false
				a.Rows = append(a.Rows, annexRow{Cells: append([]annexCell{period}, cells...)})
			}
			for _, x := range b.Airings {
				if x.Period != row.Period {
					continue
				}
				how, window, counted, why := "phát lại", "ngoài", "không", ""
				if x.FirstRun {
					how = "phát sóng mới"
				}
				if x.InWindow {
					window = "trong"
				}
				if x.Counted {
					counted, why = "có", ""
				} else if x.Why != nil {
					why = viet.Capital(viet.Reason(x.Why.Code, x.Why.Args))
				}
				line(atMoment(x.At), words(x.Title), amount(float64(x.Seconds*100/60)/100), words(how), words(window), words(counted), words(why))
			}
			if first {
				line(words("–"), words("chưa ghi nhận lần phát sóng nào"), words(""), words(""), words(""), words(""), words(""))
			}
		}
	}
	return a
}

// byColumn is Biểu 03: every instalment.
func (r Report) byColumn() annex {
	a := annex{ID: "bieu-03", Name: "Biểu 03", Title: "Chuyên mục báo theo tháng", Columns: []annexColumn{{"Kỳ", 14, false}, {"Thực hiện/yêu cầu", 10, false}, {"Đánh giá", 14, false}, {"Ngày đăng", 12, false}, {"Tin, bài", 50, false}}}
	for _, c := range r.Columns {
		a.Rows = append(a.Rows, annexRow{Group: fmt.Sprintf("%s – %s (%s)", viet.Capital(c.OwnerName), c.Title, mark(c.Basis, r.place(c.Quota)))})
		for _, row := range c.Rows {
			wanted := 0
			if m, ok := measure(row.Measures, "count"); ok {
				wanted = int(m.Wanted)
			}
			state := viet.Capital(rowWord(Duty{Basis: c.Basis}, row))
			if row.InProgress {
				state += " (không tính trong kỳ)"
			}
			head := []annexCell{words(viet.Capital(row.PeriodName)), words(fmt.Sprintf("%s/%s", pad(len(row.Credits)), pad(wanted))), words(state)}
			for i, p := range row.Credits {
				if i > 0 {
					head = []annexCell{words(""), words(""), words("")}
				}
				a.Rows = append(a.Rows, annexRow{Cells: append(head, onDay(p.At), annexCell{Text: p.Title, URL: p.URL})})
			}
			if len(row.Credits) == 0 {
				a.Rows = append(a.Rows, annexRow{Cells: append(head, words("–"), words("chưa ghi nhận"))})
			}
		}
	}
	return a
}

// bySite is Biểu 04: duties that hold of each agency by agency, else one line a duty. Units that fall short are named only where
// the paper may.
func (r Report) bySite() annex {
	a := annex{ID: "bieu-04", Name: "Biểu 04", Title: "Cổng, trang thông tin điện tử và nhiệm vụ thường xuyên của các cơ quan, đơn vị", Columns: []annexColumn{{"TT", 5, false}, {"Cơ quan, đơn vị", 40, false}, {"Số ghi nhận", 13, true}, {"Khoảng trống dài nhất (ngày)", 17, true}, {"Ghi chú", 25, false}}}
	for _, g := range r.Regulars {
		d := r.duty(g.Quota)
		a.Rows = append(a.Rows, annexRow{Group: fmt.Sprintf("%s. %s (%s; đơn vị tính: %s)", g.Quota, g.Title, mark(g.Basis, d.Place), unitWords(g.Kind, g.Unit))})
		n, hidden := 0, 0
		for _, f := range g.PerOwner {
			if g.Each && !r.namesUnits() || len(r.mayName(d, []ownerFigure{f})) == 0 && f.Pieces == 0 {
				hidden++
				continue
			}
			n++
			note := ""
			if f.Unknown {
				note = "chưa đủ dữ liệu"
			}
			a.Rows = append(a.Rows, annexRow{Cells: []annexCell{count(n), words(f.Name), count(f.Pieces), days(f.GapDays), words(note)}})
		}
		if g.Each {
			var says []string
			if g.Binding > 0 {
				says = append(says, fmt.Sprintf("%s/%s cơ quan, đơn vị đủ dữ liệu có từ 01 trở lên; trung vị %s", pad(g.With), pad(g.Binding), viet.Decimal(g.Median)))
			}
			if len(g.Unknown) > 0 {
				says = append(says, pad(len(g.Unknown))+" chưa đủ dữ liệu")
			}
			s := strings.Join(says, "; ")
			a.Rows = append(a.Rows, annexRow{Cells: []annexCell{words(""), words("Cộng " + pad(len(g.PerOwner)) + " cơ quan, đơn vị"), count(g.Pieces), days(g.Longest), words(s)}})
		} else if hidden > 0 {
			a.Rows = append(a.Rows, annexRow{Cells: []annexCell{words(""), words("–"), words(""), words(""), words("đang trong thời hạn phản hồi")}})
		}
	}
	names := func(all, may []ownerFigure) string { // how many there are stands beside
		held := ""
		if n := len(all) - len(may); n > 0 {
			held = pad(n) + " đang trong thời hạn phản hồi"
		}
		if !r.namesUnits() || len(may) == 0 {
			return viet.Capital(held)
		}
		return strings.TrimSuffix(namesOf(may)+"; "+held, "; ")
	}
	for _, p := range r.Pages {
		d := r.duty(p.Quota)
		a.Rows = append(a.Rows, annexRow{Group: fmt.Sprintf("%s. %s (%s)", p.Quota, p.Title, mark(p.Basis, d.Place))},
			annexRow{Cells: []annexCell{words(""), words("Có trang, mục"), count(len(p.Present)), words(""), words(fmt.Sprintf("trên tổng số %s", pad(p.Total)))}},
			annexRow{Cells: []annexCell{words(""), words("Chưa thấy"), count(len(p.Absent)), words(""), words(names(p.Absent, r.mayName(d, p.Absent)))}},
			annexRow{Cells: []annexCell{words(""), words("Chưa kiểm tra được"), count(len(p.Unknown)), words(""), words(names(p.Unknown, p.Unknown))}})
	}
	return a
}

// byTopic is Biểu 05.
func (r Report) byTopic() annex {
	a := annex{ID: "bieu-05", Name: "Biểu 05", Title: "Cơ cấu chủ đề", Columns: []annexColumn{{"TT", 6, false}, {"Chủ đề", 49, false}, {"Tin, bài", 15, true}, {"Là chủ đề chính", 15, true}, {"Tỷ lệ (%)", 15, true}},
		Note: fmt.Sprintf("%s tin, bài về CCHC có ngày đăng trong kỳ; một tin, bài có thể thuộc nhiều chủ đề, tỷ lệ tính theo chủ đề chính.", viet.Number(r.Topics.Items))}
	if r.Closing != nil {
		a.Note += " Lấy theo hiện trạng lúc lập, không thuộc bộ dữ liệu đã chốt."
	}
	for i, t := range r.Topics.Counts {
		share := 0.0
		if r.Topics.Items > 0 {
			share = math.Round(float64(t.Primary)*1000/float64(r.Topics.Items)) / 10
		}
		a.Rows = append(a.Rows, annexRow{Cells: []annexCell{count(i + 1), words(viet.Topic(t.Topic)), count(t.Items), count(t.Primary), amount(share)}})
	}
	return a
}

// byData is Biểu 06.
func (r Report) byData() annex {
	d := r.Data
	a := annex{ID: "bieu-06", Name: "Biểu 06", Title: "Tình trạng dữ liệu", Columns: []annexColumn{{"Nội dung", 60, false}, {"Số lượng", 15, true}, {"Ghi chú", 25, false}}}
	for _, x := range []struct {
		what string
		n    int
	}{{"Nguồn đang theo dõi", d.Sources}, {"Nguồn đọc được ở lần truy cập gần nhất", d.Reading}, {"Nguồn chưa thu thập được", len(d.Blind)}, {"Nguồn chưa truy cập lần nào", len(d.Never)}, {"Nguồn chưa chắc chắn địa chỉ, tạm bỏ qua", len(d.Skipped)},
		{"Tin, bài có ngày đăng trong kỳ", d.Items}, {"– trong đó về CCHC", d.Reform}, {"Phân loại tự động", d.Auto}, {"Có người xác nhận", d.Human}, {"Tin, bài chờ duyệt", d.Queue}, {"Tin, bài chưa phân loại", d.Unjudged},
		{"Mẫu ngẫu nhiên đã có người kiểm tra", r.Audit.All.Checked}, {"– trong đó máy phân loại đúng", r.Audit.All.Right}, {"Tin, bài không đọc được ngày đăng (toàn bộ kho)", d.Undated},
		{"Kỳ thiếu nhật ký phát sóng", d.NoLog}, {"Kỳ thiếu bảng kê, danh mục", d.NoList}, {"Trường hợp không đánh giá theo văn bản", d.Exempt}} {
		a.Rows = append(a.Rows, annexRow{Cells: []annexCell{words(x.what), count(x.n), words("")}})
	}
	for _, s := range d.Blind {
		if !r.namesUnits() {
			break
		}
		since := ""
		if s.Since != nil {
			since = "từ " + viet.Moment(*s.Since)
		}
		a.Rows = append(a.Rows, annexRow{Cells: []annexCell{words("Chưa thu thập được: " + s.Name + " (" + s.Agency + ")"), words(""), words(strings.TrimPrefix(viet.OutcomeOf(s.Reason, "")+"; "+since, "; "))}})
	}
	return a
}

// byUnit is what units declare beside what was observed, two columns that are never added.
func (r Report) byUnit() annex {
	a := annex{ID: "bieu-07", Name: "Biểu 07", Title: "Số đơn vị khai và số hệ thống ghi nhận", Columns: []annexColumn{{"Cơ quan, đơn vị", 28, false}, {"Kỳ", 16, false}, {"Đơn vị khai", 10, true}, {"Hệ thống ghi nhận", 10, true}, {"Trùng nhau", 9, true}, {"Đã thống nhất", 9, true}, {"Chấp nhận", 9, true}, {"Còn chờ", 9, true}},
		Note: "Hai số để cạnh nhau, không số nào cộng vào số kia."}
	if !r.namesUnits() {
		return a
	}
	for _, x := range r.Declared {
		a.Rows = append(a.Rows, annexRow{Cells: []annexCell{words(x.Unit), words(viet.Capital(x.Name)), count(x.Declared), count(x.Observed), count(x.Both), count(x.Settled), count(x.Accepted), count(x.Open)}})
	}
	return a
}

// byForm is what units attest to have done in other forms, added up (F6 to F11).
func (r Report) byForm() annex {
	a := annex{ID: "bieu-08", Name: "Biểu 08", Title: "Hình thức khác, theo minh chứng cơ quan, đơn vị gửi", Columns: []annexColumn{{"Hình thức", 30, false}, {"Lượt", 8, true}, {"Cơ quan, đơn vị", 10, true}, {"Cuộc", 10, true}, {"Người tham dự", 11, true}, {"Bản, tờ", 10, true}, {"Pa nô, áp phích", 11, true}, {"Bài đăng", 10, true}}}
	for _, f := range r.Forms {
		a.Rows = append(a.Rows, annexRow{Cells: []annexCell{words(f.Name), count(f.Pieces), count(f.Units), count(f.Amounts["events"]), count(f.Amounts["participants"]), count(f.Amounts["copies"]), count(f.Amounts["panels"]), count(f.Amounts["posts"])}})
	}
	return a
}

// evidence lists every piece behind a row, for formats that can be searched.
func (r Report) evidence() annex {
	r = r.carried()
	a := annex{ID: "minh-chung", Name: "Minh chứng", Title: "Danh mục minh chứng", Columns: []annexColumn{{"Nhiệm vụ", 8, false}, {"Cơ quan, đơn vị", 15, false}, {"Kỳ", 12, false}, {"Loại", 10, false}, {"Ngày", 10, false}, {"Tên tin, bài, văn bản", 30, false}, {"Hạng", 5, false}, {"Địa chỉ", 20, false}, {"Mã", 22, false}}}
	for _, d := range r.Duties {
		for _, row := range d.told() {
			for _, p := range row.Credits {
				if p.ID == "" { // of a unit that is not named
					continue
				}
				a.Rows = append(a.Rows, annexRow{Cells: []annexCell{words(d.Quota), words(row.OwnerName), words(viet.Capital(row.PeriodName)), words(evidenceWord(p)), onDay(p.At), {Text: p.Title, URL: p.URL}, words(string(p.Grade)), words(p.URL), words(p.ID)}})
			}
		}
	}
	return a
}

// closedWords says which data a paper prints: «Dữ liệu chốt lúc 00h00 15/6/2023, mã …».
func (r Report) closedWords() string {
	s := "Số liệu tính đến " + viet.Moment(r.Evaluated)
	switch {
	case r.Closing != nil:
		s = fmt.Sprintf("Dữ liệu chốt lúc %s, lần %d, mã %s", viet.Moment(r.Closing.At), r.Closing.Revision, r.Closing.Dataset)
	case r.Period.Closed:
		s += "; số liệu chưa chốt"
	default:
		s += "; kỳ chưa kết thúc"
	}
	if r.Sample {
		s += ". Dữ liệu mẫu, hư cấu"
	}
	return s + ". Kế hoạch " + r.Plan.Number + ", phiên bản " + short(r.Plan.Version) + "."
}

// named is the period as titles name it, without its days: «tháng 3/2023» of both the calendar month and the window that ends on
// the 14th; days that are no window of their own are named by themselves, «từ 01/3 đến 20/3/2023».
func (r Report) named() string {
	if month, cut14 := strings.CutSuffix(r.Period.ID, "@14"); cut14 {
		if p, err := calendar.Parse(month); err == nil {
			return p.Name()
		}
	}
	name, _, _ := strings.Cut(r.Period.Name, " (")
	return name
}

// span names the period in words with its days, each once; one that is not over says up to when it is told.
func (r Report) span() string {
	days := fmt.Sprintf("từ ngày %s đến hết ngày %s", viet.Day(r.Period.Start), viet.Day(r.Period.End.Add(-time.Nanosecond)))
	if !r.Period.Closed && !r.Now.IsZero() {
		days += ", số liệu đến " + viet.Moment(r.Evaluated)
	}
	if name := r.named(); !strings.HasPrefix(name, "từ ") {
		return name + " (" + days + ")"
	}
	return days
}
