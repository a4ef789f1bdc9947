package extract

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// What a feed says of how long its copy may be kept, and where its entries begin.
var (
	keepTTL       = regexp.MustCompile(`(?i)<ttl>\s*([0-9]{1,6})\s*</ttl>`)
	keepPeriod    = regexp.MustCompile(`(?i)<sy:updatePeriod>\s*([a-z]{1,10})\s*</sy:updatePeriod>`)
	keepFrequency = regexp.MustCompile(`(?i)<sy:updateFrequency>\s*([0-9]{1,5})\s*</sy:updateFrequency>`)
	keepEntry     = regexp.MustCompile(`(?i)<(?:item|entry)[ >\t\r\n/]`) // not <items>
)

// keepFor is how long a feed says its copy may be kept: <ttl> in minutes, or
// sy:updatePeriod and sy:updateFrequency; 0 if it does not say. Only what
// stands before its first entry is the feed's own.
func keepFor(text string) time.Duration {
	head := text[:min(len(text), 64<<10)]
	if at := keepEntry.FindStringIndex(head); at != nil {
		head = head[:at[0]]
	}
	if m := keepTTL.FindStringSubmatch(head); m != nil {
		n, err := strconv.Atoi(m[1])
		if err == nil {
			return time.Duration(n) * time.Minute
		}
	}
	m := keepPeriod.FindStringSubmatch(head)
	if m == nil {
		return 0
	}
	d := map[string]time.Duration{
		"hourly": time.Hour, "daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour, "monthly": 30 * 24 * time.Hour, "yearly": 365 * 24 * time.Hour,
	}[strings.ToLower(m[1])]
	if f := keepFrequency.FindStringSubmatch(head); f != nil {
		if n, err := strconv.Atoi(f[1]); err == nil && n > 0 {
			d /= time.Duration(n)
		}
	}
	return d
}
