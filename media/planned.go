package media

import "time"

// Planned is one transmission as a station announces it: a claim of grade D. It
// is kept apart from what was broadcast (Airing), and is never counted as
// delivered.
type Planned struct {
	ID        string // hash of channel, start and programme
	Source    string
	Channel   string
	Day       time.Time     // local midnight, in UTC, of the broadcasting day it stands under: what starts after midnight belongs to the evening before
	Start     time.Time     // UTC
	Duration  time.Duration // up to what follows; 0: not known
	Programme string        // without the marks of its run
	Column    string        // column id recognised from the programme's name, "" if none
	Run       string        // "first", "repeat", "" where nothing is said
	Live      bool
	Printed   string    // the line as printed
	Seen      time.Time // business clock: the page says so since
	Gone      time.Time // the page says otherwise since; zero: it still does
	Kept      string    // hex SHA-256 of the kept page it was first read from
}

// Airing is the transmission that is announced, as if it came so: of grade D, and
// a first run unless it is called a repeat. Its Duration is 0 where that is not known.
func (p Planned) Airing() Airing {
	return Airing{ID: p.ID, Channel: p.Channel, Programme: p.Programme, Column: p.Column, Start: p.Start, Duration: p.Duration,
		FirstRun: p.Run != "repeat", Grade: GradeD}
}

// GuideSource names the schedules of a channel that are handed in, whoever sends
// them: a later one supersedes an earlier one.
func GuideSource(channel string) string { return "guide:" + channel }
