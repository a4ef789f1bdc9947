package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"loa/crawler/extract"
	"loa/media"
	"loa/monitor"
	"loa/report"
	"loa/report/collect"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/store"
	"loa/viet"
	"loa/web"
)

// returnDays is how many working days after a period its forms are to come back
// where nobody said otherwise, and how many a unit has to answer a question.
const returnDays = 5

// collectDoors are the desk's doors to the forms.
func (e *engine) collectDoors() *web.Collect {
	return &web.Collect{Round: e.collectRound, Form: e.collectFile, Read: e.readReturned, Take: e.takeReturned, Due: e.setCollectDue, Declare: e.declare, Act: e.actOnDispute,
		Keep: func(ctx context.Context, path, name string) (string, error) {
			hash, _, err := e.keepFile(ctx, "declared", path)
			return hash, err
		}}
}

// collectUnits are the agencies that owe something in a period, in the plan's order.
func collectUnits(p *schedule.Plan, period calendar.Period) []media.Agency {
	owes := map[string]bool{}
	for _, q := range p.Quotas {
		for _, a := range schedule.Owners(p, q, period) {
			owes[a.ID] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(p.Agencies), func(a media.Agency) bool { return !owes[a.ID] })
}

// collectRound reads how the forms of a period stand.
func (e *engine) collectRound(ctx context.Context, period calendar.Period, deep bool, only ...string) (web.CollectRound, error) {
	plan := e.inUse()
	notes, err := e.store.CollectNotes(ctx, plan.ID, period.ID)
	if err != nil {
		return web.CollectRound{}, err
	}
	had, err := e.store.Declarations(ctx, plan.ID, period.ID, time.Time{})
	if err != nil {
		return web.CollectRound{}, err
	}
	r := web.CollectRound{Due: calendar.Day(e.cal.AddWorkingDays(period.LastDay(), returnDays))}
	at := map[string]int{}
	for _, a := range collectUnits(plan, period) {
		if len(only) == 0 || slices.Contains(only, a.ID) {
			at[a.ID] = len(r.Units)
			r.Units = append(r.Units, web.CollectUnit{Agency: a})
		}
	}
	for _, d := range had {
		if i, ok := at[d.Agency]; ok {
			r.Units[i].Declared = d
		}
	}
	for _, n := range notes {
		i, ok := at[n.Agency]
		switch {
		case n.Kind == schedule.NoteDue:
			r.Due, r.Set = n.Due, true
		case ok && n.Kind == schedule.NoteGiven:
			r.Units[i].Given = n.At
		case ok && n.Kind == schedule.NoteFaulty && n.At.After(r.Units[i].Declared.At):
			r.Units[i].Faulty = &n
		}
	}
	if deep {
		err = e.deepen(ctx, plan, period, &r)
	}
	return r, err
}

// deepen adds what was found of the units and how it differs from what they declare.
func (e *engine) deepen(ctx context.Context, plan *schedule.Plan, period calendar.Period, r *web.CollectRound) error {
	var ids []string
	for _, u := range r.Units {
		ids = append(ids, u.Agency.ID)
	}
	if len(ids) == 0 {
		return nil
	}
	var ev schedule.Evaluation
	var err error
	if len(ids) > 20 {
		ev, err = monitor.Derive(ctx, e.store, plan, e.cal, e.moment())
	} else {
		ev, err = monitor.DeriveOwners(ctx, e.store, plan, ids, e.cal, e.moment())
	}
	if err != nil {
		return err
	}
	acts, err := e.store.DisputeActs(ctx, plan.ID, period.ID, time.Time{})
	if err != nil {
		return err
	}
	for i := range r.Units {
		u := &r.Units[i]
		u.Found = schedule.FoundOf(ev.Matching, ev.Evidence, u.Agency.ID, period)
		u.Tally = e.tally(plan, u.Agency.ID, period, u.Declared, u.Found, acts)
		for _, q := range plan.Quotas {
			if slices.ContainsFunc(schedule.Owners(plan, q, period), func(a media.Agency) bool { return a.ID == u.Agency.ID }) {
				u.Quotas = append(u.Quotas, q)
			}
		}
	}
	return nil
}

// tally holds what a unit declares against what was found of it.
func (e *engine) tally(plan *schedule.Plan, unit string, period calendar.Period, d schedule.Declaration, found []schedule.Found, acts []schedule.DisputeAct) schedule.DeclaredTally {
	d.Plan, d.Agency, d.Period = plan.ID, unit, period.ID
	var diffs []schedule.Discrepancy
	due := time.Time{}
	if d.Edition > 0 {
		diffs = schedule.CompareDeclared(d, found, period)
		due = e.answerDue(d.At)
	}
	mine := slices.DeleteFunc(slices.Clone(acts), func(a schedule.DisputeAct) bool { return a.Agency != unit })
	return schedule.TallyDeclared(d, found, diffs, mine, due)
}

// answerDue is the end of the last day on which a unit is to answer.
func (e *engine) answerDue(from time.Time) time.Time {
	return calendar.Day(e.cal.AddWorkingDays(from, returnDays)).AddDate(0, 0, 1)
}

// tallies are what the units declare of the periods that lie in this one, beside what was observed, of an evaluation.
func (e *engine) tallies(ctx context.Context, plan *schedule.Plan, ev schedule.Evaluation, period calendar.Period, knownAt time.Time) ([]schedule.DeclaredTally, error) {
	had, err := e.store.Declarations(ctx, plan.ID, "", knownAt)
	if err != nil {
		return nil, err
	}
	acts, err := e.store.DisputeActs(ctx, plan.ID, "", knownAt)
	if err != nil {
		return nil, err
	}
	var out []schedule.DeclaredTally
	for _, d := range had {
		p, err := calendar.Parse(d.Period)
		if err != nil || p.Start.Before(period.Start) || p.End.After(period.End) {
			continue // a form of a month that a reporting window cuts is told in the month's own report
		}
		of := slices.DeleteFunc(slices.Clone(acts), func(a schedule.DisputeAct) bool { return a.Period != d.Period })
		out = append(out, e.tally(plan, d.Agency, p, d, schedule.FoundOf(ev.Matching, ev.Evidence, d.Agency, p), of))
	}
	return out, nil
}

// collectFile makes one unit's workbook and notes that it was taken out.
func (e *engine) collectFile(ctx context.Context, period calendar.Period, unit, by string) (name string, body []byte, err error) {
	plan := e.inUse()
	r, err := e.collectRound(ctx, period, true, unit)
	if err != nil {
		return "", nil, err
	}
	if len(r.Units) == 0 {
		return "", nil, web.Refusal{Text: "Đơn vị này không có nhiệm vụ trong kỳ đã chọn nên không có biểu thu thập."}
	}
	u, names := r.Units[0], report.NamesOf(plan)
	form := collect.Form{Plan: plan.ID, Agency: unit, Period: period.ID, PlanName: "Kế hoạch " + plan.Number + ": " + plan.Title, AgencyName: u.Agency.Name, PeriodName: period.Name(),
		Return: e.returnTo(plan), Made: e.business(), Edition: u.Declared.Edition, Deadline: r.Due, Sample: plan.Sample, Had: u.Declared.Claims,
		Rows: collect.RowsOf(u.Found, dutyTitle(plan), names.Reason, report.Masked)}
	var buf bytes.Buffer
	if err := collect.Write(&buf, form); err != nil {
		return "", nil, err
	}
	note := schedule.CollectNote{Plan: plan.ID, Period: period.ID, Agency: unit, Kind: schedule.NoteGiven, At: e.business(), Actor: by}
	if err := e.store.AddCollectNote(ctx, note); err != nil {
		return "", nil, err
	}
	slug := strings.ReplaceAll(strings.TrimPrefix(unit, plan.Province+"/"), "/", "-")
	return "bieu-thu-thap-" + slug + "-" + strings.ReplaceAll(period.ID, "@", "-") + ".xlsx", buf.Bytes(), nil
}

// returnTo is whom the forms go back to, as people read it.
func (e *engine) returnTo(plan *schedule.Plan) string {
	for _, q := range plan.Quotas {
		if len(q.Letters) > 0 && q.Owner.Agency != "" {
			for _, a := range plan.Agencies {
				if a.ID == q.Owner.Agency {
					return strings.Join(slices.DeleteFunc([]string{a.Name, a.Contact.Name, a.Contact.Phone, a.Contact.Email}, func(s string) bool { return s == "" }), ", ")
				}
			}
		}
	}
	return "cơ quan đã gửi biểu này"
}

func dutyTitle(plan *schedule.Plan) func(string) string {
	return func(id string) string {
		for _, q := range plan.Quotas {
			if q.ID == id {
				return q.Title
			}
		}
		return id
	}
}

// readReturned reads a returned workbook and keeps it; one with errors is noted. Of one that is nobody's, or of a
// unit that the person may not speak for, nothing stays.
func (e *engine) readReturned(ctx context.Context, name string, body []byte, by string, may func(unit, period string) bool) (web.CollectFile, error) {
	f, _, err := e.returned(ctx, name, body)
	if err != nil || f.Fatal || !may(f.Agency, f.Period) {
		return f, err
	}
	k, err := e.keepBytes(ctx, "declared", name, body)
	if err != nil {
		return f, err
	}
	f.Hash = k.SHA256
	if err := e.store.PutKept(ctx, *k); err != nil {
		return f, err
	}
	if f.Faults > 0 {
		n := schedule.CollectNote{Plan: e.inUse().ID, Period: f.Period, Agency: f.Agency, Kind: schedule.NoteFaulty, At: e.business(), Actor: by, Problems: f.Faults, File: f.Hash, FileName: name}
		err = e.store.AddCollectNote(ctx, n)
	}
	return f, err
}

// returned reads a workbook and holds it against the plan and what was declared before.
func (e *engine) returned(ctx context.Context, name string, body []byte) (web.CollectFile, schedule.Declaration, error) {
	r, plan := collect.Read(body), e.inUse()
	f := web.CollectFile{Name: name, Agency: r.Agency, Period: r.Period, By: r.By, Claims: len(r.Claims)}
	for _, p := range r.Problems {
		f.Problems = append(f.Problems, web.CollectProblem{Where: p.Where(), Value: p.Value, Words: viet.Capital(p.Words), Note: p.Note})
	}
	f.Faults, f.Fatal = r.Faults()
	if f.Fatal {
		f.Agency, f.Period = "", ""
		return f, schedule.Declaration{}, nil
	}
	fatal := func(words string) (web.CollectFile, schedule.Declaration, error) {
		f.Problems = append(f.Problems, web.CollectProblem{Words: words})
		f.Faults, f.Fatal = f.Faults+1, true
		return f, schedule.Declaration{}, nil
	}
	period, err := calendar.Parse(r.Period)
	switch {
	case r.Plan != plan.ID:
		return fatal("Biểu này thuộc kế hoạch khác, không phải kế hoạch " + plan.Number + ".")
	case err != nil || !slices.ContainsFunc(collectUnits(plan, period), func(a media.Agency) bool { return a.ID == r.Agency }):
		return fatal("Đơn vị ghi trong biểu không có nhiệm vụ trong kỳ ấy.")
	}
	had, err := e.store.Declarations(ctx, plan.ID, r.Period, time.Time{})
	if err != nil {
		return f, schedule.Declaration{}, err
	}
	d := schedule.Declaration{Plan: plan.ID, Agency: r.Agency, Period: r.Period, Edition: 1, Via: "xlsx", FileName: name, Left: f.Faults, Claims: r.Claims}
	for _, h := range had {
		if h.Agency == r.Agency {
			d.Edition, f.Saw, f.Older = h.Edition+1, h.Edition, h.Edition > r.Edition
			for i := range d.Claims { // photos and statements that were handed in with the same line stay with it
				for _, c := range h.Claims {
					if x := &d.Claims[i]; x.File == "" && c.File != "" && c.Kind == x.Kind && c.Title == x.Title && c.URL == x.URL && c.Document == x.Document {
						x.File, x.FileName = c.File, c.FileName
					}
				}
			}
		}
	}
	return f, d, nil
}

// takeReturned takes the good lines of a workbook that was read before.
func (e *engine) takeReturned(ctx context.Context, hash, name string, saw int, by string, may func(unit, period string) bool) (web.CollectFile, error) {
	kept, err := e.keeper()
	if err != nil {
		return web.CollectFile{}, err
	}
	if len(hash) != 64 || strings.Trim(hash, "0123456789abcdef") != "" {
		return web.CollectFile{}, web.Refusal{Text: "Không tìm thấy tệp đã tải lên; xin tải lại."}
	}
	_, body, err := kept.Read(ctx, hash)
	if err != nil {
		e.app.log.Info("a returned form is no longer kept", "hash", hash, "error", err)
		return web.CollectFile{}, web.Refusal{Text: "Không tìm thấy tệp đã tải lên; xin tải lại."}
	}
	f, d, err := e.returned(ctx, name, body)
	f.Hash = hash
	switch {
	case err != nil:
		return f, err
	case f.Fatal:
		return f, web.Refusal{Text: "Tệp «" + name + "» không nhận được: " + f.Problems[len(f.Problems)-1].Words}
	case !may(f.Agency, f.Period):
		return f, web.Refusal{Text: "Tệp «" + name + "» là biểu của đơn vị hoặc kỳ khác, không thuộc phạm vi của tài khoản đang dùng."}
	case f.Saw != saw:
		return f, web.Refusal{Text: "Sau khi xem tệp «" + name + "», đơn vị đã khai lại. Xin xem bản mới nhất rồi tải tệp lên lại."}
	case f.Claims == 0 && f.Faults > 0:
		return f, web.Refusal{Text: "Tệp «" + name + "» không có dòng nào đúng để nhận."}
	}
	d.At, d.Actor, d.File = e.business(), by, hash
	if f.By != "" {
		d.Actor = by + ", theo biểu do " + f.By + " lập"
	}
	return f, e.declare(ctx, d)
}

// declare records what a unit declares.
func (e *engine) declare(ctx context.Context, d schedule.Declaration) error {
	d.Plan, d.At = e.inUse().ID, e.business()
	err := e.store.AddDeclaration(ctx, d)
	if errors.Is(err, store.ErrDeclarationMoved) {
		return web.Refusal{Text: "Có người vừa khai cho đơn vị và kỳ này. Xin xem lại bản mới nhất rồi làm lại."}
	}
	return err
}

// setCollectDue sets the last day on which a period's forms are to come back.
func (e *engine) setCollectDue(ctx context.Context, period calendar.Period, day time.Time, by string) error {
	if day.Before(period.Start) || day.After(period.End.AddDate(1, 0, 0)) {
		return web.Refusal{Text: "Hạn gửi lại phải sau ngày đầu kỳ và không quá một năm sau kỳ."}
	}
	return e.store.AddCollectNote(ctx, schedule.CollectNote{Plan: e.inUse().ID, Period: period.ID, Kind: schedule.NoteDue, At: e.business(), Actor: by, Due: calendar.Day(day)})
}

// actOnDispute records an act about a difference, as it stands now, with what it does to standings.
func (e *engine) actOnDispute(ctx context.Context, a schedule.DisputeAct) error {
	plan := e.inUse()
	period, err := calendar.Parse(a.Period)
	if err != nil {
		return web.Refusal{Text: "Chưa hiểu kỳ của nội dung này."}
	}
	r, err := e.collectRound(ctx, period, true, a.Agency)
	if err != nil {
		return err
	}
	if len(r.Units) == 0 {
		return web.Refusal{Text: "Đơn vị này không có nhiệm vụ trong kỳ."}
	}
	at := slices.IndexFunc(r.Units[0].Tally.Disputes, func(d schedule.Dispute) bool { return d.ID == a.Difference })
	if at < 0 {
		return web.Refusal{Text: "Nội dung này không còn khác nhau, hoặc đơn vị đã khai lại. Xin mở lại danh sách."}
	}
	d := r.Units[0].Tally.Disputes[at]
	if d.Over() {
		return web.Refusal{Text: "Nội dung này đã được xử lý; không xử lý lại."}
	}
	if a.Seq != len(d.Acts)+1 {
		return web.Refusal{Text: "Có người vừa trả lời hoặc xử lý nội dung này. Xin xem lại rồi làm lại."}
	}
	a.Plan, a.At, a.Of = plan.ID, e.business(), d.Discrepancy
	if a.Kind == schedule.SettleAsk && a.Due.IsZero() {
		a.Due = e.answerDue(a.At)
	}
	var does schedule.Settlement
	if a.Kind == schedule.SettleAccept {
		if does, err = e.settlement(ctx, plan, a, d); err != nil {
			return err
		}
	} else if a.Words == "" {
		missing := map[schedule.SettleKind]string{schedule.SettleAsk: "điều cần đơn vị trả lời", schedule.SettleReply: "câu trả lời", schedule.SettleRefuse: "lý do không chấp nhận"}
		return web.Refusal{Text: "Thiếu nội dung: xin ghi " + missing[a.Kind] + "."}
	}
	err = e.store.AddDisputeAct(ctx, a, does)
	if errors.Is(err, store.ErrDeclarationMoved) {
		return web.Refusal{Text: "Có người vừa trả lời hoặc xử lý nội dung này. Xin xem lại rồi làm lại."}
	}
	if err != nil || len(does.Decisions) == 0 {
		return handinError(err)
	}
	return e.refresh(ctx, a.Agency)
}

// settlement is what accepting does, refused where it would be no lawful decision or would change nothing.
func (e *engine) settlement(ctx context.Context, plan *schedule.Plan, a schedule.DisputeAct, d schedule.Dispute) (schedule.Settlement, error) {
	if a.Words == "" {
		return schedule.Settlement{}, web.Refusal{Text: "Thiếu căn cứ: xin ghi vì sao chấp nhận."}
	}
	var counted []schedule.Credit
	if d.Found != nil {
		counted = d.Found.Counted
	}
	does := schedule.Settle(a, counted)
	for _, x := range does.Decisions {
		if err := refusal(schedule.CheckDecision(plan, x)); err != nil {
			return does, deskError(err)
		}
		if p := does.Piece; p != nil && (p.At.Before(plan.From) || !p.At.Before(plan.To)) {
			return does, web.Refusal{Text: "Ngày " + viet.Day(p.At) + " nằm ngoài thời gian của kế hoạch."}
		}
	}
	if does.Piece == nil || d.Claim == nil {
		return does, nil
	}
	does.Piece.Items = itemsAt(plan, does.Piece.URL)
	known, err := monitor.DeriveOwners(ctx, e.store, plan, []string{a.Agency}, e.cal, e.moment())
	if err != nil {
		return does, fmt.Errorf("look for the piece among what is known: %w", err)
	}
	for _, x := range known.Evidence { // of any period: a piece counts once
		if x.Agency == a.Agency && (d.Claim.Names(x) || slices.Contains(does.Piece.Items, x.ID)) {
			how := "hệ thống đã thấy"
			if x.Kind == media.EvDeclared {
				how = "đã chấp nhận theo đơn vị khai"
			}
			return does, web.Refusal{Text: "Tin, bài này " + how + ": «" + x.Title + "», ngày " + viet.Day(x.At) + ". Mỗi tin, bài chỉ tính một lần; nếu chưa được ghi nhận, xin ghi nhận chính tin, bài ấy ở trang tiến độ."}
		}
	}
	return does, nil
}

// itemsAt are the ids that an item at an address has, by whichever of the plan's rules its source reads addresses.
func itemsAt(plan *schedule.Plan, address string) []string {
	if address == "" {
		return nil
	}
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	rules, out := []string{""}, []string(nil)
	for _, s := range plan.Sources {
		rules = append(rules, s.Rule.Key)
	}
	slices.Sort(rules)
	for _, rule := range slices.Compact(rules) {
		if key, err := extract.Key(rule, address); err == nil { // a unit may write anything: then it is known by its title and day
			out = append(out, media.ItemID(plan.Province, key))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
