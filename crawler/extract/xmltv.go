package extract

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"loa/media"
	"loa/viet"
)

// maxProgrammes is how much a guide may announce: a month of a hundred channels.
const maxProgrammes = 100_000

// guideChannel and guideProgramme are what is read of XMLTV's elements
// (xmltv.dtd). A DOCTYPE is passed over, entities it declares are mistakes.
type guideChannel struct {
	ID    string   `xml:"id,attr"`
	Names []string `xml:"display-name"`
}

type guideProgramme struct {
	Start   string    `xml:"start,attr"`
	Stop    string    `xml:"stop,attr"`
	Channel string    `xml:"channel,attr"`
	Titles  []string  `xml:"title"`
	Sub     []string  `xml:"sub-title"`
	Before  *struct{} `xml:"previously-shown"`
	New     *struct{} `xml:"new"`
	First   *struct{} `xml:"premiere"`
}

// XMLTV reads an electronic programme guide: a claim of grade D. Channels are
// known by the guide's id or one of their display names; those that opt does not
// list are passed over and told as notes. Every mistake is told with its line,
// and with any RowError nothing is given; error is for what is no such file.
func XMLTV(name string, data []byte, opt LogOptions) (all []media.Planned, bad []RowError, err error) {
	if len(data) > maxTableBytes {
		return nil, []RowError{{Msg: fmt.Sprintf("tệp lớn hơn %d MB", maxTableBytes>>20)}}, fmt.Errorf("read guide %s: too large", name)
	}
	text, err := Decode(data, "")
	if err != nil {
		return nil, []RowError{{Msg: "không phải tệp XMLTV"}}, fmt.Errorf("read guide %s: %w", name, err)
	}
	g := guideReader{opt: opt, names: map[string][]string{}, strange: map[string]bool{}}
	if err := g.read(text); err != nil {
		msg := "tệp XMLTV hỏng"
		if r := (refusal{}); errors.As(err, &r) {
			msg = r.msg
		}
		return nil, []RowError{{Row: g.line, Msg: msg}}, fmt.Errorf("read guide %s: %w", name, err)
	}
	if opt.See != nil {
		opt.See(g.told())
	}
	switch {
	case len(g.bad) > 0:
		return nil, g.bad, nil
	case len(g.out) == 0:
		return nil, []RowError{{Msg: "tệp không có chương trình nào của các kênh trong kế hoạch: " + channelNames(opt.Channels)}}, nil
	}
	return lasting(g.out), nil, nil
}

type guideReader struct {
	opt     LogOptions
	names   map[string][]string // of the guide's channels
	strange map[string]bool     // channels that are passed over
	out     []media.Planned
	bad     []RowError
	line    int // reached
	local   int // times without a zone
	n       int
}

func (g *guideReader) told() Handed {
	h := Handed{Format: "XMLTV"}
	if len(g.strange) > 0 {
		var some []string
		for id := range g.strange {
			some = append(some, "«"+cutText(id, 40)+"»")
		}
		slices.Sort(some)
		more := ""
		if len(some) > 10 {
			some, more = some[:10], "…"
		}
		h.Notes = append(h.Notes, fmt.Sprintf("bỏ qua %d kênh không có trong kế hoạch: %s%s", len(g.strange), strings.Join(some, ", "), more))
	}
	if g.local > 0 {
		h.Notes = append(h.Notes, fmt.Sprintf("%d giờ không ghi múi giờ: hiểu là giờ Việt Nam", g.local))
	}
	return h
}

// read goes through the elements of the guide.
func (g *guideReader) read(text string) error {
	d := xml.NewDecoder(strings.NewReader(text))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	root := false
	for {
		tok, err := d.Token()
		g.line, _ = d.InputPos()
		if err == io.EOF && root {
			return nil
		}
		if err == io.EOF {
			return refuse("không phải tệp XMLTV: không có phần tử <tv>", "no tv element")
		}
		if err != nil {
			return err
		}
		e, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		switch {
		case !root && e.Name.Local != "tv":
			return refuse("không phải tệp XMLTV: phần tử ngoài cùng là <"+cutText(e.Name.Local, 40)+">, cần <tv>", "root is "+e.Name.Local)
		case !root:
			root = true
		case e.Name.Local == "channel":
			var c guideChannel
			if err := d.DecodeElement(&c, &e); err != nil {
				return err
			}
			if len(g.names) < maxEntries {
				g.names[c.ID] = c.Names
			}
		case e.Name.Local == "programme":
			if g.n++; g.n > maxProgrammes {
				return refuse(fmt.Sprintf("tệp có hơn %s chương trình; hãy tách theo kênh hoặc theo tuần", viet.Number(maxProgrammes)), "too many programmes")
			}
			at := g.line
			var p guideProgramme
			if err := d.DecodeElement(&p, &e); err != nil {
				return err
			}
			g.programme(at, p)
		default:
			if err := d.Skip(); err != nil {
				return err
			}
		}
	}
}

// channel finds the channel of the plan; nil if it has none.
func (g *guideReader) channel(id string) *LogChannel {
	for _, name := range append([]string{id}, g.names[id]...) {
		if c := channelNamed(g.opt.Channels, tidy(name)); c != nil {
			return c
		}
	}
	return nil
}

func (g *guideReader) programme(line int, p guideProgramme) {
	fail := func(what, value, msg string) {
		g.bad = append(g.bad, RowError{Row: line, Column: what, Value: value, Msg: msg})
	}
	c := g.channel(p.Channel)
	if c == nil || g.opt.Channel != "" && c.ID != g.opt.Channel {
		g.strange[tidy(p.Channel)] = true
		return
	}
	start, ok := g.moment(p.Start)
	if !ok {
		fail("start", p.Start, "không phải thời điểm; cần dạng 20230306200000 +0700")
		return
	}
	out := media.Planned{Source: media.GuideSource(c.ID), Channel: c.ID, Day: localDay(start).UTC(), Start: start.UTC()}
	if p.Stop != "" {
		stop, ok := g.moment(p.Stop)
		switch {
		case !ok:
			fail("stop", p.Stop, "không phải thời điểm; cần dạng 20230306201500 +0700")
			return
		case !stop.After(start) || stop.Sub(start) > maxAiring:
			fail("stop", p.Stop, "phải sau lúc bắt đầu, trong vòng 24 giờ")
			return
		}
		out.Duration = stop.Sub(start)
	}
	title := ""
	for _, s := range p.Titles {
		if title == "" {
			title = tidy(s)
		}
	}
	if title == "" {
		fail("title", "", "thiếu tên chương trình")
		return
	}
	out.Printed = title
	for _, s := range p.Sub {
		if s = tidy(s); s != "" {
			out.Printed = title + ": " + s
			break
		}
	}
	out.Printed = cutText(out.Printed, maxTitle)
	if first, known := runWord(runMark.FindString(title)); known {
		out.Run = map[bool]string{true: "first", false: "repeat"}[first]
	}
	switch {
	case p.Before != nil:
		out.Run = "repeat"
	case p.New != nil || p.First != nil:
		out.Run = "first"
	}
	out.Live = liveMark.MatchString(title)
	out.Programme = cutText(tidy(runMark.ReplaceAllString(title, "")), maxSection)
	if out.Programme == "" {
		out.Programme = cutText(title, maxSection)
	}
	out.Column = columnOf(out.Programme, out.Start, g.opt.Columns)
	g.out = append(g.out, out)
}

var guideTime = regexp.MustCompile(`^\s*(\d{8}|\d{10}|\d{12}|\d{14})\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|ICT)?\s*$`)

// moment reads a time of XMLTV. The DTD takes one without a zone for UTC;
// stations here write their own time so, and the reader is told.
func (g *guideReader) moment(s string) (time.Time, bool) {
	m := guideTime.FindStringSubmatch(s)
	if m == nil {
		return time.Time{}, false
	}
	zone := time.FixedZone("", 7*3600)
	switch z := strings.ReplaceAll(m[2], ":", ""); {
	case z == "":
		g.local++
	case z == "Z", z == "UTC", z == "GMT":
		zone = time.UTC
	case z != "ICT":
		at, err := time.Parse("-0700", z)
		if err != nil {
			return time.Time{}, false
		}
		zone = at.Location()
	}
	t, err := time.ParseInLocation("20060102150405"[:len(m[1])], m[1], zone)
	return t, err == nil && t.Year() >= 1990 && t.Year() < 2100
}
