package extract

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// keepFor is how long a feed says its copy may be kept: <ttl> in minutes, or
// sy:updatePeriod and sy:updateFrequency; 0 if it does not say. Only what
// stands before its first entry is the feed's own.
func keepFor(text string) time.Duration {
	ttl := regexp.MustCompile(`(?i)<ttl>\s*([0-9]{1,6})\s*</ttl>`)
	period := regexp.MustCompile(`(?i)<sy:updatePeriod>\s*([a-z]{1,10})\s*</sy:updatePeriod>`)
	frequency := regexp.MustCompile(`(?i)<sy:updateFrequency>\s*([0-9]{1,5})\s*</sy:updateFrequency>`)

	head := text[:min(len(text), 64<<10)]
	lower := strings.ToLower(head)
	if len(lower) == len(head) { // else the letters changed their length, and offsets mean nothing
		for _, tag := range []string{"<item", "<entry"} {
			for from := 0; ; {
				i := strings.Index(lower[from:], tag)
				if i < 0 {
					break
				}
				at := from + i
				if from = at + len(tag); from < len(lower) && strings.IndexByte(" >\t\r\n/", lower[from]) >= 0 { // not <items>
					head, lower = head[:at], lower[:at]
					break
				}
			}
		}
	}
	if m := ttl.FindStringSubmatch(head); m != nil {
		n, err := strconv.Atoi(m[1])
		if err == nil {
			return time.Duration(n) * time.Minute
		}
	}
	m := period.FindStringSubmatch(head)
	if m == nil {
		return 0
	}
	d := map[string]time.Duration{
		"hourly": time.Hour, "daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour, "monthly": 30 * 24 * time.Hour, "yearly": 365 * 24 * time.Hour,
	}[strings.ToLower(m[1])]
	if f := frequency.FindStringSubmatch(head); f != nil {
		if n, err := strconv.Atoi(f[1]); err == nil && n > 0 {
			d /= time.Duration(n)
		}
	}
	return d
}
