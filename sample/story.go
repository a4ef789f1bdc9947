package sample

// past is December: a list must reach back over the plan's beginning by enough
// pieces that the first visit can be trusted for the days before it.
const past = "1203 1206 1209 1213 1216 1220 1223 1227 1229 "

// sites lists the hosts and what each publishes when: this is the story. The
// newspaper comes first, for the others copy from it.
//
// What it is meant to show on Thursday 30/03/2023 at 16:00: the newspaper's
// column had two days in January, one in February (two pieces on it) and one in
// March with two days left; the portal is silent on reform from 09 to 21 March;
// departments and districts differ; one host is down, one answers with an error
// page, one asks for a cookie.
func sites() []*site {
	return append(press(), append(departmentSites(), districtSites()...)...)
}

func press() []*site {
	return []*site{
		{host: "baomau.example", agency: "bao", form: "newspaper", title: "Báo Mẫu điện tử", credit: "MẫuBáo - ", firstID: 271000, sections: []*section{
			{code: "58", name: "Cải cách hành chính", column: "cchc", reform: past + "0109 0118 0214*2 0307 0331@8"},
			{code: "11", name: "Chính trị", kind: "chinh-tri", reform: "1214 0105 0120 0202 0221 0303 0316 0327",
				other: past + "0103 0106 0110 0112 0116 0119 0125 0130 0201 0206 0209 0216 0220 0224 0228 0301 0306 0310 0314 0317 0321 0324 0329 0401"},
			{code: "266", name: "Chuyển đổi số", reform: "1219 0113 0127 0208 0223 0310 0323", kind: "kinh-te", other: past + "0104 0202 0227 0320"},
			{code: "12", name: "Kinh tế", kind: "kinh-te", other: past + "0104 0107 0111 0114 0117 0124 0128 0131@23 0203 0207 0210 0214 0217 0222 0226 0302 0304 0308 0311 0315 0318 0322 0325 0328 0330@6 0401"},
			{code: "13", name: "Xã hội", kind: "xa-hoi", reform: "1228 0126 0215", digest: "1218 0115 0129 0212 0226 0312 0326",
				other: past + "0102@6 0105 0108 0112 0113 0115? 0118 0121 0127 0129 0202 0204 0208 0211 0213 0216? 0218 0221 0223 0227 0302 0305 0307 0309 0313 0316 0319 0323 0326 0328 0330@9 0402"},
			{code: "16", name: "Văn hóa", kind: "van-hoa", other: past + "0106 0116 0123 0128 0205 0212 0219 0225 0305 0312 0319 0326"},
		}},
		{host: "daimau.example", agency: "dai-ptth", form: "schedule", title: "Đài Phát thanh và Truyền hình tỉnh Mẫu"},
		{host: "mau.example", agency: "cong-ttdt", form: "sharepoint", title: "Cổng thông tin điện tử tỉnh Mẫu", credit: "CTTĐT - ", firstID: 30480, sections: []*section{
			{code: "Tintrongtinh", name: "Tin trong tỉnh >> Chính trị", kind: "easy",
				reform: "1220 1227 0103 0109 0116= 0121 0127 0201 0207 0214 0223 0302 0308 0322 0328",
				other:  past + "0102 0104 0106 0110 0113 0117 0119 0125! 0128 0131 0202 0206>0210 0208 0213 0217 0220= 0224 0228 0303 0306 0309 0311 0313 0315 0317 0320 0321 0323 0325 0327 0329 0401"},
			{code: "TinHoatDong", name: "Cải cách thủ tục hành chính >> Tin hoạt động", path: "/cctthc", kind: "tthc",
				reform: "1216 1229 0105 0112 0118 0124 0130 0203 0210 0217 0220 0227 0306 0324 0331"},
		}},
	}
}

func departmentSites() []*site {
	return []*site{
		{host: "sonoivu.mau.example", agency: "so-noi-vu", form: "nukeviet", title: "Sở Nội vụ tỉnh Mẫu", owner: "Sở Nội vụ", firstID: 1210, sections: []*section{
			{code: "cai-cach-hanh-chinh", name: "Cải cách hành chính", reform: "1209 1223 0104 0111 0127 0202 0213 0224 0303 0314 0323"},
			{code: "tin-tuc", name: "Tin tức", other: past + "0106 0119 0131 0209 0221 0308 0320"},
		}},
		{host: "sotttt.mau.example", agency: "so-tttt", form: "wordpress", title: "Sở Thông tin và Truyền thông tỉnh Mẫu", owner: "Sở Thông tin và Truyền thông", firstID: 2300, sections: []*section{
			{code: "tin-tuc", name: "Tin tức", reform: "1213 0106 0116 0208 0221 0309 0327", other: past + "0110 0130 0215 0302 0317"},
		}},
		{host: "sotuphap.mau.example", agency: "so-tu-phap", form: "webforms", title: "Sở Tư pháp tỉnh Mẫu", owner: "Sở Tư pháp", firstID: 840, sections: []*section{
			{code: "tin", name: "Tin hoạt động", reform: "1215 0110 0131@21 0215 0310 0328", other: past + "0104 0118? 0207 0222 0306 0321"},
		}},
		{host: "socongthuong.mau.example", agency: "so-cong-thuong", form: "drupal", title: "Sở Công Thương tỉnh Mẫu", owner: "Sở Công Thương", firstID: 610, sections: []*section{
			{code: "tin-tuc", name: "Tin tức", reform: "1220 0105 0112 0209 0217= 0224= 0317=", other: past + "0109 0120 0203 0227= 0313 0328"},
		}},
		{host: "soyte.mau.example", agency: "so-y-te", form: "gate", title: "Sở Y tế tỉnh Mẫu", owner: "Sở Y tế", firstID: 400, sections: []*section{
			{code: "tin-tuc", name: "Tin tức", reform: "0111 0216 0315", other: past + "0105 0220"},
		}},
		{host: "soxaydung.mau.example", agency: "so-xay-dung", form: "broken", title: "Sở Xây dựng tỉnh Mẫu", owner: "Sở Xây dựng", firstID: 300},
		{host: "sotnmt.mau.example", agency: "so-tnmt", form: "down", title: "Sở Tài nguyên và Môi trường tỉnh Mẫu"},
		{host: "hanhchinhcong.mau.example", agency: "tt-pvhcc", form: "page", title: "Trung tâm Phục vụ hành chính công tỉnh Mẫu"},
	}
}

func districtSites() []*site {
	return []*site{
		{host: "thanhpho.mau.example", agency: "tp-mau", form: "userkey", title: "Trang thông tin điện tử thành phố Mẫu", owner: "UBND thành phố Mẫu", home: "thành phố Mẫu", firstID: 5100, sections: []*section{
			{code: "tin", name: "Tin tức sự kiện", reform: "1221 0103 0113 0130 0206 0220 0306 0320", other: past + "0106 0117 0128 0210 0223 0302 0311 0324"},
		}},
		{host: "benmay.mau.example", agency: "tx-ben-may", form: "nukeviet", title: "Cổng thông tin điện tử thị xã Bến Mây", owner: "UBND thị xã Bến Mây", home: "thị xã Bến Mây", firstID: 700, sections: []*section{
			{code: "tin-tuc-su-kien", name: "Tin tức - Sự kiện", reform: "1219 0109 0118>0203 0210 0222 0315", other: past + "0105 0116 0131 0214 0227 0308 0322"},
		}},
		{host: "khemay.mau.example", agency: "huyen-khe-may", form: "table", title: "Trang tin UBND huyện Khe Mây", owner: "UBND huyện Khe Mây", home: "huyện Khe Mây", firstID: 30, sections: []*section{
			{code: "tin", name: "Tin tức", reform: "1215 0117 0216 0321 0224>0322", other: past + "0104 0112 0130 0208 0224 0306 0314 0328"},
		}},
		{host: "suoitrang.mau.example", agency: "huyen-suoi-trang", form: "wordpress", title: "Huyện Suối Trăng", owner: "UBND huyện Suối Trăng", home: "huyện Suối Trăng", firstID: 90, sections: []*section{
			{code: "tin-tuc", name: "Tin tức", reform: "1216 0112 0131 0214 0228 0313 0324", other: past + "0103 0119 0207 0222 0306 0320"},
		}},
		{host: "doisuong.mau.example", agency: "huyen-doi-suong", form: "sharepoint", title: "Cổng thông tin điện tử huyện Đồi Sương", owner: "UBND huyện Đồi Sương", home: "huyện Đồi Sương", credit: "", firstID: 1500, sections: []*section{
			{code: "Tinhoatdong", name: "Tin hoạt động", reform: "1222 0111 0302 0322", other: past + "0105 0116 0126 0206 0215 0227 0309 0316 0329"},
		}},
	}
}
