package agenda

import (
	"fmt"
	"io"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"loa/media"
	"loa/report"
	"loa/schedule/calendar"
)

// zone is the IANA name of the only time zone there is.
const zone = "Asia/Ho_Chi_Minh"

// ContentType of the feed. It has no method: it publishes nothing, it is read.
const ContentType = "text/calendar; charset=utf-8"

// WriteICS writes the feed of one owner as RFC 5545 has it, for Google Calendar,
// Outlook and Thunderbird: lines end in CRLF and are folded at 75 octets, times
// bear the zone and its definition, days are DATE values, every entry has a UID
// that never changes, and SEQUENCE, DTSTAMP and LAST-MODIFIED that say when what
// it tells was last changed, so that the same state gives the same bytes.
func WriteICS(w io.Writer, in Input) error {
	names := report.NamesOf(in.Plan)
	cal := ics.NewCalendar()
	cal.SetProductId("-//loa//Lich thuc hien ke hoach//VI")
	cal.SetCalscale("GREGORIAN")
	name := "CCHC: " + names.Agency(in.Owner) + " (" + in.Plan.Number + ")"
	about := "Lịch thực hiện Kế hoạch " + in.Plan.Number + " của " + names.Agency(in.Owner) + "."
	if in.Plan.Sample {
		name, about = "[Dữ liệu mẫu] "+name, "Dữ liệu mẫu: tỉnh, cơ quan và tin, bài đều là giả định. "+about
	}
	cal.SetName(name)
	cal.SetXWRCalName(name)
	cal.SetXWRCalDesc(about)
	cal.SetXWRTimezone(zone)
	cal.SetRefreshInterval("PT6H")
	cal.SetXPublishedTTL("PT6H")
	tz := cal.AddTimezone(zone)
	standard := tz.AddStandard()
	standard.AddProperty(ics.ComponentPropertyDtStart, "19750613T000000") // since when it is +07 throughout
	standard.AddProperty(ics.ComponentProperty(ics.PropertyTzoffsetfrom), "+0800")
	standard.AddProperty(ics.ComponentProperty(ics.PropertyTzoffsetto), "+0700")
	standard.AddProperty(ics.ComponentProperty(ics.PropertyTzname), "+07")
	for _, e := range in.events() {
		e.add(cal, in)
	}
	if err := cal.SerializeTo(w, ics.WithNewLineWindows); err != nil {
		return fmt.Errorf("write the calendar of %s: %w", in.Owner, err)
	}
	return nil
}

// add puts an entry into the calendar.
func (e event) add(cal *ics.Calendar, in Input) {
	v := cal.AddEvent(media.Hash(append([]string{"calendar", in.Plan.ID}, e.key...)...) + "@loa." + in.Plan.Province)
	v.SetDtStampTime(e.changed)
	v.SetLastModifiedAt(e.changed)
	v.SetCreatedTime(in.Plan.Issued)
	// Minutes from the plan's issue: it grows with every change, and needs no memory.
	v.SetSequence(max(0, int(e.changed.Sub(in.Plan.Issued)/time.Minute)))
	if e.length == 0 {
		v.SetAllDayStartAt(e.start.In(calendar.Zone))
		v.SetAllDayEndAt(e.start.In(calendar.Zone).AddDate(0, 0, 1))
	} else {
		const local = "20060102T150405"
		v.SetProperty(ics.ComponentPropertyDtStart, e.start.In(calendar.Zone).Format(local), ics.WithTZID(zone))
		v.SetProperty(ics.ComponentPropertyDtEnd, e.start.Add(e.length).In(calendar.Zone).Format(local), ics.WithTZID(zone))
	}
	v.SetSummary(e.summary)
	lines := e.lines
	if in.Plan.Sample {
		lines = append([]string{"Dữ liệu mẫu."}, lines...)
	}
	v.SetDescription(strings.Join(lines, "\n"))
	v.AddCategory(e.category)
	if e.url != "" {
		v.SetURL(e.url)
	}
	switch {
	case e.cancelled:
		v.SetStatus(ics.ObjectStatusCancelled)
	case e.tentative:
		v.SetStatus(ics.ObjectStatusTentative)
	default:
		v.SetStatus(ics.ObjectStatusConfirmed)
	}
	v.SetTimeTransparency(ics.TransparencyTransparent) // a deadline takes up nobody's time
	if e.alarm != "" && !e.cancelled {
		a := v.AddAlarm()
		a.SetAction(ics.ActionDisplay)
		a.SetTrigger(e.alarm)
		a.SetDescription(e.summary)
	}
}
