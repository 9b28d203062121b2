package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

type upOptions struct {
	// dir is empty for a temporary folder.
	dir   string
	audit bool
}

var errStopped = errors.New("stopped before it was ready: stdin ended, the starter died or a signal came")

// orStopped replaces an error that is only what our own end looks like.
func orStopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errStopped
	}
	return err
}

// announcement is the line that says that the control plane is ready.
type announcement struct {
	Kubeconfig string `json:"kubeconfig"`
	Dir        string `json:"dir"`
	Kubectl    string `json:"kubectl"`
	// Bin is the folder of the binaries.
	Bin       string `json:"bin"`
	Etcd      string `json:"etcd"`
	Apiserver string `json:"apiserver"`
	// AuditLog is empty without `--audit`.
	AuditLog string `json:"audit_log"`
	// Pids has the supervisor and, as they were started first, its children.
	Pids map[string]int `json:"pids"`
}

// up runs a control plane until stdin ends, `stop` is read, the parent dies or
// a signal comes.
func up(ctx context.Context, options upOptions) error {
	ctx, cancel := stopWithParent(ctx)
	defer cancel()
	// Read from the first moment on: the starter may die during the build.
	commands := readCommands(ctx, os.Stdin, cancel)
	binaries, err := findOrBuild(ctx)
	if err != nil {
		return orStopped(ctx, err)
	}
	sweep(os.TempDir())
	folder, err := openFolder(options.dir)
	if err != nil {
		return err
	}
	return supervise(ctx, folder, binaries, options.audit, commands)
}

// supervise owns the folder from here on, and gives it up at the end.
func supervise(ctx context.Context, folder folder, binaries binaries, audit bool, commands <-chan string) (err error) {
	defer func() {
		if closing := folder.close(); err == nil && closing != nil {
			err = closing
		}
	}()
	if err := folder.writePid(); err != nil {
		return err
	}
	plane, err := newPlane(folder, binaries, audit)
	if err != nil {
		return err
	}
	defer plane.stop()
	if err := plane.start(ctx); err != nil {
		return orStopped(ctx, err)
	}
	line, err := json.Marshal(plane.announcement())
	if err != nil {
		return err
	}
	if _, err := fmt.Println(string(line)); err != nil {
		return fmt.Errorf("nobody waits for the control plane any more: %w", err)
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case command := <-commands:
			if command == "stop" {
				fmt.Println("ok")
				return nil
			}
			fmt.Println(answer(plane.obey(ctx, command)))
		}
	}
}

func (p *plane) announcement() announcement {
	announcement := announcement{
		Kubeconfig: p.folder.file(kubeconfigFile),
		Dir:        p.folder.path,
		Kubectl:    p.binaries.path(kubectlName),
		Bin:        p.binaries.folder,
		Etcd:       p.etcdURL(),
		Apiserver:  p.apiserverURL(),
		Pids:       map[string]int{"supervisor": os.Getpid()},
	}
	if p.audit {
		announcement.AuditLog = p.folder.file(auditLogFile)
	}
	for _, process := range p.processes {
		announcement.Pids[process.name] = process.life.handle.Pid
	}
	return announcement
}

// readCommands sends the lines of the input, and calls end when there are no
// more. An input that nobody writes to any more means that the starter is dead.
func readCommands(ctx context.Context, input io.Reader, end func()) <-chan string {
	commands := make(chan string)
	go func() {
		defer end()
		lines := bufio.NewScanner(input)
		for lines.Scan() {
			if line := strings.TrimSpace(lines.Text()); line != "" {
				select {
				case commands <- line:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return commands
}

// obey carries out `VERB NAME`.
func (p *plane) obey(ctx context.Context, command string) error {
	verb, name, found := strings.Cut(command, " ")
	if !found {
		return fmt.Errorf("`%s` is neither `stop` nor `VERB NAME`", command)
	}
	process, err := p.find(name)
	if err != nil {
		return err
	}
	switch verb {
	case "kill":
		process.kill()
		return nil
	case "freeze":
		return process.freeze(ctx)
	case "thaw":
		return process.thaw()
	case "restart":
		process.kill()
		return process.start(ctx)
	}
	return fmt.Errorf("`%s` is none of kill, freeze, thaw, restart", verb)
}

// answer is always one line.
func answer(err error) string {
	if err == nil {
		return "ok"
	}
	return "error: " + strings.ReplaceAll(err.Error(), "\n", " | ")
}

// stopWithParent returns a context that ends when the parent of this process
// dies, however it dies.
func stopWithParent(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	parent := os.Getppid()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	go func() {
		for range signals {
			// The kernel also signals when only the thread ended that started us.
			if os.Getppid() != parent {
				cancel()
			}
		}
	}()
	_, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_PDEATHSIG, uintptr(syscall.SIGUSR1), 0)
	if errno != 0 {
		note("this process will not notice the death of its parent: %v", errno)
	}
	if os.Getppid() != parent {
		cancel()
	}
	return ctx, cancel
}
