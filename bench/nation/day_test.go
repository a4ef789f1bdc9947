package main

import (
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"loa/plans"
)

// The plan of the measured day is one that the program takes, with every source it was given.
func TestDayPlan(t *testing.T) {
	dir := t.TempDir()
	d := day{world: newWorld(usual(t, 1, 200, 1, first()))}
	if err := d.writePlan(filepath.Join("..", "..", "plans", "yen-bai"), filepath.Join(dir, "plans"), "127.0.0.1:9"); err != nil {
		t.Fatal(err)
	}
	p, _, problems := plans.Load(os.DirFS(filepath.Join(dir, "plans")), "yen-bai/2023")
	for _, problem := range problems {
		if !problem.Warning {
			t.Error(problem)
		}
	}
	if p == nil || len(p.Sources) != len(d.world.sites) || len(p.Quotas) < 30 {
		t.Fatalf("not the plan that was written: %v", p)
	}
	for _, s := range p.Sources {
		if s.Verify {
			t.Errorf("%s would not be read", s.ID)
		}
	}
}

// What a fast clock changes is still where it was, in this version of Go and of the program, and reads as Go.
func TestFastClock(t *testing.T) {
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	replace, err := overlay(t.TempDir(), strings.TrimSpace(string(root)), filepath.Join("..", ".."), 120)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range replace {
		if _, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution); err != nil {
			t.Error(err)
		}
	}
}
