package main

import (
	"strings"
	"testing"
)

func TestProgressCountsWhatGoSays(t *testing.T) {
	said := "go: downloading k8s.io/api v0.37.2\ngo: downloading k8s.io/kms v0.37.2\n" +
		"internal/abi\nk8s.io/api/core/v1\nvendor/golang.org/x/net/idna\n" +
		"# k8s.io/broken\nbroken.go:3:1: syntax error\n"
	// The pieces of a pipe end anywhere.
	for size := 1; size < len(said); size += 7 {
		progress := newProgress("building")
		for rest := said; rest != ""; {
			piece := rest[:min(size, len(rest))]
			rest = rest[len(piece):]
			if count, err := progress.Write([]byte(piece)); count != len(piece) || err != nil {
				t.Fatal(count, err)
			}
		}
		if line := progress.line(); !strings.HasPrefix(line, "building, 2 modules fetched, 3 packages compiled, ") {
			t.Errorf("in pieces of %d: %s", size, line)
		}
		if complaints := progress.complaints(); complaints != "# k8s.io/broken\nbroken.go:3:1: syntax error\n" {
			t.Errorf("in pieces of %d: %q", size, complaints)
		}
	}
}
