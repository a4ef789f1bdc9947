//go:build !linux

package storetest

import "errors"

func startPostgres() (dsn string, stop func(), err error) {
	return "", nil, errors.New("set LOA_TEST_PG: the tests start a server of their own on Linux only")
}
