package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

const (
	progressInterval = 5 * time.Second
	complaintsKept   = 40
)

// note writes one line for people to stderr. Stdout is for programs.
func note(format string, values ...any) {
	fmt.Fprintf(os.Stderr, "controlplane: "+format+"\n", values...)
}

// progress counts what `go build -v` says on stderr. `go` tells what it has
// begun but never how much there is, so no share of the whole can be shown.
type progress struct {
	what    string
	started time.Time

	mutex      sync.Mutex
	shown      time.Time
	unfinished []byte
	modules    int
	packages   int
	other      []string
}

func newProgress(what string) *progress {
	now := time.Now()
	return &progress{what: what, started: now, shown: now}
}

// Write takes the output of `go build -v`, in pieces of any size.
func (p *progress) Write(output []byte) (int, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.unfinished = append(p.unfinished, output...)
	for {
		line, rest, found := bytes.Cut(p.unfinished, []byte("\n"))
		if !found {
			return len(output), nil
		}
		p.count(string(line))
		p.unfinished = rest
	}
}

func (p *progress) count(line string) {
	switch {
	case strings.HasPrefix(line, "go: downloading "):
		p.modules++
	case line != "" && !strings.ContainsAny(line, " \t:"):
		p.packages++
	default:
		p.other = append(p.other, line)
		p.other = p.other[max(0, len(p.other)-complaintsKept):]
	}
}

// line says how far the build is.
func (p *progress) line() string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	text := p.what
	if p.modules > 0 {
		text += fmt.Sprintf(", %d modules fetched", p.modules)
	}
	if p.packages > 0 {
		text += fmt.Sprintf(", %d packages compiled", p.packages)
	}
	return text + fmt.Sprintf(", %.0f s", time.Since(p.started).Seconds())
}

// complaints returns the last lines that are neither packages nor modules.
func (p *progress) complaints() string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return strings.Join(append(p.other, string(p.unfinished)), "\n")
}

// show writes a line, unless the last one is too fresh.
func (p *progress) show() {
	p.mutex.Lock()
	due := time.Since(p.shown) >= progressInterval
	if due {
		p.shown = time.Now()
	}
	p.mutex.Unlock()
	if due {
		note("%s", p.line())
	}
}

// showRegularly shows lines until the returned function is called.
func (p *progress) showRegularly() (stop func()) {
	done := make(chan struct{})
	go func() {
		ticker := time.NewTicker(progressInterval)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				note("%s", p.line())
			case <-done:
				return
			}
		}
	}()
	return func() { close(done) }
}
