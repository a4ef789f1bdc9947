package report

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loa/schedule"
)

// closed is the small world with March closed, as a first and as a second revision.
func closed(t *testing.T, revision int) (Input, schedule.Closing) {
	t.Helper()
	in := world()
	in.Evaluation.Classifier = "lexicon-1"
	c, err := schedule.Close(in.Plan, in.Calendar, in.Evaluation, in.Period, nil, "Nguyễn Thị Mẫu, Sở TT&TT", "", at("2023-04-05 08:00"))
	if err != nil {
		t.Fatal(err)
	}
	if revision > 1 {
		c = c.Restated(in.Evaluation, nil, "Trần Văn Mẫu", "Đài gửi lại nhật ký tuần 12", at("2023-04-20 10:30"))
	}
	in.Evaluation = in.Evaluation.Frozen([]schedule.Closing{c})
	in.Closing = &c
	return in, c
}

func TestCertificate(t *testing.T) {
	in, c := closed(t, 2)
	var buf bytes.Buffer
	if err := WriteCertificate(&buf, in.Plan, c); err != nil {
		t.Fatal(err)
	}
	golden(t, "march-certificate.txt", buf.Bytes())
	text := buf.String()
	for _, want := range []string{"Dữ liệu mẫu", c.Dataset, "Trần Văn Mẫu", "Đài gửi lại nhật ký tuần 12", "lexicon-1", "thấp hơn mức tham chiếu", "tháng 3/2023"} {
		if !strings.Contains(text, want) {
			t.Errorf("no «%s»", want)
		}
	}
	for _, bad := range []string{"quy định", "mã «", "%!", "<nil>"} {
		if strings.Contains(text, bad) {
			t.Errorf("%q in the certificate", bad)
		}
	}
	if n := strings.Count(text[strings.Index(text, "III."):], "\n"); n < len(c.Open) {
		t.Errorf("%d lines for %d open questions", n, len(c.Open))
	}
	in.Plan.Sample = false
	buf.Reset()
	if err := WriteCertificate(&buf, in.Plan, c); err != nil || strings.Contains(buf.String(), "mẫu") {
		t.Errorf("a real plan is called a sample: %v", err)
	}
}

// A closed period says so at the top and in the footer, with its proposals.
func TestClosedReport(t *testing.T) {
	in, c := closed(t, 1)
	in.Evaluation.Proposals = []schedule.Proposal{{Closing: c.ID, Quota: "B-D1", Owner: "mau/dai", Period: "2023-W10"}, {Closing: "other"}}
	in.Proposals = 1
	r := Build(in)
	if r.Closing == nil || r.Closing.Revision != 1 || r.Closing.Open != len(c.Open) || len(r.Proposed) != 1 {
		t.Fatalf("%+v %v", r.Closing, r.Proposed)
	}
	page := write(t, Formats()[0], r)
	if said := "Số liệu đã chốt lúc 08h00 ngày 05/4/2023 bởi Nguyễn Thị Mẫu, Sở TT&amp;TT, lần 1, mã bộ dữ liệu " + c.Dataset; strings.Count(page, said) != 2 {
		t.Errorf("%d of «%s»", strings.Count(page, said), said)
	}
	if strings.Count(page, "Có 1 đề nghị điều chỉnh sau khi chốt") != 2 || strings.Contains(page, "Số liệu chưa chốt") {
		t.Error("proposals are not told, or the closed period is called open")
	}
	if page := write(t, Formats()[0], Build(world())); strings.Count(page, "Số liệu chưa chốt") != 2 {
		t.Error("a period that is over and not closed does not say so")
	}
	open := world()
	open.Now = at("2023-03-30 08:00")
	if page := write(t, Formats()[0], Build(open)); strings.Contains(page, "chốt") {
		t.Error("a period that still runs speaks of closing")
	}
}

func write(t *testing.T, f Format, r Report) string {
	t.Helper()
	var buf bytes.Buffer
	if err := f.Write(&buf, r); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; run with -update and look at the change", path)
	}
}
