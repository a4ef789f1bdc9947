package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"loa/crawler/fetch"
	"loa/web"
)

// limit is one bound of fetching that --limit changes. docs/LIMITS.md lists
// them all with those of reading.
type limit struct {
	name, means string
	value       func(*fetch.Options) any // pointer to the field
}

// limits are the bounds of fetching, in the order they are documented.
func limits() []limit {
	return []limit{
		{"connect", "tìm địa chỉ và nối máy; bắt tay TLS thêm chừng ấy", func(o *fetch.Options) any { return &o.ConnectTimeout }},
		{"header", "từ lúc hỏi đến hết phần đầu của trả lời", func(o *fetch.Options) any { return &o.HeaderTimeout }},
		{"total", "một lần lấy trang, gồm mọi lần chuyển hướng", func(o *fetch.Options) any { return &o.TotalTimeout }},
		{"rate", "byte mỗi giây phải nhận được, tính từ sau rate-after; -1: không xét", func(o *fetch.Options) any { return &o.MinRate }},
		{"rate-after", "từ lúc nào thì xét rate", func(o *fetch.Options) any { return &o.MinRateAfter }},
		{"redirects", "số lần chuyển hướng được theo; -1: không theo", func(o *fetch.Options) any { return &o.MaxRedirects }},
		{"header-bytes", "byte phần đầu của trả lời", func(o *fetch.Options) any { return &o.MaxHeader }},
		{"ratio", "nội dung nén được nở ra tối đa bao nhiêu lần", func(o *fetch.Options) any { return &o.MaxRatio }},
		{"in-flight", "byte nội dung lớn của mọi máy chủ được giữ cùng lúc: phần quá 512 KiB của mỗi trang; phần từ 128 đến 512 KiB tính riêng, bằng một nửa; 128 KiB đầu không tính", func(o *fetch.Options) any { return &o.InFlight }},
		{"ports", "cổng được nối tới", func(o *fetch.Options) any { return &o.Ports }},
	}
}

// uploading bounds what people send through the desk.
type uploading struct {
	UploadDay   int64 `env:"LOA_UPLOAD_DAY" default:"1024" group:"Tệp gửi lên" help:"Mỗi người (hoặc đường dẫn) gửi lên nhiều nhất bao nhiêu MB một ngày." placeholder:"MB"`
	UploadAll   int   `env:"LOA_UPLOAD_ALL" default:"16" group:"Tệp gửi lên" help:"Nhiều nhất bao nhiêu lần gửi tệp cùng lúc, của mọi người." placeholder:"SỐ"`
	UploadOwn   int   `env:"LOA_UPLOAD_OWN" default:"4" group:"Tệp gửi lên" help:"Nhiều nhất bao nhiêu lần gửi tệp cùng lúc của một người." placeholder:"SỐ"`
	UploadSpare int64 `env:"LOA_UPLOAD_SPARE" default:"1024" group:"Tệp gửi lên" help:"Không nhận tệp khi đĩa sẽ còn trống ít hơn chừng này MB." placeholder:"MB"`
}

// limits are the bounds as the desk takes them.
func (c uploading) limits() (web.UploadLimits, error) {
	for name, n := range map[string]int64{"day": c.UploadDay, "all": int64(c.UploadAll), "own": int64(c.UploadOwn), "spare": c.UploadSpare} {
		if n < 1 || n > 1<<20 {
			return web.UploadLimits{}, usagef("--upload-%s=%d: cần số từ 1 đến %d", name, n, 1<<20)
		}
	}
	return web.UploadLimits{Day: c.UploadDay << 20, All: c.UploadAll, Own: c.UploadOwn, Spare: c.UploadSpare << 20}, nil
}

// set reads the text of a limit.
func (l limit) set(o *fetch.Options, text string) error {
	var err error
	switch p := l.value(o).(type) {
	case *time.Duration:
		if *p, err = time.ParseDuration(text); err != nil || *p < time.Millisecond {
			return usagef("--limit %s=%s: cần khoảng thời gian, ví dụ 500ms, 10s", l.name, text)
		}
	case *int64:
		if *p, err = strconv.ParseInt(text, 10, 64); err != nil || *p == 0 || *p < -1 {
			return usagef("--limit %s=%s: cần số nguyên khác 0", l.name, text)
		}
	case *int:
		if *p, err = strconv.Atoi(text); err != nil || *p == 0 || *p < -1 {
			return usagef("--limit %s=%s: cần số nguyên khác 0", l.name, text)
		}
	case *[]uint16:
		*p = nil
		for part := range strings.SplitSeq(text, ",") {
			n, err := strconv.ParseUint(strings.TrimSpace(part), 10, 16)
			if err != nil || n == 0 {
				return usagef("--limit %s=%s: cần các số cổng cách nhau dấu phẩy", l.name, text)
			}
			*p = append(*p, uint16(n))
		}
	}
	return nil
}

// text is the limit as it stands, as --limit takes it.
func (l limit) text(o fetch.Options) string {
	switch p := l.value(&o).(type) {
	case *time.Duration:
		return p.String()
	case *[]uint16:
		return strings.Trim(strings.ReplaceAll(fmt.Sprint(*p), " ", ","), "[]")
	case *int64:
		return strconv.FormatInt(*p, 10)
	case *int:
		return strconv.Itoa(*p)
	}
	return ""
}

// setLimits applies what --limit names.
func setLimits(o *fetch.Options, given map[string]string) error {
	all := limits()
	for _, name := range slices.Sorted(maps.Keys(given)) {
		i := slices.IndexFunc(all, func(l limit) bool { return l.name == name })
		if i < 0 {
			names := make([]string, len(all))
			for i, l := range all {
				names[i] = l.name
			}
			return usagef("--limit: không có giới hạn «%s»; có %s", name, strings.Join(names, ", "))
		}
		if err := all[i].set(o, given[name]); err != nil {
			return err
		}
	}
	return nil
}
