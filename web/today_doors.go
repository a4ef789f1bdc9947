package web

import (
	"context"

	"loa/schedule"
)

// Acts are what people do on the pages of a day, of a standing and of an agency, and
// what is read for them; what is nil is not offered. A file is given by its path, ""
// if there is none, and by the name its sender gave it.
type Acts struct {
	// Decide records a decision and brings its owner's standings up to date; Restate takes the proposal that it names.
	Decide, Restate func(ctx context.Context, d schedule.Decision, file, name string) error
	// Release lets somebody be told; Releases are those given, oldest first.
	Release  func(ctx context.Context, r schedule.Release) error
	Releases func(ctx context.Context) ([]schedule.Release, error)
	// Note records a call, an objection or the answer to one; Notes are all, oldest first.
	Note  func(ctx context.Context, n schedule.Note, file, name string) error
	Notes func(ctx context.Context) ([]schedule.Note, error)
	// ToldTo are the newest notices to an agency; Answer records what it says to one of them.
	ToldTo func(ctx context.Context, agency string, most int) ([]Told, error)
	Answer func(ctx context.Context, agency, notice string, a Answer) error
	// Message is what is said or copied to the owner of a standing, "" where there is nothing to ask for.
	Message func(st schedule.Standing) string
	// Kept is a kept file that a decision or a note rests on.
	Kept func(ctx context.Context, hash string) ([]byte, error)
}
