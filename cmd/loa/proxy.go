package main

import (
	"net/url"

	"loa/crawler/fetch"
)

// way is the proxy through which pages are asked for; nil: none. What was given is never repeated: there may be a password in it.
func (n network) way() (*url.URL, error) {
	if n.Proxy == "" {
		return nil, nil
	}
	u, err := fetch.ParseProxy(n.Proxy)
	if err != nil {
		return nil, usagef("--proxy (LOA_PROXY): cần dạng http://máy:cổng hoặc http://người_dùng:mật_khẩu@máy:cổng")
	}
	if len(n.Resolve) > 0 || n.ResolveFile != "" {
		return nil, usagef("--proxy không dùng cùng --resolve: tên máy do máy chủ proxy phân giải")
	}
	return u, nil
}
