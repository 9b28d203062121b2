package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

const (
	// superviseCommand is how the program calls itself for `up --keep`.
	superviseCommand  = "supervise-detached"
	supervisorLogFile = "supervisor.log"
	// lockDescriptor is where the supervisor finds the lock of its folder.
	lockDescriptor = 3
	downDeadline   = 30 * time.Second
)

// handover is what the starter tells the detached supervisor on its stdin.
type handover struct {
	Binaries             string
	HasControllerManager bool
	Audit                bool
	Temporary            bool
}

// upDetached starts a supervisor that lives on, prints its announcement and
// returns.
func upDetached(ctx context.Context, options upOptions) error {
	ctx, cancel := stopWithParent(ctx)
	defer cancel()
	binaries, err := findOrBuild(ctx)
	if err != nil {
		return orStopped(ctx, err)
	}
	sweep(os.TempDir())
	folder, err := openFolder(options.dir)
	if err != nil {
		return err
	}
	// The supervisor inherits the lock, so it stays when this file is closed.
	defer folder.lock.Close()
	log, err := os.OpenFile(folder.file(supervisorLogFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	told, err := json.Marshal(handover{binaries.folder, binaries.hasControllerManager, options.audit, folder.temporary})
	if err != nil {
		return err
	}
	command := exec.Command("/proc/self/exe", superviseCommand, "--dir", folder.path)
	// What `ps` shows.
	command.Args[0] = "roomkeeper-controlplane"
	command.Dir = "/"
	command.Stdin = strings.NewReader(string(told) + "\n")
	command.Stderr = log
	command.ExtraFiles = []*os.File{folder.lock}
	// A session of its own: it outlives the terminal.
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return startAndRelay(ctx, command)
}

// startAndRelay passes the first line of the supervisor on. A supervisor that
// cannot start writes an error there. If the context ends first, so does the
// supervisor.
func startAndRelay(ctx context.Context, command *exec.Cmd) error {
	output, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return fmt.Errorf("start the supervisor: %w", err)
	}
	defer context.AfterFunc(ctx, func() { _ = command.Process.Signal(syscall.SIGTERM) })()
	line, err := bufio.NewReader(output).ReadString('\n')
	if failure, found := strings.CutPrefix(line, "error: "); found {
		return errors.New(strings.ReplaceAll(strings.TrimSpace(failure), " | ", "\n"))
	}
	if err != nil {
		return fmt.Errorf("the supervisor ended before the control plane was ready: %w", err)
	}
	fmt.Print(line)
	return nil
}

// superviseDetached is the supervisor that upDetached starts. Only a signal
// ends it.
func superviseDetached(ctx context.Context, dir string) error {
	var told handover
	if err := json.NewDecoder(os.Stdin).Decode(&told); err != nil {
		return fmt.Errorf("`%s` is called by `up --keep` only: %w", superviseCommand, err)
	}
	syscall.CloseOnExec(lockDescriptor)
	folder := folder{path: dir, temporary: told.Temporary, lock: os.NewFile(lockDescriptor, dir)}
	err := supervise(ctx, folder, binaries{told.Binaries, told.HasControllerManager}, told.Audit, nil)
	if err != nil {
		fmt.Println(answer(err))
	}
	return err
}

// down ends the supervisor of the folder and waits until it has cleaned up.
func down(ctx context.Context, dir string) error {
	lock, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := tryLock(lock); !errors.Is(err, syscall.EWOULDBLOCK) {
		return errors.Join(fmt.Errorf("no control plane runs in %s", dir), err)
	}
	pid, err := supervisorOf(dir)
	if err != nil {
		return fmt.Errorf("the control plane in %s is starting or stopping: %w", dir, err)
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop process %d: %w", pid, err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, downDeadline, fmt.Errorf("still there after %s", downDeadline))
	defer cancel()
	if err := retry(ctx, func() error { return tryLock(lock) }); err != nil {
		return fmt.Errorf("process %d, the supervisor of %s: %w", pid, dir, err)
	}
	return nil
}
