package access

import (
	"crypto/rand"
	"encoding/base64"
	"slices"
	"strings"
	"time"
)

// Hook is a program that is told when a standing changes.
type Hook struct {
	ID       string
	Plan     string
	Name     string // what it is for, Vietnamese
	URL      string
	Secret   string   // "whsec_…" (Standard Webhooks); signs what is sent
	Results  []string // of which results it is told; empty: of all
	Agencies []string // of whose standings; empty: of all
	Made     time.Time
	Maker    string
	Ended    time.Time // zero: not
	Ender    string

	Waiting, Sent, Dead int       // its messages
	Last                time.Time // when one arrived or was given up last
	Trouble             string    // of the last try that failed, if none arrived since; English
}

const hookSecret = "whsec_"

// NewHookSecret makes a secret of 256 bits to sign with.
func NewHookSecret() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: it ends the program instead
	return hookSecret + base64.StdEncoding.EncodeToString(b)
}

// HookKey is the key that a secret stands for; ok is false for what is no secret, or too short a one.
func HookKey(secret string) (key []byte, ok bool) {
	text, marked := strings.CutPrefix(secret, hookSecret)
	key, err := base64.StdEncoding.DecodeString(text)
	return key, marked && err == nil && len(key) >= 24
}

// Wants reports whether the hook is told of a result of an agency.
func (h Hook) Wants(agency, result string) bool {
	return (len(h.Agencies) == 0 || slices.Contains(h.Agencies, agency)) && (len(h.Results) == 0 || slices.Contains(h.Results, result))
}

// HookMessage is one change on its way to a hook.
type HookMessage struct {
	ID     string // webhook-id, the same at every try
	Hook   Hook
	At     time.Time // business clock
	Body   string    // JSON, as it is sent
	Tries  int
	Token  int64 // fencing token of the lease
	State  string
	Due    time.Time
	Detail string
}
