package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// Token is who may read over the interface for programs. The secret itself is told once, to who made it.
type Token struct {
	ID       string
	Shown    string // its first characters, by which people know it
	Name     string // what it is for, Vietnamese
	Scopes   []string
	Agencies []string  // empty: all
	Made     time.Time // these four by the machine clock
	Expires  time.Time
	Used     time.Time // to the minute; zero: never
	Revoked  time.Time // zero: not
	Maker    string
	Revoker  string
}

// Scope is something that a token may be allowed to read.
type Scope struct{ Name, Word string }

// Scopes lists what a token may be allowed to read, with the words people choose it by.
func Scopes() []Scope {
	return []Scope{
		{"standings", "Tiến độ"}, {"items", "Tin, bài"}, {"sources", "Tình trạng nguồn"}, {"plan", "Cơ quan và nhiệm vụ của kế hoạch"},
		{"closings", "Các lần chốt số liệu"}, {"decisions", "Quyết định đã ghi"}, {"cases", "Việc cần khắc phục, phát bù"}, {"feed", "Tin được ghi nhận (RSS, Atom)"},
	}
}

const (
	secretStart = "loa_"
	shownChars  = len(secretStart) + 8
)

// NewSecret makes the secret of a token of 256 bits, the characters that are shown of it, and the hash that is kept.
func NewSecret() (secret, shown, hash string) {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: it ends the program instead
	secret = secretStart + base64.RawURLEncoding.EncodeToString(b)
	return secret, secret[:shownChars], HashSecret(secret)
}

// HashSecret is what is kept of a secret. It is random throughout, so that one round of SHA-256 is enough.
func HashSecret(secret string) string {
	sum := sha256.Sum256([]byte(strings.TrimSpace(secret)))
	return hex.EncodeToString(sum[:])
}

// Lives reports whether the token opens anything at a time.
func (k Token) Lives(now time.Time) bool { return k.Revoked.IsZero() && now.Before(k.Expires) }

// May reports whether the token opens a scope.
func (k Token) May(scope string) bool { return slices.Contains(k.Scopes, scope) }

// Sees reports whether what belongs to an agency is for the token.
func (k Token) Sees(agency string) bool {
	return len(k.Agencies) == 0 || slices.Contains(k.Agencies, agency)
}
