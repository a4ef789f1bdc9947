package report

import (
	"time"

	"loa/schedule"
)

// head is what every table of one duty begins with.
type head struct {
	Quota string         `json:"quota"`
	Title string         `json:"title"`
	Basis schedule.Basis `json:"basis"`
	Tally Tally          `json:"tally"`
}

// Broadcast is the weekly broadcast of one owner: its closed periods and the
// airings of the column in them, first runs and repeats told apart.
type Broadcast struct {
	head
	Owner     string   `json:"owner"`
	OwnerName string   `json:"owner_name"`
	Closed    int      `json:"closed"`  // N, periods that are over; a week is reported in the period that holds its Sunday
	Counted   int      `json:"counted"` // airings credited
	FirstRuns int      `json:"first_runs"`
	Repeats   int      `json:"repeats"`
	Seconds   int      `json:"seconds"`        // of the first runs together
	Median    int      `json:"median_seconds"` // of the first runs
	Shortest  int      `json:"shortest_seconds"`
	InWindow  int      `json:"in_window"` // first runs that start in an audience window (mức tham chiếu)
	Airings   []Airing `json:"airings"`   // the rows behind the figures, by start
}

// Airing is one transmission of the column, counted or not.
type Airing struct {
	Piece
	Period   string           `json:"period"`
	Channel  string           `json:"channel"`
	Seconds  int              `json:"seconds"`
	FirstRun bool             `json:"first_run"`
	InWindow bool             `json:"in_window"`
	Counted  bool             `json:"counted"`
	Why      *schedule.Reason `json:"why,omitempty"` // the first condition it failed, if it was not counted
}

// Columns is the newspaper's column: instalments against what is wanted.
type Columns struct {
	head
	Owner     string `json:"owner"`
	OwnerName string `json:"owner_name"`
	Wanted    int    `json:"wanted"` // over all periods told
	Counted   int    `json:"counted"`
	Printed   int    `json:"printed"` // of those counted, in print
	Items     int    `json:"items"`   // items about reform the owner published in the report's period, in the column or not
	Rows      []Row  `json:"rows"`
}

// Regular is a duty that holds «thường xuyên», or wants a number in each
// period: by owner, how many pieces and how long a gap.
type Regular struct {
	head
	Kind     string        `json:"kind"`
	Unit     string        `json:"unit"`
	Each     bool          `json:"each"`       // many owners
	Binding  int           `json:"owners"`     // owners that can be told: with enough data
	With     int           `json:"with_items"` // of those, owners with one piece or more
	Pieces   int           `json:"pieces"`
	Median   float64       `json:"median_pieces"` // over the owners that can be told
	Longest  *float64      `json:"longest_gap_days"`
	Zero     []ownerFigure `json:"zero"`    // with enough data and without a piece
	Unknown  []ownerFigure `json:"unknown"` // not enough data: neither praised nor blamed
	PerOwner []ownerFigure `json:"per_owner"`
	Tones    *tones        `json:"tones,omitempty"`
}

// ownerFigure is one owner's pieces and longest gap over the report's period.
type ownerFigure struct {
	Owner   string   `json:"owner"`
	Name    string   `json:"name"`
	Period  string   `json:"period,omitempty"` // in words, where an owner has several
	Pieces  int      `json:"pieces"`
	GapDays *float64 `json:"gap_days"`
	Unknown bool     `json:"insufficient_data"`
}

// pageTable is a page, posting or column that has to be there: what the latest
// probe of each owner found.
type pageTable struct {
	head
	Total   int           `json:"total"`
	Present []ownerFigure `json:"present"`
	Stale   []ownerFigure `json:"stale"` // there, with nothing new for longer than the level
	Absent  []ownerFigure `json:"absent"`
	Unknown []ownerFigure `json:"unknown"` // not probed, or not reached
	Exempt  []ownerFigure `json:"exempt"`
}

// lagTable is how long decisions took from signature to posting, by one owner.
type lagTable struct {
	head
	Owner      string    `json:"owner"`
	OwnerName  string    `json:"owner_name"`
	Periods    string    `json:"periods"` // in words: decisions of these periods, whose time for posting is over
	Max        int       `json:"max_working_days"`
	Posted     int       `json:"posted"`
	Known      int       `json:"known"` // of those, with a day of signature
	Longest    *int      `json:"longest_working_days"`
	Median     *float64  `json:"median_working_days"`
	Over       int       `json:"over"`        // posted after more than Max
	NotPosted  int       `json:"not_posted"`  // in the office's register, nobody saw it posted
	PostedOnly bool      `json:"posted_only"` // the register is missing: «trên số đã đăng»
	Waiting    []waiting `json:"waiting"`
}

// answerTable is questions and answers of one owner. What has no date of asking is
// not known, never overdue.
type answerTable struct {
	head
	Owner     string    `json:"owner"`
	OwnerName string    `json:"owner_name"`
	Periods   string    `json:"periods"`
	Max       int       `json:"max_working_days"`
	Asked     int       `json:"asked"`
	Answered  int       `json:"answered"`
	Longest   *int      `json:"longest_working_days"` // of the answers
	Over      int       `json:"over"`                 // answered, or waiting, for more than Max
	Unknown   int       `json:"asked_unknown"`
	NoList    bool      `json:"register_missing"`
	Waiting   []waiting `json:"waiting"`
}

// paperTable is a duty that papers prove, by row.
type paperTable struct {
	head
	Each     bool          `json:"each"`
	Total    int           `json:"total"`
	Received []ownerFigure `json:"received"`
	Late     []ownerFigure `json:"late"`
	None     []ownerFigure `json:"none_arose"` // stated: «không phát sinh»
	Missing  []ownerFigure `json:"missing"`    // «chưa nhận được»
	NotDue   []ownerFigure `json:"not_due"`
	Exempt   []ownerFigure `json:"exempt"`
}

// Statistics is what is only counted: «khuyến khích», «nếu có».
type Statistics struct {
	Quota  string        `json:"quota"`
	Title  string        `json:"title"`
	Kind   string        `json:"kind"`
	Asks   string        `json:"asks"`
	Unit   string        `json:"unit"`
	Pieces int           `json:"pieces"`
	Owners int           `json:"owners"` // with one piece or more
	Of     int           `json:"of_owners"`
	With   []ownerFigure `json:"with"`
}

// availabilityTable is how much of the watched hours the sites answered, by period.
type availabilityTable struct {
	head
	Rows []availabilityRow `json:"rows"`
}

// availabilityRow is one period. Below names the sites below the level, the
// first few.
type availabilityRow struct {
	Period     string           `json:"period"`
	PeriodName string           `json:"period_name"`
	Percent    float64          `json:"percent"` // of what was seen
	Wanted     float64          `json:"wanted"`
	Unknown    bool             `json:"insufficient_data"`
	Below      []sitePercentage `json:"below"`
}

// sitePercentage is one site below the level.
type sitePercentage struct {
	Name    string  `json:"name"`
	Percent float64 `json:"percent"`
}

// Deadline is a duty done once: who is done, late, not yet due or unknown.
type Deadline struct {
	head
	Deadline *time.Time    `json:"deadline"` // exclusive
	Total    int           `json:"total"`
	Done     []ownerFigure `json:"done"`
	Late     []ownerFigure `json:"late"`
	Missing  []ownerFigure `json:"missing"`
	NotDue   []ownerFigure `json:"not_due"`
	Unknown  []ownerFigure `json:"unknown"`
	Exempt   []ownerFigure `json:"exempt"`
}

// Trial is a reference level being tried: how its numbers are spread over
// owners and periods. Nobody is told, and it is in no tally.
type Trial struct {
	Quota   string   `json:"quota"`
	Title   string   `json:"title"`
	Kind    string   `json:"kind"`
	Asks    string   `json:"asks"`
	Owners  int      `json:"owners"`
	Owner   string   `json:"owner_name,omitempty"` // the only one
	Rows    int      `json:"rows"`
	Unknown int      `json:"unknown"` // rows without enough data, in progress or not assessed: not in the spread
	Spreads []Spread `json:"spreads"`
}

// Topics counts items about reform by topic. An item may have several topics;
// Primary counts each item once.
type Topics struct {
	Items  int          `json:"items"`
	Counts []topicCount `json:"counts"` // every topic, in official order
}

// topicCount is one topic's figure.
type topicCount struct {
	Topic   string `json:"topic"`
	Items   int    `json:"items"`
	Primary int    `json:"primary"`
}

// Data says how far the figures can be trusted.
type Data struct {
	Sources  int          `json:"sources"`
	Reading  int          `json:"reading"` // last visit was good
	Read     []sourceLine `json:"read"`    // those
	Blind    []sourceLine `json:"blind"`
	Never    []sourceLine `json:"never_visited"`
	Skipped  []sourceLine `json:"skipped"` // address not certain yet
	Items    int          `json:"items"`   // items dated in the period
	Reform   int          `json:"reform"`
	Auto     int          `json:"judged_by_machine"`
	Human    int          `json:"judged_by_person"`
	Queue    int          `json:"queue"` // asked of a person, not answered
	Unjudged int          `json:"unjudged"`
	Undated  int          `json:"undated"`      // items without a readable date, whole store
	NoLog    int          `json:"logs_missing"` // rows that lack a broadcast log
	NoList   int          `json:"registers_missing"`
	Exempt   int          `json:"exemptions"`
}

// sourceLine is one source in a list.
type sourceLine struct {
	Source string     `json:"source"`
	Name   string     `json:"name"`
	Agency string     `json:"agency"`
	Reason string     `json:"reason,omitempty"`
	Detail string     `json:"detail,omitempty"` // cause in English, for operators
	Since  *time.Time `json:"since,omitempty"`
}
