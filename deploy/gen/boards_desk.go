package gen

import (
	"loa/media"
	"loa/viet"
)

const (
	sourcesPage = "${loa:raw}/nguon"
	itemsPage   = "${loa:raw}/tin-bai"
)

// sources is where reading stands.
func sources() *board {
	b := newBoard(private, "loa-nguon", "Nguồn và thu thập", "Nguồn nào đọc được, nguồn nào chưa thu thập được và vì sao.", sourceVariable())
	b.page = link{"Mở danh sách nguồn", sourcesPage, true}
	b.row(heading("### Nguồn và thu thập\nNguồn «chưa thu thập được» không có nghĩa là cơ quan không đăng: số liệu của cơ quan đó ghi «chưa đủ dữ liệu».")...)
	var states []asks
	for _, w := range sourceWords() {
		states = append(states, asks{"sum by (state) (" + own("loa_source_state", ofSources+`, state="`+w.value+`"`) + ")", w.text})
	}
	b.row(tiles("Nguồn theo tình trạng", "", 24, "none", states...).colored(sourceWords()))
	state := own("loa_source_state", ofSources) + " == 1"
	b.row(table("Từng nguồn", "Theo thứ tự của kế hoạch. Cột trống: chưa có dữ liệu, không phải số không.", 24,
		[]string{own("loa_source_place", ofSources), state, "1000 * " + own("loa_source_last_success_timestamp_seconds", ofSources), own("loa_source_failures", ofSources),
			own("loa_source_items", ofSources), own("loa_source_published", ofSources), own("loa_source_published_median", ofSources), own("loa_source_quiet_score", ofSources),
			own("loa_source_wait_seconds", ofSources), own("loa_source_blind_seconds", ofSources)},
		label("name", "Nguồn", 0).linked("Mở danh sách nguồn", sourcesPage), label("state", "Tình trạng", 200).worded(sourceWords()).linked("Mở danh sách nguồn", sourcesPage),
		value("C", "Đọc được gần nhất", 170).unit("time:HH[h]mm, DD/MM/YYYY"), value("D", "Lỗi liên tiếp", 110), value("E", "Tin, bài", 90),
		value("F", "Mới đây", 90), value("G", "Thường lệ", 100), value("H", "Mức ít bất thường", 130).with(property{"decimals", 1}), value("I", "Lần sau cách", 120).unit("s"), value("J", "Không đọc được đã", 150).unit("s")).high(14))
	b.row(table("Chưa thu thập được: vì sao", "", 12, []string{own("loa_source_blind", ofSources) + " * on (source) group_left (name) " + own("loa_source_place", ofSources)},
		label("name", "Nguồn", 0).linked("Mở danh sách nguồn", sourcesPage), label("reason", "Lý do", 0).with(property{"mappings", mapped(blindWords())})),
		table("Đọc được nhưng có thể chưa hết", "Danh sách ngắn hẳn đi, hoặc đổi mà không có tin mới.", 12,
			[]string{"(" + own("loa_source_doubt", ofSources) + " == 1) * on (source) group_left (name) " + own("loa_source_place", ofSources)},
			label("name", "Nguồn", 0).linked("Mở danh sách nguồn", sourcesPage), label("doubt", "Điều nghi vấn", 0).with(property{"mappings", mapped(doubtWords())})))
	visits, words := outcomes()
	b.row(trend("Lượt truy cập theo kết quả", "Trong mỗi khoảng đo.", 12, "none", visits...).colored(words),
		trend("Thời gian một lượt truy cập", "Lượt gần nhất của từng nguồn.", 12, "s", asks{own("loa_source_last_visit_duration_seconds", ofSources), "{{source}}"}))
	return b
}

func blindWords() []word {
	var out []word
	for _, r := range media.BlindReasons() {
		out = append(out, word{r, viet.Blind(r), orange})
	}
	return out
}

func doubtWords() []word {
	var out []word
	for _, d := range []string{media.TooManyNew, media.ListShrunk, media.NoNew} {
		out = append(out, word{d, viet.SourceWord(d), yellow})
	}
	return out
}

func figureWords() []word {
	return []word{{media.DriftAccepted, "phần được nhận", noColor}, {media.DriftAsked, "phần chờ duyệt", noColor},
		{media.DriftScore, "điểm trung bình", noColor}, {media.DriftUnknown, "phần âm tiết lạ", noColor}}
}

// outcomes are visits that brought something, that found nothing new, and that saw nothing.
func outcomes() ([]asks, []word) {
	ws := []word{{`="ok"`, viet.Outcome("ok"), green}, {`="not_modified"`, viet.Outcome("not_modified"), blue}, {`!~"ok|not_modified"`, "không đọc được", orange}}
	var out []asks
	for _, w := range ws {
		out = append(out, asks{"sum(max without (instance) (increase(loa_source_visits_total{" + ofSources + ", outcome" + w.value + "}[$__rate_interval])))", w.text})
	}
	return out, ws
}

// review is the classifier and the people beside it.
func review() *board {
	b := newBoard(private, "loa-phan-loai", "Phân loại và duyệt", "Tin, bài chờ duyệt; máy phân loại đúng đến đâu trên mẫu đã kiểm tra.", sourceVariable())
	b.page = link{"Mở tin, bài", itemsPage, true}
	b.row(heading("### Phân loại và duyệt\nMáy chỉ đề nghị; phán quyết của người được giữ. Độ chính xác tính trên mẫu ngẫu nhiên đã có người kiểm tra, chưa kiểm tra thì chưa có số.")...)
	verdicts := []word{{"reform", "Về CCHC", green}, {"other", "Không về CCHC", noColor}, {"review", "Chờ duyệt", yellow}, {"unjudged", "Chưa phân loại", pale}}
	var now []asks
	for _, w := range verdicts {
		now = append(now, asks{own("loa_items", `verdict="`+w.value+`"`), w.text})
	}
	b.row(tiles("Tin, bài theo phân loại", "", 24, "none", now...).colored(verdicts))
	b.row(tiles("Chờ duyệt", "", 12, "none", asks{own("loa_review_queue_items", ""), "Tin, bài chờ duyệt"}).leading("Mở tin, bài chờ duyệt", itemsPage+"?ket-qua=review"),
		tiles("Chờ lâu nhất", "Tin, bài thấy sớm nhất trong số đang chờ; 0 khi không có gì chờ.", 12, "s", asks{own("loa_review_oldest_seconds", ""), "Chờ lâu nhất"}).leading("Mở tin, bài chờ duyệt", itemsPage+"?ket-qua=review"))
	b.row(trend("Tin, bài theo phân loại", "", 12, "none", now...).colored(verdicts),
		trend("Chờ duyệt", "Số tin, bài đang chờ người quyết định.", 12, "none", asks{own("loa_review_queue_items", ""), "Chờ duyệt"}).colored([]word{{"", "Chờ duyệt", yellow}}).leading("Mở tin, bài chờ duyệt", itemsPage+"?ket-qua=review"))
	decided := []word{{"accepted", "Máy nhận", blue}, {"refused", "Máy loại", purple}}
	var share, checked []asks
	for _, w := range decided {
		f := `decision="` + w.value + `"`
		share = append(share, asks{own("loa_audit_right", f) + " / " + own("loa_audit_checked", f), w.text})
		checked = append(checked, asks{own("loa_audit_checked", f), w.text + ": đã kiểm tra"}, asks{own("loa_audit_sampled", f), w.text + ": trong mẫu"})
	}
	b.row(tiles("Đúng trên mẫu đã kiểm tra", "Phần mà người kiểm tra nói giống máy.", 12, "percentunit", share...).whole().colored(decided),
		tiles("Mẫu kiểm tra", "", 12, "none", checked...))
	b.row(table("Máy phân loại khác thường lệ của nguồn", "Phần được nhận, phần chờ duyệt, điểm trung bình, phần âm tiết lạ: so với chính nguồn đó trước đây. «Khác thường» là để xem lại.", 24,
		[]string{own("loa_source_drift", ofSources) + " * 0 + on (source) group_left (name) " + own("loa_source_place", ofSources), own("loa_source_drift", ofSources), own("loa_source_drift_median", ofSources),
			own("loa_source_drift_score", ofSources), own("loa_source_drift_unusual", ofSources)},
		label("name", "Nguồn", 0).linked("Mở danh sách nguồn", sourcesPage), label("figure", "Số đo", 200).with(property{"mappings", mapped(figureWords())}),
		value("B", "Hiện nay", 110).unit("percentunit"), value("C", "Thường lệ", 110).unit("percentunit"), value("D", "Lệch (lần độ lệch)", 160).with(property{"decimals", 1}),
		value("E", "Nhận xét", 160).worded([]word{{"0", "như thường lệ", noColor}, {"1", "khác thường", yellow}})).high(12))
	return b
}

// running is for whoever keeps the program alive.
func running() *board {
	b := newBoard(private, "loa-van-hanh", "Vận hành", "Chương trình có chạy, có đánh giá đúng hạn không.", sourceVariable())
	b.page = link{"Mở danh sách nguồn", sourcesPage, true}
	b.row(heading("### Vận hành\nĐánh giá phải được làm lại đều đặn; nếu tuổi của lần đánh giá cứ tăng thì số liệu ở mọi bảng khác là cũ.")...)
	b.row(tiles("Phiên bản", "", 6, "none", asks{own("loa_build_info", ""), "{{version}}"}).named(),
		tiles("Tuổi của lần đánh giá gần nhất", "", 9, "s", asks{own("loa_evaluation_age_seconds", ofPlan), "Lần đánh giá gần nhất"}),
		tiles("Nguồn đang lỗi", "Nguồn có ít nhất một lượt truy cập lỗi liên tiếp gần đây.", 9, "none",
			asks{"sum(" + own("loa_source_failures", ofSources) + " > bool 0)", "Nguồn"}))
	b.row(trend("Tuổi của lần đánh giá", "", 12, "s", asks{own("loa_evaluation_age_seconds", ofPlan), "{{plan}}"}),
		trend("Lỗi liên tiếp theo nguồn", "", 12, "none", asks{own("loa_source_failures", ofSources), "{{source}}"}))
	b.row(trend("Tin, bài đã thấy, mọi nguồn", "", 12, "none", asks{"sum(" + own("loa_source_items", ofSources) + ")", "Tin, bài"}),
		trend("Khoảng cách giữa hai lượt đọc tốt", "", 12, "s", asks{own("loa_source_wait_seconds", ofSources), "{{source}}"}))
	quantile := func(q string) string {
		return "histogram_quantile(" + q + ", sum by (le, kind) (" + rising("loa_visit_duration_seconds_bucket") + "))"
	}
	b.row(trend("Thời gian một lượt đọc", "Một nửa, và 95 trong 100 lượt, nhanh hơn thế; cộng mọi nút. «visit» là danh sách, «page» là trang bài.", 12, "s",
		asks{quantile("0.5"), "{{kind}}: một nửa"}, asks{quantile("0.95"), "{{kind}}: 95%"}),
		trend("Đã đọc", "Sau khi giải nén, cộng mọi nút.", 12, "Bps", asks{"sum(" + rising("loa_source_fetched_bytes_total{"+ofSources+"}") + ")", "Mọi nguồn"}))
	b.row(trend("Kết nối cơ sở dữ liệu", "Cộng mọi nút.", 12, "none", asks{"sum without (instance) (loa_store_connections)", "{{pool}}: {{state}}"}),
		trend("Chờ kết nối", "Số giây chờ trong mỗi giây, cộng mọi nút.", 12, "s", asks{rising("loa_store_wait_seconds_total"), "{{pool}}"}))
	b.row(tiles("Bản lưu", "", 12, "none", asks{"sum by (class) (" + own("loa_evidence_objects", "") + ")", "{{class}}"}),
		tiles("Dung lượng bản lưu, khi giải nén", "", 12, "bytes", asks{"sum by (class) (" + own("loa_evidence_bytes", "") + ")", "{{class}}"}))
	return b
}

// named shows the name of a series in place of its value.
func (p panel) named() panel {
	p.Options["textMode"] = "name"
	return p
}
