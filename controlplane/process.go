package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// readyDeadline is generous: a start takes 3 seconds on an idle machine.
	readyDeadline  = 2 * time.Minute
	freezeDeadline = 10 * time.Second
	logLinesShown  = 20
	logBytesRead   = 16 * 1024
)

// process is one program of the control plane.
type process struct {
	name    string
	path    string
	args    []string
	logPath string
	// ready tries once whether the program serves.
	ready func(context.Context) error
	// life is nil while the program does not run.
	life *life
}

// life is one run of a program, from its start to its end.
type life struct {
	handle *os.Process
	// killed is set before we end it ourselves.
	killed atomic.Bool
	// ended is closed once the kernel has removed the process.
	ended chan struct{}
}

// start runs the program and waits until it is ready. It must be called from
// the main goroutine, see init in main.go.
func (p *process) start(ctx context.Context) error {
	log, err := os.OpenFile(p.logPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	command := exec.Command(p.path, p.args...)
	command.Dir = filepath.Dir(p.logPath)
	command.Env = environmentOfChildren(os.Environ())
	command.Stdout, command.Stderr = log, log
	// Own group: an interrupt typed at the terminal is for the supervisor.
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if err := command.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	life := &life{handle: command.Process, ended: make(chan struct{})}
	p.life = life
	go func() {
		err := command.Wait()
		if !life.killed.Load() {
			note("%s ended by itself (%v); its log: %s", p.name, err, p.logPath)
		}
		close(life.ended)
	}()
	return p.waitUntilReady(ctx)
}

// environmentOfChildren leaves out what etcd would take for its own flags.
func environmentOfChildren(all []string) []string {
	var kept []string
	for _, entry := range all {
		if !strings.HasPrefix(entry, "ETCD_") {
			kept = append(kept, entry)
		}
	}
	return kept
}

func (p *process) waitUntilReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, readyDeadline, fmt.Errorf("not ready after %s", readyDeadline))
	defer cancel()
	ctx, abort := context.WithCancelCause(ctx)
	defer abort(nil)
	go func() {
		select {
		case <-p.life.ended:
			abort(fmt.Errorf("it ended"))
		case <-ctx.Done():
		}
	}()
	if err := retry(ctx, func() error { return p.ready(ctx) }); err != nil {
		return fmt.Errorf("%s did not come up: %w; the end of %s:\n%s", p.name, err, p.logPath, lastLines(p.logPath))
	}
	return nil
}

// runs says whether the program runs, frozen or not.
func (p *process) runs() bool {
	if p.life == nil {
		return false
	}
	select {
	case <-p.life.ended:
		return false
	default:
		return true
	}
}

// kill ends the program at once and waits until it is gone. It ends a frozen
// program too, and does nothing if none runs.
func (p *process) kill() {
	if p.life == nil {
		return
	}
	p.life.killed.Store(true)
	// The only error is that the process has ended already.
	_ = p.life.handle.Kill()
	<-p.life.ended
	p.life = nil
}

// freeze stops the program without ending it: its connections stay open and
// nobody answers. On return none of its threads runs.
func (p *process) freeze(ctx context.Context) error {
	if err := p.signal(syscall.SIGSTOP); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, freezeDeadline)
	defer cancel()
	return retry(ctx, func() error { return allThreadsStopped(p.life.handle.Pid) })
}

// thaw lets a frozen program go on.
func (p *process) thaw() error {
	return p.signal(syscall.SIGCONT)
}

func (p *process) signal(signal syscall.Signal) error {
	if !p.runs() {
		return fmt.Errorf("%s does not run", p.name)
	}
	return p.life.handle.Signal(signal)
}

func allThreadsStopped(pid int) error {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("process %d has no threads", pid)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		// The state follows the name, and the name may hold any character.
		_, state, _ := strings.Cut(string(text[strings.LastIndex(string(text), ")")+1:]), " ")
		if !strings.HasPrefix(state, "T") {
			return fmt.Errorf("a thread of process %d still runs", pid)
		}
	}
	return nil
}

func lastLines(path string) string {
	file, err := os.Open(path)
	if err != nil {
		return err.Error()
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err.Error()
	}
	end := make([]byte, min(info.Size(), logBytesRead))
	count, _ := file.ReadAt(end, info.Size()-int64(len(end)))
	lines := strings.Split(strings.TrimSpace(string(end[:count])), "\n")
	return strings.Join(lines[max(0, len(lines)-logLinesShown):], "\n")
}
