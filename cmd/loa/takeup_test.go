package main

import (
	"context"
	"errors"
	"testing"

	"loa/crawler"
	"loa/media"
	"loa/schedule"
	"loa/schedule/calendar"
)

// stumbling are hosts whose store fails the first time that sources are made known.
type stumbling struct {
	crawler.Hosts
	synced int
}

func (s *stumbling) Sync(ctx context.Context, all []media.Source, group func(string) string) error {
	if s.synced++; s.synced == 1 {
		return errors.New("stumbled")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.Hosts.Sync(ctx, all, group)
}

// TestTakeUpAgain: what the crawler could not take up when somebody set it is taken up in the next turn, and only once.
func TestTakeUpAgain(t *testing.T) {
	t.Parallel()
	s := newStation(t, "2023-03-20T08:00")
	kept, err := s.e.keeper()
	if err != nil {
		t.Fatal(err)
	}
	client, err := network{Contact: "mailto:thu@mau.example"}.client()
	if err != nil {
		t.Fatal(err)
	}
	hosts := &stumbling{Hosts: s.e.store}
	plan := s.e.inUse()
	cr, err := crawler.New(crawler.Options{Hosts: hosts, Records: s.e.store, Known: s.e.store, Walks: s.e.store, Keeper: kept, Fetch: client, Judge: s.e.judge, Sources: plan.Sources, Columns: plan.Columns,
		Province: plan.Province, Node: "nut", Business: s.e.business, Machine: s.e.machine, Log: s.e.app.log})
	if err != nil {
		t.Fatal(err)
	}
	s.e.reader.Store(&reader{Crawler: cr, version: plan.Version})
	x := schedule.Entry{Kind: schedule.EntryAgency, Key: "dai-ptth", Body: `{"contact":{"name":"Người mới (mẫu)"}}`, Actor: "Chuyên viên (mẫu)", Basis: "thay người", At: s.e.business(), From: calendar.Day(s.e.business())}
	if err := s.e.setEntry(t.Context(), x); err == nil {
		t.Fatal("nobody is told that the crawler did not take it up")
	}
	for range 2 {
		if err := s.e.takeUp(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if hosts.synced != 2 {
		t.Errorf("the crawler took up the plan %d times, once in vain", hosts.synced)
	}
}
