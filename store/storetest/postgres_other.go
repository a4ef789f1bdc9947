//go:build !linux

package storetest

import "errors"

func unsynced() []string { return nil }

func inMemory() string { return "" }

// Server is not to be had here.
func Server() (dsn string, stop func(), err error) { return startPostgres("") }

func startPostgres(string, ...string) (dsn string, stop func(), err error) {
	return "", nil, errors.New("set LOA_TEST_PG: the tests start a server of their own on Linux only")
}
