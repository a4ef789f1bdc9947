package gen

func boards() []*board {
	return []*board{province(), agencies(), broadcasts(), sources(), review(), running()}
}

const weekDay = "time:DD/MM/YYYY"

// province is what may hang on a wall: nothing that is not closed, confirmed or
// exempt, quotas in the plan's order and owners in the official one.
func province() *board {
	b := newBoard(shared, "loa-toan-tinh", "Toàn tỉnh", "Tiến độ thực hiện kế hoạch, chỉ gồm số liệu đã chốt hoặc đã có người xác nhận.")
	b.Time = span{"now-90d", "now"}
	b.row(heading("### Toàn tỉnh\nChỉ gồm số liệu **đã chốt** hoặc đã có người xác nhận; kỳ chưa chốt ghi «chưa kết luận». Nhiệm vụ theo thứ tự của kế hoạch, cơ quan theo thứ tự chính thức; không xếp hạng.")...)
	owners := func(state, of string) string {
		return "sum by (plan) (" + having(own("loa_settled_owners", ofPlan+`, state="`+state+`"`), of) + ")"
	}
	light := func(of string) []asks {
		var out []asks
		for _, w := range settledWords(of) {
			out = append(out, asks{owners(w.value, basis(of)), w.text})
		}
		return out
	}
	periods := func(states string) string {
		return "sum by (plan) (" + having(own("loa_settled_periods", ofPlan+`, state=~"`+states+`"`), basis("plan")) + ")"
	}
	b.row(tiles("Chỉ tiêu: kỳ đã kết luận gần nhất của từng nhiệm vụ, cơ quan", "Số lượt nhiệm vụ × cơ quan theo kết quả của kỳ gần nhất đã chốt hoặc đã xác nhận.", 16, "none", light("plan")...).colored(settledWords("plan")),
		tiles("Hoàn thành chỉ tiêu", "Số kỳ đạt trên số kỳ đã kết luận đạt hoặc chưa đạt, từ đầu kế hoạch.", 8, "percentunit",
			asks{periods("met") + " / " + periods("met|missed"), "Kỳ đạt / kỳ đã kết luận"}).whole())
	b.row(counts("Chỉ tiêu của kế hoạch", "plan", 14), grown("Chỉ tiêu: số kỳ đã kết thúc, lũy kế", "plan", 10))
	b.row(counts("Mức tham chiếu (phục vụ theo dõi, không phải chỉ tiêu)", "reference", 14), grown("Mức tham chiếu: số kỳ đã kết thúc, lũy kế", "reference", 10))
	b.row(settledRows("Chỉ tiêu theo cơ quan, đơn vị: kỳ đã kết luận gần nhất", "plan"))
	b.row(settledRows("Mức tham chiếu theo cơ quan, đơn vị: kỳ đã kết luận gần nhất (phục vụ theo dõi)", "reference"))
	return b
}

// whole is a share between nothing and all.
func (p panel) whole() panel {
	p.FieldConfig.Defaults.Min, p.FieldConfig.Defaults.Max, p.FieldConfig.Defaults.Decimals = num(0.0), num(1.0), num(0)
	return p
}

// counts is one row for each quota: its owners by state, and its periods.
func counts(title, of string, width int) panel {
	qs := []string{own("loa_quota_place", ofPlan+", "+basis(of))}
	cols := []column{label("quota", "Mã", 90).linked("Mở nhiệm vụ trong loa", quotaPage), label("title", "Nhiệm vụ", 0).linked("Mở nhiệm vụ trong loa", quotaPage)}
	for _, w := range settledWords(of) {
		qs = append(qs, own("loa_settled_owners", ofPlan+`, state="`+w.value+`"`, "state"))
		cols = append(cols, value(letter(len(qs)-1), w.text, 105).linked("Mở nhiệm vụ trong loa", quotaPage).
			with(property{"custom.cellOptions", map[string]any{"type": "color-text"}}, property{"color", color{"fixed", w.color}}))
	}
	return table(title, "Số cơ quan, đơn vị theo kết quả của kỳ gần nhất đã kết luận.", width, qs, cols...).large()
}

// grown is how the ended periods of all quotas of a basis add up.
func grown(title, of string, width int) panel {
	var qs []asks
	for _, w := range settledWords(of) {
		qs = append(qs, asks{"sum by (plan) (" + having(own("loa_settled_periods", ofPlan+`, state="`+w.value+`"`), basis(of)) + ")", w.text})
	}
	return trend(title, "Từ đầu kế hoạch đến thời điểm trên trục ngang. «Chưa kết luận» là kỳ đã kết thúc nhưng chưa chốt, chưa có người xác nhận.", width, "none", qs...).
		colored(settledWords(of)).high(10)
}

// settledRows is a row for each quota and owner.
func settledRows(title, of string) panel {
	state := having(own("loa_settled_state", ofPlan), basis(of))
	qs := []string{
		inOrder("max without (state) (" + state + ")"), state,
		having(own("loa_settled_delivered", ofPlan, "measure", "basis"), basis(of)), having(own("loa_settled_wanted", ofPlan, "measure", "basis"), basis(of)),
		"1000 * (" + having(own("loa_settled_period_end_timestamp_seconds", ofPlan), basis(of)) + ") - 1",
	}
	wanted := "Chỉ tiêu"
	if of == "reference" {
		wanted = "Mức tham chiếu"
	}
	open := "Mở kỳ này trong loa"
	p := table(title, "Dòng để trống số liệu: kỳ chưa đủ dữ liệu hoặc chưa kết luận.", 24, qs,
		label("quota", "Mã", 90).linked("Mở nhiệm vụ trong loa", quotaPage), label("title", "Nhiệm vụ", 0).linked("Mở nhiệm vụ trong loa", quotaPage),
		label("name", "Cơ quan, đơn vị", 0).linked("Mở cơ quan trong loa", agencyPage), label("state", "Kết quả", 190).worded(settledWords(of)).linked(open, standingPage("settled")),
		value("C", "Thực hiện", 110).linked(open, standingPage("settled")), value("D", wanted, 130).linked(open, standingPage("settled")),
		value("E", "Kỳ kết thúc ngày", 150).unit(weekDay).linked(open, standingPage("settled")), hidden("owner"))
	p.Options["enablePagination"] = true
	return p.high(12).large()
}

// large gives the rows of a table room, for whoever stands across it.
func (p panel) large() panel {
	p.Options["cellHeight"] = "lg"
	return p
}

// agencies is one owner's page, or several owners'.
func agencies() *board {
	b := newBoard(private, "loa-co-quan", "Theo cơ quan, đơn vị", "Từng nhiệm vụ của từng cơ quan, đơn vị, kể cả kỳ chưa ai xác nhận: dành cho cán bộ theo dõi.",
		ownerVariable(true), quotaVariable("loa_quota_place"))
	b.row(heading("### Theo cơ quan, đơn vị\nDành cho cán bộ theo dõi: «đề nghị rà soát» là câu hỏi, chưa phải kết luận. Chọn cơ quan, nhiệm vụ ở đầu trang; bấm vào ô để mở trang tương ứng của loa.")...)
	for _, of := range []string{"plan", "reference"} {
		b.row(standings("Kỳ này – "+basisTitle(of), of, "current", basis(of)))
		b.row(standings("Kỳ vừa kết thúc – "+basisTitle(of), of, "last", basis(of)))
	}
	for _, of := range []string{"plan", "reference"} {
		b.row(timeline("Kỳ vừa kết thúc qua thời gian – "+basisTitle(of), "Mỗi dòng một nhiệm vụ của một cơ quan; bấm vào ô để mở trang của loa.", standingWords(of),
			asks{named(having(standing(during(ofOwners, "last")), basis(of))), "{{quota}} · {{name}}"}).leading("Mở trong loa", seriesPage("last")))
	}
	b.row(delivery("Thực hiện so với mức cần đạt trong kỳ này", `basis=~"plan|reference"`, 24))
	b.row(tiles("Chốt số liệu báo cáo", "Còn bao lâu đến lúc chốt; số âm là đã qua, báo cáo chưa gửi.", 12, "s", asks{own("loa_report_cutoff_seconds_left", ""), "Kỳ {{report}}"}).leading("Mở báo cáo", "${loa:raw}/bao-cao"),
		tiles("Gửi báo cáo", "Còn bao lâu đến hết ngày phải gửi.", 12, "s", asks{own("loa_report_due_seconds_left", ""), "Kỳ {{report}}"}).leading("Mở báo cáo", "${loa:raw}/bao-cao"))
	b.row(trend("Phần thời gian đã quan sát của kỳ này", "Phần đã qua của kỳ mà mọi nguồn cần thiết đều đã đọc được.", 24, "percentunit",
		asks{named(own("loa_quota_observed_ratio", during(ofOwners, "current"))), "{{quota}} · {{name}}"}).whole())
	return b
}

func basisTitle(of string) string {
	if of == "reference" {
		return "mức tham chiếu (phục vụ theo dõi)"
	}
	return "chỉ tiêu"
}

// standings is a row for each quota and owner in a period that a word points at.
func standings(title, of, period, labels string) panel {
	at := func(metric string) string { return having(own(metric, during(ofOwners, period)), labels) }
	sum := func(metric string) string { return having(mainly(metric, during(ofOwners, period)), labels) }
	state := having(standing(during(ofOwners, period)), labels)
	qs := []string{inOrder(state), state, sum("loa_quota_delivered"), sum("loa_quota_wanted")}
	open, page := "Mở kỳ này trong loa", standingPage(period)
	wanted := "Chỉ tiêu"
	if of == "reference" {
		wanted = "Mức tham chiếu"
	}
	cols := []column{
		label("quota", "Mã", 90).linked("Mở nhiệm vụ trong loa", quotaPage), label("title", "Nhiệm vụ", 0).linked("Mở nhiệm vụ trong loa", quotaPage),
		label("name", "Cơ quan, đơn vị", 0).linked("Mở cơ quan trong loa", agencyPage), value("B", "Tiến độ", 190).worded(standingWords(of)).linked(open, page),
		value("C", "Thực hiện", 105).linked(open, page), value("D", wanted, 125).linked(open, page), hidden("owner"),
	}
	if period == "current" {
		qs = append(qs, at("loa_quota_due_by_now"), at("loa_quota_last_save_seconds_left"), "1000 * ("+at("loa_quota_period_end_timestamp_seconds")+") - 1")
		cols = append(cols, value("E", "Đến nay cần có", 130).linked(open, page), value("F", "Còn kịp trong", 140).unit("s").linked(open, page),
			value("G", "Hết kỳ ngày", 130).unit(weekDay).linked(open, page))
	}
	p := table(title, "Ô trống: nhiệm vụ không tính theo số lượng, hoặc đã đủ.", 24, qs, cols...)
	p.Options["enablePagination"] = true
	return p
}

// delivery is what was delivered in the period that holds now beside what is
// wanted, which comes from the plan and is drawn as the line to reach.
func delivery(title, labels string, width int) panel {
	sum := func(metric string) string {
		return named(having(mainly(metric, during(ofOwners, "current")), labels))
	}
	return trend(title, "Nét liền: đã thực hiện. Nét đứt: mức cần đạt của kỳ (chỉ tiêu hoặc mức tham chiếu), lấy từ kế hoạch.", width, "none",
		asks{sum("loa_quota_delivered"), "{{quota}} · {{name}}"}, asks{sum("loa_quota_wanted"), "{{quota}} · {{name}}: cần đạt"}).
		dashed("B", noColor).leading("Mở trong loa", seriesPage("current"))
}

// broadcasts is the station's and the newspaper's columns.
func broadcasts() *board {
	const columns = `kind=~"airing|instalments|segments"`
	b := newBoard(private, "loa-phat-song", "Phát sóng và chuyên mục", "Chuyên mục phát thanh, truyền hình và trên báo: kỳ này, kỳ vừa kết thúc, còn kịp hay không.",
		ownerVariable(true), quotaVariable("loa_quota_place{"+columns+"}"))
	b.row(heading("### Phát sóng và chuyên mục\nLần phát chỉ được tính khi có trong nhật ký phát sóng; tuần chưa có nhật ký ghi «chưa đủ dữ liệu», chưa kết luận đạt hay chưa đạt.")...)
	left := func(metric string) string {
		return named("min by (quota, owner) (" + having(own(metric, during(ofOwners, "current")), columns) + ")")
	}
	b.row(tiles("Hạn cuối còn kịp của kỳ này", "Còn bao lâu thì kỳ này không thể đủ nữa.", 12, "s", asks{left("loa_quota_last_save_seconds_left"), "{{quota}} · {{name}}"}).leading("Mở trong loa", seriesPage("current")),
		tiles("Hạn cuối còn kịp sản xuất", "Còn bao lâu thì bắt đầu sản xuất không còn kịp; số âm là đã quá.", 12, "s", asks{left("loa_quota_produce_by_seconds_left"), "{{quota}} · {{name}}"}).leading("Mở trong loa", seriesPage("current")))
	b.row(tiles("Bản ghi sắp hết hạn lưu giữ", "Còn bao lâu thì đài không còn phải lưu bản ghi đầu tiên trong số chưa có nhật ký làm minh chứng.", 12, "s", asks{named(own("loa_retention_seconds_left", `owner=~"$owner"`)), "{{name}} · {{channel}}"}).leading("Mở bảng theo dõi", "${loa:raw}/"),
		tiles("Hỏi nhật ký, bảng kê còn thiếu", "Còn bao lâu thì hỏi đài, báo về nhật ký, bảng kê của kỳ đã kết thúc; số âm là đã đến lúc hỏi.", 12, "s",
			asks{named(having(own("loa_quota_receipt_seconds_left", during(ofOwners, "last")), columns)), "{{quota}} · {{name}}"}).leading("Mở trong loa", seriesPage("last")))
	b.row(standings("Kỳ này", "plan", "current", columns))
	b.row(standings("Kỳ vừa kết thúc", "plan", "last", columns))
	b.row(timeline("Kỳ vừa kết thúc qua thời gian", "", standingWords("plan"), asks{named(having(standing(during(ofOwners, "last")), columns)), "{{quota}} · {{name}}"}).leading("Mở trong loa", seriesPage("last")))
	b.row(delivery("Thực hiện so với mức cần đạt trong kỳ này", columns, 12),
		trend("Phần thời gian đã có nhật ký, đã quan sát", "Của kỳ vừa kết thúc: thiếu là chưa nhận được nhật ký hoặc chưa đọc được nguồn.", 12, "percentunit",
			asks{named(having(own("loa_quota_observed_ratio", during(ofOwners, "last")), columns)), "{{quota}} · {{name}}"}).whole())
	return b
}
