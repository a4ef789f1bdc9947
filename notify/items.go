package notify

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
	"loa/viet"
)

// standingPath is where the desk shows a standing.
func standingPath(s schedule.Standing) string {
	return "/tien-do/" + url.PathEscape(s.Quota) + "/" + url.PathEscape(slug(s.Owner)) + "/" + url.PathEscape(s.Period)
}

func slug(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }

// deadlines count who has not handed in what is due once, before the day and, once,
// after it.
func (w World) deadlines() []Item {
	var out []Item
	for _, q := range w.Plan.Quotas {
		if q.Kind != "deadline" || q.Deadline.IsZero() || q.WantedBasis != schedule.ByPlan || q.OnlyCounted() {
			continue
		}
		without, all := 0, 0
		for _, s := range w.Standings {
			if s.Quota != q.ID || s.Shadow() || s.State == schedule.Exempt {
				continue
			}
			all++
			if s.State != schedule.Met {
				without++
			}
		}
		over := !w.Now.Before(q.Deadline)
		n := schedule.Reminders(w.Cal, q.Deadline, w.Now)
		if without == 0 || n == 0 || w.Now.Sub(q.Deadline) > oldMiss {
			continue
		}
		about := fmt.Sprintf("deadline %s %d", q.ID, n)
		if over {
			about = "overdue " + q.ID
		}
		out = append(out, Item{Kind: PlanDeadline, About: about, Text: viet.PlanDeadline(without, all, q.Title, q.Deadline, over),
			Basis: viet.Target(string(q.WantedBasis), q.Place), Who: viet.NoticeCloses(string(PlanDeadline)), Path: "/quotas/" + url.PathEscape(q.ID), urgent: !over})
	}
	return out
}

// recordings are those that a station will soon delete: one item for each
// transmission, and one for all days of a channel's week, which fall due one after the
// other and are told with the first.
func (w World) recordings() []Item {
	var out []Item
	for _, r := range w.Recordings {
		text := viet.RetentionRun(r.Start, r.Days, r.Basis, r.Last)
		about := "retention " + r.Channel + " " + r.Start.UTC().Format(time.RFC3339)
		if !r.To.IsZero() {
			text = viet.RetentionDays(r.Start, r.To.Add(-time.Second), w.channel(r.Channel), r.Days, r.Basis, r.Last)
			about = "retention " + r.Channel + " " + calendar.WeekOf(r.Start).ID
		}
		if i := slices.IndexFunc(out, func(it Item) bool { return it.About == about }); i >= 0 && !r.To.IsZero() { // days of the same week, after some with a log
			out[i].Text += "\n" + text
			continue
		}
		out = append(out, Item{Kind: RetentionEnds, About: about, Text: text, Basis: r.Basis, Who: viet.NoticeCloses(string(RetentionEnds)),
			Path: "/nguon", urgent: calendar.DaysBetween(w.Now, r.Last) <= lastDays})
	}
	return out
}

func (w World) channel(id string) string {
	for _, c := range w.Plan.Channels {
		if c.ID == id {
			return c.Name
		}
	}
	return id
}

// reportDue reminds of the monthly window that is about to end, or has.
func (w World) reportDue() []Item {
	p := schedule.PaperOf(calendar.Month14, w.Cal, w.Now)
	if p.Reminders == 0 || !p.Period.End.After(w.Plan.From) || !p.Period.Start.Before(w.Plan.To) {
		return nil
	}
	over, path := p.Reminders == 2, "/bao-cao"
	if over { // the drafts of the period are there
		path = "/phien-chot?ky=" + p.Period.ID
	}
	return []Item{{Kind: ReportDue, About: fmt.Sprintf("report %s %d", p.Period.ID, p.Reminders), Text: viet.ReportDue(p.Period.LastDay(), w.Waiting, over, p.Due), Path: path}}
}

// sourceItems are outages and recoveries of what is read, and what may be read
// wrongly. Servers that are probed and sites that were broken into are not among
// them: those go to whom they concern.
func (w World) sourceItems() []Item {
	var out []Item
	for _, s := range w.Sources {
		if s.Kind == media.KindUptime {
			continue
		}
		since := s.Health.BlindSince
		switch {
		case s.How.State == media.SourceBlind && s.How.Reason == media.LayoutChanged:
			out = append(out, w.sourceItem(ParserDrift, "drift "+s.ID+" "+stamp(since), viet.ParserDrift(s.Name), s))
		case s.How.State == media.SourceBlind && s.How.Reason != media.Hijacked && !since.IsZero() && w.Now.Sub(since) >= blindFor:
			out = append(out, w.sourceItem(SourceDown, "down "+s.ID+" "+stamp(since), viet.SourceDown(s.Name, since, s.How.Reason), s))
		case s.How.State == media.SourceQuiet:
			out = append(out, w.sourceItem(ParserDrift, "quiet "+s.ID+" "+calendar.At(calendar.Month, w.Now).ID, viet.ParserDrift(s.Name), s))
		case s.How.State == media.SourceOK:
			if since, ok := w.outage(Officer, "down "+s.ID+" "); ok {
				out = append(out, w.sourceItem(SourceBack, "up "+s.ID+" "+stamp(since), viet.SourceBack(s.Name, since, s.Health.LastOK), s))
			}
		}
	}
	return out
}

// outage is the last outage of which an audience was told.
func (w World) outage(to Audience, about string) (since time.Time, ok bool) {
	for _, t := range w.Told {
		if text, is := strings.CutPrefix(t.About, about); is && t.Audience == to {
			if at, err := time.Parse(time.RFC3339, text); err == nil && at.After(since) {
				since, ok = at, true
			}
		}
	}
	return since, ok
}

func (w World) sourceItem(kind Kind, about, text string, s Source) Item {
	return Item{Kind: kind, About: about, Text: text, Who: viet.NoticeCloses(string(kind)), Path: "/nguon"}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// onDuty are outages of the servers that the plan has watched, at any hour, and
// their end.
func (w World) onDuty() []Notice {
	var items []Item
	if w.Elsewhere {
		return nil
	}
	for _, s := range w.Sources {
		if s.Kind != media.KindUptime || !w.watched(s.Agency) {
			continue
		}
		since := s.Health.BlindSince
		switch {
		case s.How.State == media.SourceBlind && s.How.Reason == media.Unreachable && w.Now.Sub(since) >= blindFor:
			items = append(items, w.sourceItem(SiteDown, "down "+s.ID+" "+stamp(since), viet.SiteDown(s.Name, since, ""), s))
		case s.How.State == media.SourceOK:
			if since, ok := w.outage(Duty, "down "+s.ID+" "); ok {
				items = append(items, w.sourceItem(SourceBack, "up "+s.ID+" "+stamp(since), viet.SourceBack(s.Name, since, s.Health.LastOK), s))
			}
		}
	}
	if items = w.fresh(Duty, "", items); len(items) == 0 {
		return nil
	}
	return []Notice{w.notice(Duty, "", items)}
}

// watched reports whether a duty of the plan has an agency's site watched.
func (w World) watched(agency string) bool {
	return slices.ContainsFunc(w.Plan.Quotas, func(q schedule.Quota) bool {
		return q.Kind == "availability" && slices.Contains(q.Watch, w.level(agency))
	})
}

// secure are matters of safety, to whoever answers for it and to the site's owner
// and to nobody else: what was put into a site, and an outage that a person has
// confirmed. A site that keeps us out is not down.
func (w World) secure() []Notice {
	byOwner := map[string][]Item{}
	hosts := map[string]bool{}
	for _, s := range w.Sources {
		if it, ok := w.certificate(s, hosts); ok {
			byOwner[s.Agency] = append(byOwner[s.Agency], it)
		}
		since := s.Health.BlindSince
		if s.How.State != media.SourceBlind || since.IsZero() {
			continue
		}
		var it Item
		switch s.How.Reason {
		case media.Hijacked:
			it = w.sourceItem(SiteHijacked, "hijacked "+s.ID+" "+stamp(since), viet.Hijacked(s.Name, since), s)
		case media.Unreachable:
			r, ok := w.confirmed(s)
			if !ok {
				continue
			}
			it = w.sourceItem(SiteDown, "confirmed down "+s.ID+" "+stamp(since), viet.SiteDown(s.Name, since, r.Actor), s)
		default:
			continue
		}
		byOwner[s.Agency] = append(byOwner[s.Agency], it)
	}
	var all []Item
	var out []Notice
	for _, a := range w.Plan.Agencies {
		all = append(all, byOwner[a.ID]...)
		if items := w.fresh(Owner, a.ID, slices.Clone(byOwner[a.ID])); len(items) > 0 {
			out = append(out, w.notice(Owner, a.ID, items))
		}
	}
	if items := w.fresh(Security, "", all); len(items) > 0 {
		out = append([]Notice{w.notice(Security, "", items)}, out...)
	}
	return out
}

// certificateDays is how long before its end a certificate is told of.
const certificateDays = 14

// certificate tells of a host's certificate that is about to end, once for each host.
func (w World) certificate(s Source, hosts map[string]bool) (Item, bool) {
	u, err := url.Parse(s.URL)
	if err != nil || s.Until.IsZero() || w.Machine.IsZero() || s.Until.Sub(w.Machine) >= certificateDays*24*time.Hour || hosts[u.Hostname()] {
		return Item{}, false
	}
	hosts[u.Hostname()] = true
	return w.sourceItem(Certificate, "certificate "+u.Hostname()+" "+stamp(s.Until), viet.CertificateEnds(u.Hostname(), s.Until), s), true
}

// confirmed finds the person's word on an outage that goes on.
func (w World) confirmed(s Source) (schedule.Release, bool) {
	for _, r := range w.Releases {
		if r.Kind == schedule.ReleaseOutage && r.Quota == s.ID && r.Period == stamp(s.Health.BlindSince) {
			return r, true
		}
	}
	return schedule.Release{}, false
}

// toOwners tells newspapers and stations what a person let them be told, and the
// week's digest if they asked for it: one message for all of an owner's.
func (w World) toOwners() []Notice {
	var out []Notice
	for _, a := range w.Plan.Agencies {
		if a.Level != media.Press {
			continue
		}
		var items []Item
		for _, s := range w.Standings {
			q, ok := w.single(s)
			if w.Elsewhere || !ok || s.Owner != a.ID || !schedule.Released(w.Releases, s) {
				continue
			}
			if it, ok := w.earlyItem(q, s); ok {
				items = append(items, w.inName(it, s))
			} else if it, ok := w.missedItem(q, s); ok {
				items = append(items, w.inName(it, s))
			}
		}
		if slices.Contains(w.Asked, a.ID) {
			items = append(items, w.digestOf(a.ID, calendar.WeekOf(w.Now))...)
		}
		if items = w.fresh(Owner, a.ID, items); len(items) > 0 {
			out = append(out, w.notice(Owner, a.ID, items))
		}
	}
	return out
}

// inName adds in whose name an owner is told, and what that person says of it as it
// stands: words that went with the warning are none about the miss.
func (w World) inName(it Item, s schedule.Standing) Item {
	k, _ := schedule.ReleaseOf(s)
	for _, r := range w.Releases {
		if r.Plan == s.Plan && r.Kind == k && r.Quota == s.Quota && r.Owner == s.Owner && r.Period == s.Period {
			if r.Words != "" {
				it.Text += " " + r.Words
			}
			it.Who = w.agency(r.Office) + " gửi"
		}
	}
	return it
}
