package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"loa/crawler/extract"
	"loa/media"
	"loa/report"
	"loa/schedule"
	"loa/store"
	"loa/viet"
	"loa/web"
	"loa/web/access"
)

// handedFor is how long what a person handed in waits for their yes.
const handedFor = 48 * time.Hour

// pastedName names cells that were pasted, as on the command line.
const pastedName = "dữ liệu dán vào"

// personOf is who may see again what was handed in: an account, or the session of a link.
func personOf(who access.Actor) string {
	switch {
	case who.Account != "":
		return "account " + who.Account
	case who.Session != "":
		return "session " + who.Session
	}
	return ""
}

// handedIn is what was handed in, with its bytes and what was read of them.
type handedIn struct {
	web.Sent
	who        access.Actor
	plan       *schedule.Plan
	now        time.Time
	name       string
	data, scan []byte

	tableMap *media.TableMap
	airings  []media.Airing
	planned  []media.Planned
	uploads  []media.Upload
	register media.Register
	sheet    extract.RadioSheet
}

// takeHanded keeps what a person handed in, for a preview.
func (e *engine) takeHanded(ctx context.Context, who access.Actor, id string, s web.Sent, file, scan []byte) (string, error) {
	person := personOf(who)
	if person == "" {
		return "", web.Refusal{Text: "Cần đăng nhập để nạp tệp."}
	}
	if len(file) > maxSent {
		return "", web.Refusal{Text: fmt.Sprintf("Tệp lớn hơn %d MB.", maxSent>>20)}
	}
	h := store.Handed{ID: id, Plan: e.inUse().ID, Person: person, Made: e.machine(), Until: e.machine().Add(handedFor)}
	if id == "" {
		h.ID = strings.ToLower(rand.Text())
	} else {
		before, err := e.store.Handed(ctx, id, person, e.machine())
		if err != nil {
			return "", goneHanded(err)
		}
		if before.Done != "" {
			return "", web.Refusal{Text: "Tệp này đã được nạp rồi."}
		}
		h.File, h.Scan, h.Made = before.File, before.Scan, before.Made
	}
	var kept, keptScan *media.Kept
	var err error
	if file != nil {
		if kept, err = e.keepBytes(ctx, "handed", s.FileName, file); err != nil {
			return "", err
		}
	}
	if scan != nil {
		if isScan(scan) == "" {
			return "", web.Refusal{Text: fmt.Sprintf("«%s» không phải bản quét; cần PDF, JPEG, PNG hoặc TIFF.", s.ScanName)}
		}
		if keptScan, err = e.keepBytes(ctx, "scan", s.ScanName, scan); err != nil {
			return "", err
		}
	}
	body, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("write what was handed in: %w", err)
	}
	h.Body, h.Name = string(body), s.FileName
	return h.ID, goneHanded(e.store.PutHanded(ctx, h, kept, keptScan, who.String(), e.business()))
}

// goneHanded tells a person that what they ask for is not there for them.
func goneHanded(err error) error {
	if errors.Is(err, store.ErrNoHanded) {
		return web.Refusal{Text: "Không có tệp này: đã quá thời gian giữ để xem trước, đã bỏ, hoặc do người khác gửi. Xin gửi lại tệp."}
	}
	return err
}

// isScan is the media type of a scan, "" of what is none.
func isScan(data []byte) string {
	for magic, is := range map[string]string{"%PDF-": "application/pdf", "\xff\xd8\xff": "image/jpeg", "\x89PNG\r\n": "image/png", "II*\x00": "image/tiff", "MM\x00*": "image/tiff"} {
		if strings.HasPrefix(string(data[:min(len(data), 16)]), magic) {
			return is
		}
	}
	return ""
}

// handed reads back what a person handed in.
func (e *engine) handed(ctx context.Context, who access.Actor, id string) (in handedIn, h store.Handed, err error) {
	if h, err = e.store.Handed(ctx, id, personOf(who), e.machine()); err != nil {
		return in, h, goneHanded(err)
	}
	in = handedIn{who: who, plan: e.inUse(), now: e.business()}
	if err := json.Unmarshal([]byte(h.Body), &in.Sent); err != nil {
		return in, h, fmt.Errorf("read what was handed in: %w", err)
	}
	in.name = cmp.Or(in.FileName, pastedName)
	kept, err := e.keeper()
	if err != nil {
		return in, h, err
	}
	if h.File != "" && !in.None {
		if _, in.data, err = kept.Read(ctx, h.File); err != nil {
			return in, h, fmt.Errorf("read the file handed in: %w", err)
		}
	}
	if h.Scan != "" {
		if _, in.scan, err = kept.Read(ctx, h.Scan); err != nil {
			return in, h, fmt.Errorf("read the scan handed in: %w", err)
		}
	}
	return in, h, nil
}

// readHanded is the preview of what a person handed in.
func (e *engine) readHanded(ctx context.Context, who access.Actor, id string) (web.Sent, web.Reading, error) {
	in, h, err := e.handed(ctx, who, id)
	if err != nil {
		return in.Sent, web.Reading{}, err
	}
	if h.Done != "" {
		r := web.Reading{Done: &web.Loaded{}}
		if err := json.Unmarshal([]byte(h.Done), r.Done); err != nil {
			return in.Sent, r, fmt.Errorf("read what was stored: %w", err)
		}
		return in.Sent, r, nil
	}
	r, err := e.interpret(ctx, &in, true)
	r.Until = h.Until
	return in.Sent, r, err
}

// loadHanded stores what a person handed in, all of it or nothing.
func (e *engine) loadHanded(ctx context.Context, who access.Actor, id string) (out web.Loaded, err error) {
	in, h, err := e.handed(ctx, who, id)
	if err != nil {
		return out, err
	}
	if h.Done != "" {
		return out, json.Unmarshal([]byte(h.Done), &out)
	}
	r, err := e.interpret(ctx, &in, false)
	if err != nil {
		return out, err
	}
	if len(r.Mistakes) > 0 {
		return out, web.Refusal{Text: fmt.Sprintf("Còn %d lỗi phải sửa; chưa nạp dòng nào.", len(r.Mistakes))}
	}
	owners := in.owners()
	before, err := e.standingsOf(ctx, owners)
	if err != nil {
		return out, err
	}
	if out.Says, err = e.storeHanded(ctx, &in); err != nil {
		return out, err
	}
	if in.KeepMap && in.Map != nil {
		in.Map.Sender, in.Map.Agency, in.Map.At = in.Sender, in.mapAgency(), in.now
		switch err := e.store.PutMap(ctx, *in.Map, who); {
		case errors.Is(err, store.ErrMapOfOther): // what was handed in is stored all the same
			out.Says = append(out.Says, "Không lưu bản đồ cột: «"+in.Sender+"» đã có bản đồ cột do cơ quan khác hoặc chuyên viên theo dõi lưu. Xin ghi tên bên gửi cho khác, hoặc nhờ chuyên viên theo dõi.")
		case err != nil:
			return out, fmt.Errorf("lưu bản đồ cột: %w", err)
		default:
			out.Says = append(out.Says, "Đã lưu bản đồ cột của «"+in.Sender+"»; lần sau không phải chọn lại.")
		}
	}
	if err := e.judgeAndCompare(ctx); err != nil {
		return out, err
	}
	if err := e.refresh(ctx, owners...); err != nil {
		return out, err
	}
	after, err := e.standingsOf(ctx, owners)
	if err != nil {
		return out, err
	}
	out.Changes = changesOf(before, after)
	done, err := json.Marshal(out)
	if err != nil {
		return out, fmt.Errorf("write what was stored: %w", err)
	}
	return out, e.store.HandedDone(ctx, id, personOf(who), string(done))
}

// mapAgency is whose sender a told map is of: the channel's, else of whoever hands in for their own.
func (in *handedIn) mapAgency() string {
	for _, c := range in.plan.Channels {
		if in.Channel != "" && c.ID == in.Channel {
			return c.Agency
		}
	}
	if in.who.Role.Scoped() && len(in.who.Agencies) > 0 {
		return in.who.Agencies[0]
	}
	return ""
}

// dropHanded forgets what a person handed in.
func (e *engine) dropHanded(ctx context.Context, who access.Actor, id string) error {
	return e.store.DropHanded(ctx, id, personOf(who), who.String(), e.business())
}

// owners are the agencies whose standings what was handed in may change.
func (in *handedIn) owners() (out []string) {
	add := func(id string) {
		if id != "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	channels := map[string]string{}
	for _, c := range in.plan.Channels {
		channels[c.ID] = c.Agency
	}
	add(channels[in.Channel])
	for _, a := range in.airings {
		add(channels[a.Channel])
	}
	for _, p := range in.planned {
		add(channels[p.Channel])
	}
	for _, u := range in.uploads {
		add(channels[u.Channel])
	}
	add(in.register.Agency)
	for _, g := range in.sheet.Registers {
		add(g.Agency)
		for _, a := range in.plan.Agencies { // a district answers for its communes
			if a.ID == g.Agency {
				add(a.Parent)
			}
		}
	}
	for _, q := range in.plan.Quotas { // a portal's duty is measured by another body's list
		if q.Owner.Agency != "" && len(in.sheet.Registers)+len(in.register.Rows) > 0 {
			add(q.Owner.Agency)
		}
	}
	return out
}

// standingsOf are the stored standings of some agencies.
func (e *engine) standingsOf(ctx context.Context, owners []string) ([]schedule.Standing, error) {
	ev, _, err := e.store.Evaluation(ctx, e.inUse().ID)
	return slices.DeleteFunc(ev.Standings, func(s schedule.Standing) bool { return !slices.Contains(owners, s.Owner) }), err
}

// changesOf tells which standings came out otherwise, in words.
func changesOf(before, after []schedule.Standing) (out []web.Change) {
	type key struct{ quota, owner, period string }
	words := func(s schedule.Standing) string {
		w := report.Word(s.Basis, s.State, s.Confirmed, s.Risk, s.Reasons)
		for _, m := range s.Measures {
			if m.Name == "count" {
				return fmt.Sprintf("%s (%s)", w, viet.Count{Have: int(m.Delivered), Want: int(m.Wanted)})
			}
		}
		return w
	}
	was := map[key]string{}
	for _, s := range before {
		was[key{s.Quota, s.Owner, s.Period}] = words(s)
	}
	for _, s := range after {
		if now, b := words(s), was[key{s.Quota, s.Owner, s.Period}]; b != now && !s.Shadow() {
			out = append(out, web.Change{Quota: s.Quota, Owner: s.Owner, Period: s.Period, Before: b, After: now})
		}
	}
	return out
}

// storeHanded stores what was read, by the same ways as the commands of loa import.
func (e *engine) storeHanded(ctx context.Context, in *handedIn) ([]string, error) {
	sender := in.Sender
	if by := in.who.String(); by != sender {
		sender += " (" + by + ")"
	}
	switch in.Kind {
	case media.FormAirings:
		l := in.log()
		l.Sender = sender
		n, err := e.putLog(ctx, in.plan, l, in.airings)
		if better := (*store.BetterError)(nil); errors.As(err, &better) {
			return nil, web.Refusal{Text: viet.Capital(betterWords(better, l.Name, l.Grade)) + "."}
		}
		if err != nil {
			return nil, err
		}
		says := []string{fmt.Sprintf("Đã nạp %d lần phát sóng; minh chứng %s.", n, viet.GradeWords(string(l.Grade)))}
		if n == 0 && len(in.airings) > 0 {
			says = []string{fmt.Sprintf("Tệp đã được nạp trước đây: %d lần phát sóng, không nạp thêm.", len(in.airings))}
		}
		if in.From.IsZero() {
			return append(says, "Chưa có giấy nhận (khoảng ngày bên gửi xác nhận đã đủ): tuần thiếu giấy nhận vẫn là «chưa đủ dữ liệu»."), nil
		}
		return append(says, fmt.Sprintf("Giấy nhận: %s, từ %s đến hết %s.", report.NamesOf(in.plan).Channel(in.Channel), viet.Day(in.From), viet.Day(in.To))), nil
	case media.FormSchedule:
		fresh, gone, err := e.putGuide(ctx, in.name, in.data, sender, in.planned)
		switch {
		case errors.Is(err, store.ErrGuideOlder):
			return nil, web.Refusal{Text: "Đã có lịch nạp sau thời điểm này; tệp không được nạp."}
		case err != nil:
			return nil, err
		case fresh+gone == 0:
			return []string{"Lịch không có gì khác với lịch đã nạp."}, nil
		}
		return []string{fmt.Sprintf("Đã nạp lịch dự kiến: %d chương trình mới, %d bị thay; minh chứng %s, không tính là đã phát.", fresh, gone, viet.GradeWords("D"))}, nil
	case media.FormUploads:
		fresh, err := e.putUploads(ctx, in.name, in.data, sender, in.uploads)
		if err != nil {
			return nil, err
		}
		return []string{fmt.Sprintf("Đã nạp %d video mới hoặc có thay đổi, trong %d video; minh chứng %s. Video không phải lần phát sóng, chỉ để đối chiếu.", fresh, len(in.uploads), viet.GradeWords("C"))}, nil
	case "radio":
		from := media.Register{Sender: sender, At: in.now, FileName: in.name, FileHash: hashOf(in.data)}
		if in.None {
			from.FileName, from.FileHash = "", ""
		}
		proof := in.data
		if in.scan != nil { // the rows were typed from it: it is what proves them
			proof, from.FileName, from.FileHash = in.scan, in.ScanName, hashOf(in.scan)
		}
		fresh, err := e.putRadio(ctx, in.sheet, from, proof)
		if err != nil {
			return nil, err
		}
		if fresh == 0 {
			return []string{"Đã được nạp trước đây, không nạp thêm."}, nil
		}
		return []string{fmt.Sprintf("Đã nạp của %d đơn vị.", fresh)}, nil
	}
	g := in.register
	g.Sender = sender
	fresh, err := e.putRegister(ctx, g, in.data)
	if err != nil {
		return nil, err
	}
	if !fresh {
		return []string{"Đã được nạp trước đây, không nạp thêm: " + registerWords(in.plan, g) + "."}, nil
	}
	return []string{"Đã nạp " + registerWords(in.plan, g) + "."}, nil
}

// log is a log as it is handed in.
func (in *handedIn) log() airingLog {
	l := airingLog{Name: in.name, Data: in.data, Channel: in.Channel, Sender: in.Sender, From: in.From, Grade: media.Grade(cmp.Or(in.Grade, "A")), Map: in.tableMap,
		TypedBy: in.TypedBy, Over: in.Over, Scan: in.scan, ScanName: in.ScanName}
	if in.scan != nil {
		l.Grade = media.GradeB
	} else {
		l.TypedBy = ""
	}
	if !in.To.IsZero() {
		l.To = dayAfter(in.To)
	}
	return l
}

// dayAfter is the midnight at which a day ends.
func dayAfter(t time.Time) time.Time { return dayStart(t).AddDate(0, 0, 1) }

// savedMaps lists the kept maps.
func (e *engine) savedMaps(ctx context.Context) ([]media.TableMap, error) {
	return e.store.Maps(ctx, "")
}

// dropMap forgets a map.
func (e *engine) dropMap(ctx context.Context, who access.Actor, sender, form string) error {
	gone, err := e.store.DropMap(ctx, media.TableMap{Sender: sender, Form: form, At: e.business()}, who)
	if errors.Is(err, store.ErrMapOfOther) {
		return web.Refusal{Text: "Bản đồ cột này do cơ quan khác hoặc chuyên viên theo dõi lưu; chỉ chuyên viên theo dõi xóa được."}
	}
	if err == nil && !gone {
		return web.Refusal{Text: "Bản đồ cột này đã được xóa trước đó."}
	}
	return err
}
