package media

import "time"

// Upload is what a channel put on the network (YouTube, a page of its own): a
// dated upload, grade C. It may witness a transmission, and is none itself: it
// is never counted, and is no news of the station's either.
type Upload struct {
	ID        string // hash of channel and address; of channel, day and title where no address is said
	Source    string // source id; "uploads:<channel>" of a list that was handed in
	Channel   string
	At        time.Time // when it was put there, UTC; local midnight of the day where only that is said
	Precision Precision // of At
	Title     string
	Column    string // column id recognised in the title, "" if none
	URL       string
	Duration  time.Duration // 0: not said
	Seen      time.Time     // business clock: it is said so since
	Kept      string        // hex SHA-256 of the feed or list it was read from
}

// UploadID names an upload of a channel: by its address, else by day and title.
func UploadID(channel, url, title string, at time.Time) string {
	if url != "" {
		return Hash("upload", channel, url)
	}
	return Hash("upload", channel, "", at.UTC().Format("20060102T15"), title)
}

// UploadSource names the lists of a channel's uploads that are handed in.
func UploadSource(channel string) string { return "uploads:" + channel }
