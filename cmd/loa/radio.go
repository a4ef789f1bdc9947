package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"loa/media"
	"loa/report"
	"loa/schedule/calendar"
	"loa/schedule/sampling"
	"loa/store"
	"loa/viet"
)

// radioCmd is the sampling of commune loudspeakers: they cannot all be listened to.
type radioCmd struct {
	Sample radioSampleCmd `cmd:"" help:"Chọn xã để nghe loa trong một tháng (đã chọn thì in lại), và nói muốn sai số ±5 điểm thì tốn bao nhiêu."`
	Check  radioCheckCmd  `cmd:"" help:"Ghi kết quả nghe loa của một xã trong tháng."`
	Rate   radioRateCmd   `cmd:"" help:"Tỷ lệ xã có phát, kèm khoảng tin cậy 95%."`
}

// usualWorkload is one commune a district in a province of nine (reference).
const usualWorkload = 9

// radioBase is what every one of them says.
type radioBase struct {
	Plan  string `help:"Kế hoạch (mặc định: kế hoạch đang có hiệu lực)."`
	At    moment `help:"Đặt đồng hồ nghiệp vụ tại thời điểm này."`
	Month string `required:"" help:"Tháng, ví dụ 2023-04." placeholder:"THÁNG"`
}

type radioSampleCmd struct {
	radioBase
	Workload    int    `help:"Nghe bao nhiêu xã trong tháng (mặc định: 9)." placeholder:"SỐ"`
	WithoutForm bool   `help:"Chỉ chọn trong các xã chưa có minh chứng nào của tháng trước; tỷ lệ khi ấy chỉ nói về các xã này."`
	Redraw      bool   `help:"Chọn lại, thành lần chọn mới bên cạnh lần cũ; cần --reason."`
	Reason      string `help:"Vì sao chọn lại."`
	By          string `help:"Ai chọn (mặc định: người dùng của máy)."`
	JSON        bool   `help:"In dạng JSON."`
}

type radioCheckCmd struct {
	radioBase
	Commune string `arg:"" help:"Mã xã, ví dụ xa-dong-cuong." placeholder:"XÃ"`
	Result  string `required:"" enum:"heard,silent,not-checked" help:"heard (có phát nội dung CCHC), silent (không phát) hoặc not-checked (chưa nghe được)."`
	Heard   moment `help:"Nghe lúc nào."`
	Note    string `help:"Ghi chú; bắt buộc khi chưa nghe được."`
	File    string `type:"existingfile" help:"Đoạn ghi âm; được lưu lại kèm mã băm."`
	By      string `help:"Ai nghe (mặc định: người dùng của máy)."`
}

type radioRateCmd struct {
	radioBase
	Months int  `default:"1" help:"Gộp mấy tháng, tính đến --month."`
	JSON   bool `help:"In dạng JSON."`
}

// radioDesk is an engine with what was drawn and found so far.
type radioDesk struct {
	*engine
	names  report.Names
	month  calendar.Period
	draws  []sampling.Draw
	checks []sampling.Check
	out    io.Writer // of what is told to a person
}

func (c radioBase) desk(a *app) (*radioDesk, error) {
	month, err := monthOf(c.Month)
	if err != nil {
		return nil, err
	}
	e, err := a.open(a.planFiles(), c.Plan, fixed(c.At))
	if err != nil {
		return nil, err
	}
	d, err := e.radioOf(a.ctx, month)
	if err != nil {
		e.close()
		return nil, err
	}
	d.out = a.Out
	return d, nil
}

// radioOf is what was drawn and found so far, to look at a month.
func (e *engine) radioOf(ctx context.Context, month calendar.Period) (d *radioDesk, err error) {
	d = &radioDesk{engine: e, names: report.NamesOf(e.plan), month: month, out: io.Discard}
	if d.draws, err = e.store.RadioSamples(ctx, e.plan.ID); err == nil {
		d.checks, err = e.store.RadioChecks(ctx, e.plan.ID)
	}
	if err == nil && (!month.Start.Before(e.plan.To) || !e.plan.From.Before(month.End)) {
		err = usagef("tháng %s nằm ngoài thời gian của kế hoạch %s", month.ID, e.plan.ID)
	}
	return d, err
}

// drawn is the draw that rules in a month, nil if there is none.
func (d *radioDesk) drawn(month string) *sampling.Draw {
	for i := range slices.Backward(d.draws) {
		if d.draws[i].Month == month {
			return &d.draws[i]
		}
	}
	return nil
}

// communes are those of the plan's list in the month, each with its district.
func (d *radioDesk) communes() []sampling.Commune {
	var out []sampling.Commune
	districts := map[string]bool{}
	for _, a := range d.plan.Agencies {
		districts[a.ID] = a.Level == media.District
	}
	for _, a := range d.plan.Agencies {
		if a.Level == media.Commune && a.ValidAt(d.month.Midpoint()) {
			c := sampling.Commune{ID: a.ID}
			if districts[a.Parent] {
				c.District = a.Parent
			}
			out = append(out, c)
		}
	}
	return out
}

// silentLast are the communes of which nothing dated in the month before was
// handed in or recorded.
func (d *radioDesk) silentLast(cs []sampling.Commune) ([]sampling.Commune, error) {
	evidence, err := d.store.Evidence(d.app.ctx, d.plan, time.Time{})
	if err != nil {
		return nil, err
	}
	told := map[string]bool{}
	for _, e := range evidence {
		if !e.At.Before(d.month.Start.AddDate(0, -1, 0)) && e.At.Before(d.month.Start) && e.Kind != media.EvItem {
			told[e.Agency], told[e.Owner] = true, true
		}
	}
	return slices.DeleteFunc(cs, func(c sampling.Commune) bool { return told[c.ID] }), nil
}

// Run draws the month's sample, or prints the one drawn.
func (c *radioSampleCmd) Run(a *app) error {
	d, err := c.desk(a)
	if err != nil {
		return err
	}
	defer d.close()
	draw := d.drawn(c.Month)
	switch {
	case c.Workload < 0:
		return usagef("--workload %d: cần ít nhất một xã", c.Workload)
	case c.Redraw && draw == nil:
		return usagef("tháng %s chưa chọn lần nào; bỏ --redraw", c.Month)
	case c.Redraw && c.Reason == "":
		return usagef("chọn lại thì phải nói vì sao (--reason)")
	}
	if draw == nil || c.Redraw {
		if draw, err = c.draw(d, draw); err != nil {
			return err
		}
	} else if c.Workload > 0 && draw.Workload != c.Workload || c.WithoutForm && draw.Domain != sampling.WithoutForm {
		return usagef("tháng %s đã chọn %d xã lúc %s; muốn chọn khác thì dùng --redraw", c.Month, draw.Workload, viet.Moment(draw.At.In(calendar.Zone)))
	}
	if c.JSON {
		return json.NewEncoder(a.Out).Encode(draw)
	}
	return d.printDraw(*draw)
}

// draw takes and stores a new draw, before (nil if there is none) the one it replaces.
func (c *radioSampleCmd) draw(d *radioDesk, before *sampling.Draw) (*sampling.Draw, error) {
	r := sampling.Request{Plan: d.plan.ID, Month: c.Month, Revision: 1, Workload: cmp.Or(c.Workload, usualWorkload), Domain: sampling.All, Communes: d.communes(), Checks: d.checks}
	if before != nil {
		r.Revision = before.Revision + 1
	}
	if c.WithoutForm {
		var err error
		if r.Communes, err = d.silentLast(r.Communes); err != nil {
			return nil, err
		}
		r.Domain = sampling.WithoutForm
	}
	draw, err := sampling.Take(r)
	if errors.Is(err, sampling.ErrNone) {
		return nil, usagef("không có xã nào để chọn trong tháng %s: danh sách cơ quan của kế hoạch không có xã phù hợp", c.Month)
	} else if err != nil {
		return nil, err
	}
	draw.At, draw.Actor, draw.Reason = d.business(), actor(c.By), c.Reason
	switch err := d.store.PutRadioSample(d.app.ctx, draw); {
	case errors.Is(err, store.ErrDrawn):
		return nil, fmt.Errorf("vừa có người khác chọn xã cho tháng %s: chạy lại để xem", c.Month)
	case err != nil:
		return nil, fmt.Errorf("ghi mẫu: %w", err)
	}
	return &draw, nil
}

// printDraw shows a draw to a person, with what it can tell and what more would cost.
func (d *radioDesk) printDraw(draw sampling.Draw) error {
	out := d.out
	if d.plan.Sample {
		fmt.Fprintln(out, sampleNotice)
	}
	listed := 0
	for _, s := range draw.Strata {
		listed += s.Communes
	}
	fmt.Fprintf(out, "Nghe loa %s: chọn %d trong %d %s, lần chọn %d, lúc %s, người chọn: %s%s.\n", d.month.Name(), len(draw.Picks), listed, domainWords(draw.Domain), draw.Revision,
		viet.Moment(draw.At.In(calendar.Zone)), draw.Actor, prefixed("; chọn lại vì ", draw.Reason))
	d.unlisted(listed, draw.Domain)
	size := map[string]int{}
	for _, s := range draw.Strata {
		size[s.District] = s.Communes
	}
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "Huyện\tXã\tMã\tGhi chú")
	for _, p := range draw.Picks {
		note := "chưa nghe lần nào trong vòng này"
		if p.Again {
			note = "cả huyện đã nghe một vòng, nghe lại"
		}
		fmt.Fprintf(w, "%s (%d xã)\t%s\t%s\t%s\n", d.district(p.District), size[p.District], d.names.Agency(p.Commune), strings.TrimPrefix(p.Commune, d.plan.Province+"/"), note)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	n := len(draw.Picks)
	if n < listed {
		fmt.Fprintf(out, "Nếu nghe đủ %d xã này và một nửa có phát, tỷ lệ của %d xã chỉ biết được trong khoảng ±%s điểm phần trăm.\n", n, listed, viet.Decimal(math.Round(halfOf(draw)*1000)/10))
	}
	d.cost(listed)
	return nil
}

// halfOf is half the width of the interval if every second of the drawn communes were heard.
func halfOf(draw sampling.Draw) float64 {
	var checks []sampling.Check
	for i, p := range draw.Picks {
		checks = append(checks, sampling.Check{Month: draw.Month, Commune: p.Commune, Result: []sampling.Result{sampling.Heard, sampling.Silent}[i%2]})
	}
	return sampling.Rate([]sampling.Draw{draw}, checks).Half()
}

// cost says what five points on each side would take, of the communes listed and of the whole province.
func (d *radioDesk) cost(listed int) {
	line := fmt.Sprintf("Muốn biết trong khoảng ±5 điểm phần trăm thì mỗi tháng phải nghe %d trong %d xã có trong danh sách", sampling.Cost(listed, 0.05), listed)
	if all := d.plan.Communes; all > listed {
		line += fmt.Sprintf("; với cả %d xã của tỉnh là %d xã mỗi tháng", all, sampling.Cost(all, 0.05))
	}
	fmt.Fprintln(d.out, line+".")
}

// unlisted says of how many communes nothing can be told, since the list does not name them.
func (d *radioDesk) unlisted(listed int, domain string) {
	if all := d.plan.Communes; all > listed && domain == sampling.All {
		fmt.Fprintf(d.out, "Danh sách của kế hoạch mới có %d trong %d xã của tỉnh: kết quả chỉ nói về %d xã ấy, không phải cả tỉnh.\n", listed, all, listed)
	}
}

func domainWords(domain string) string {
	if domain == sampling.WithoutForm {
		return "xã có trong danh sách mà chưa có minh chứng tháng trước"
	}
	return "xã có trong danh sách"
}

func (d *radioDesk) district(id string) string {
	if id == "" {
		return "không rõ huyện"
	}
	return d.names.Agency(id)
}

// Run records what was found of one commune.
func (c *radioCheckCmd) Run(a *app) error {
	d, err := c.desk(a)
	if err != nil {
		return err
	}
	defer d.close()
	check := sampling.Check{Plan: d.plan.ID, Month: c.Month, Commune: d.agencyID(c.Commune), Result: sampling.Result(c.Result), At: d.business(), Actor: actor(c.By),
		HeardAt: c.Heard.Time, Note: c.Note}
	if err := d.mayCheck(check); err != nil {
		return err
	}
	if c.File != "" {
		if check.File, check.FileName, err = d.keepFile(a.ctx, "radio", c.File); err != nil {
			return err
		}
	}
	if err := d.store.AddRadioCheck(a.ctx, check); err != nil {
		return fmt.Errorf("ghi kết quả: %w", err)
	}
	fmt.Fprintf(a.Out, "Đã ghi: %s, %s: %s; người nghe: %s.\n", d.names.Agency(check.Commune), d.month.Name(), resultWords(check.Result), check.Actor)
	draw := d.drawn(c.Month)
	if draw == nil || !slices.ContainsFunc(draw.Picks, func(p sampling.Pick) bool { return p.Commune == check.Commune }) {
		fmt.Fprintln(a.Out, "Lưu ý: xã này không có trong mẫu đã chọn của tháng nên không tính vào tỷ lệ.")
	}
	return nil
}

// mayCheck refuses a result that cannot be.
func (d *radioDesk) mayCheck(check sampling.Check) error {
	switch {
	case !slices.ContainsFunc(d.communes(), func(x sampling.Commune) bool { return x.ID == check.Commune }):
		return usagef("«%s» không phải xã, phường, thị trấn có trong danh sách của kế hoạch trong tháng %s", d.names.Agency(check.Commune), d.month.ID)
	case d.business().Before(d.month.Start):
		return usagef("tháng %s chưa đến: chưa thể có kết quả nghe loa", d.month.ID)
	case !check.HeardAt.IsZero() && !d.month.Contains(check.HeardAt):
		return usagef("giờ nghe (%s) không thuộc tháng %s", viet.Moment(check.HeardAt), d.month.ID)
	case check.HeardAt.After(d.business()):
		return usagef("giờ nghe (%s) ở phía trước", viet.Moment(check.HeardAt))
	case check.Result == sampling.NotChecked && check.Note == "":
		return usagef("chưa nghe được thì phải nói vì sao (--note)")
	}
	return nil
}

func resultWords(r sampling.Result) string {
	return map[sampling.Result]string{sampling.Heard: "có phát nội dung cải cách hành chính", sampling.Silent: "không phát", sampling.NotChecked: "chưa nghe được"}[r]
}

// Run tells the share of communes that were heard, with its honest interval.
func (c *radioRateCmd) Run(a *app) error {
	d, err := c.desk(a)
	if err != nil {
		return err
	}
	defer d.close()
	if c.Months < 1 || c.Months > 12 {
		return usagef("--months %d: cần từ 1 đến 12 tháng", c.Months)
	}
	draws := d.drawnIn(c.Months)
	if len(draws) == 0 {
		return usagef("chưa chọn xã nào để nghe trong tháng %s (loa radio sample --month %s)", c.Month, c.Month)
	}
	for _, x := range draws {
		if x.Domain != draws[len(draws)-1].Domain {
			return usagef("các tháng chọn trong những nhóm xã khác nhau (%s, %s) nên không gộp được; giảm --months", x.Month, draws[len(draws)-1].Month)
		}
	}
	e := sampling.Rate(draws, d.checks)
	if c.JSON {
		return json.NewEncoder(a.Out).Encode(e)
	}
	d.printRate(draws, e)
	return nil
}

// drawnIn are the draws that rule in so many months up to the one looked at.
func (d *radioDesk) drawnIn(months int) (draws []sampling.Draw) {
	for i := months - 1; i >= 0; i-- {
		if draw := d.drawn(d.month.Start.AddDate(0, -i, 0).Format("2006-01")); draw != nil {
			draws = append(draws, *draw)
		}
	}
	return draws
}

func (d *radioDesk) printRate(draws []sampling.Draw, e sampling.Estimate) {
	out, domain := d.out, draws[len(draws)-1].Domain
	if d.plan.Sample {
		fmt.Fprintln(out, sampleNotice)
	}
	when := d.month.Name()
	if len(draws) > 1 {
		when = fmt.Sprintf("%d tháng đến %s", len(draws), d.month.Name())
	}
	percent := func(x float64) string { return viet.Decimal(math.Round(x*1000)/10) + "%" }
	fmt.Fprintf(out, "Loa truyền thanh xã, %s: chọn %d trong %d %s; có phát %d, không phát %d, chưa nghe được hoặc chưa có kết quả %d.\n",
		when, e.Drawn, e.Population, domainWords(domain), e.Heard, e.Silent, e.Open)
	d.unlisted(e.Population, domain)
	if e.Rate < 0 {
		fmt.Fprintln(out, "Chưa nghe được xã nào nên chưa nói được gì về tỷ lệ.")
		return
	}
	fmt.Fprintf(out, "Ước lượng %s số xã có phát; khoảng tin cậy 95%% từ %s đến %s.\n", percent(e.Rate), percent(e.Low), percent(e.High))
	if e.Open > 0 || e.Unseen > 0 {
		fmt.Fprintf(out, "Khoảng ấy đã tính cả trường hợp %d xã chưa có kết quả và %d xã của các huyện chưa chọn xã nào đều không phát, hoặc đều có phát.\n", e.Open, e.Unseen)
	}
	d.cost(e.Population)
}
