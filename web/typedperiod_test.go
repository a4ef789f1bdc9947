package web

import "testing"

// TestTypedPeriod: a period is understood as people write it, and as the lists of periods name it.
func TestTypedPeriod(t *testing.T) {
	for text, want := range map[string]string{
		"2023-W10": "2023-W10", "tuần 10": "2023-W10", "Tuần 5/2022": "2022-W05", "tuan 10 nam 2022": "2022-W10",
		"tháng 3": "2023-03", "Tháng 03/2022": "2022-03", " tháng  12 năm 2022 ": "2022-12",
		"quý I": "2023-Q1@14", "Quý 2/2022": "2022-Q2@14", "quý IV": "2023-Q4@14", "6 tháng": "2023-H1@14", "6 tháng đầu năm 2022": "2022-H1@14", "9 tháng đầu năm": "2023-9M@14", "năm 2022": "2022@14",
		"từ 15/02 đến 14/3": "2023-03@14", "15/02": "2023-03@14", "Từ 15/12/2021 đến 14/01/2022": "2022-01@14", "15/12 - 14/1": "2023-01@14",
		"": "", "tháng 13": "", "tuần 60": "", "quý V": "", "15/13": "", "hôm qua": "", "tháng ba": "",
	} {
		p, ok := typedPeriod(text, 2023)
		if p.ID != want || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", text, p.ID, ok, want)
		}
	}
}
