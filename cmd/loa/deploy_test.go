package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// TestDeployFilesFit: the commands and settings that compose and systemd start loa with are ones it knows, and what is packed is there.
func TestDeployFilesFit(t *testing.T) {
	read := func(name string) []byte {
		t.Helper()
		text, err := os.ReadFile(filepath.Join("..", "..", "deploy", name))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	fits := func(what string, args ...string) {
		t.Helper()
		for i, a := range args {
			if strings.HasPrefix(a, "/") { // a file of the machine it runs on
				args[i] = os.DevNull
			}
		}
		var c cli
		parser, err := grammar(&c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse(args); err != nil {
			t.Errorf("%s: loa %v: %v", what, args, err)
		}
	}
	known := func(what string, names []string) {
		t.Helper()
		if bad := unknownSettings(names); len(bad) > 0 {
			t.Errorf("%s sets what nothing reads: %v", what, bad)
		}
	}
	setting := regexp.MustCompile(`LOA_[A-Z_]+`)

	var compose struct {
		Services map[string]struct {
			Image       string
			Command     []string
			Environment map[string]string
			Healthcheck struct{ Test []string }
		}
	}
	if err := yaml.Unmarshal(read("compose/compose.yaml"), &compose); err != nil {
		t.Fatal(err)
	}
	nodes := 0
	for name, s := range compose.Services {
		if len(s.Healthcheck.Test) == 0 {
			t.Errorf("nobody looks whether %s is well", name)
		}
		if !strings.HasPrefix(s.Image, "loa:") {
			continue
		}
		nodes++
		fits(name, s.Command...)
		if s.Healthcheck.Test[1] != "/loa" {
			t.Errorf("%s is looked after by %v", name, s.Healthcheck.Test)
		}
		fits(name+", healthcheck", s.Healthcheck.Test[2:]...)
		var names []string
		for env := range s.Environment {
			names = append(names, env+"=")
		}
		known(name, names)
	}
	if nodes != 2 {
		t.Errorf("%d services of loa, want the desk and the crawlers", nodes)
	}

	for _, unit := range []string{"loa.service", "loa-backup.service"} {
		starts := 0
		for line := range strings.Lines(string(read("systemd/" + unit))) {
			if run, ok := strings.CutPrefix(strings.TrimSpace(line), "ExecStart=/usr/bin/loa "); ok {
				starts++
				fits(unit, strings.Fields(run)...)
			}
		}
		if starts != 1 {
			t.Errorf("%s starts loa %d times", unit, starts)
		}
	}
	var names []string
	for _, n := range setting.FindAllString(string(read("systemd/loa.env"))+string(read("systemd/loa.service")), -1) {
		names = append(names, n+"=")
	}
	if known("systemd", names); len(names) < 5 {
		t.Errorf("only %v are named", names)
	}

	var pack struct {
		Contents []struct{ Src, Dst string }
		Scripts  map[string]string
	}
	if err := yaml.Unmarshal(read("deb/nfpm.yaml"), &pack); err != nil {
		t.Fatal(err)
	}
	files := 0
	for _, c := range pack.Contents {
		if !strings.Contains(c.Src, "$") {
			files++
			if _, err := os.Stat(filepath.Join("..", "..", c.Src)); err != nil {
				t.Error(err)
			}
		}
	}
	for _, s := range pack.Scripts {
		if _, err := os.Stat(filepath.Join("..", "..", s)); err != nil {
			t.Error(err)
		}
	}
	if files < 7 {
		t.Errorf("only %d files are packed", files)
	}
}
