package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// interruptGrace is how long an interrupted `go build` may take to remove its
// work folder before it is killed.
const interruptGrace = 10 * time.Second

// buildOnce fills the folder unless it is there already. Two programs that
// build at once build once: the second waits for the first. The folder appears
// only when it is complete; a killed build leaves none.
func (r recipe) buildOnce(ctx context.Context, folder string) error {
	names := []string{etcdName, apiserverName, controllerManagerName, kubectlName}
	if len(missingIn(folder, names...)) == 0 {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return err
	}
	lock, err := lockForBuild(ctx, folder+".lock")
	if err != nil {
		return err
	}
	defer lock.Close()
	missing := missingIn(folder, names...)
	if len(missing) == 0 {
		return nil
	}
	if _, err := os.Stat(folder); err == nil {
		return fmt.Errorf("%s has no %s: remove that folder and build again", folder, strings.Join(missing, " and no "))
	}
	return r.build(ctx, folder)
}

// lockForBuild returns the locked file. The lock ends with the file, or with
// this process.
func lockForBuild(ctx context.Context, path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	waiting := newProgress("another build of the control plane is running, waiting for it")
	err = retry(ctx, func() error {
		waiting.show()
		return tryLock(file)
	})
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return file, nil
}

func (r recipe) build(ctx context.Context, folder string) error {
	// The lock is ours, so these are what killed builds left.
	left, _ := filepath.Glob(folder + ".partial-*")
	for _, path := range left {
		os.RemoveAll(path)
	}
	partial, err := os.MkdirTemp(filepath.Dir(folder), filepath.Base(folder)+".partial-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(partial)
	note("building etcd and Kubernetes from source; this happens once and takes about 7 minutes on 2 cores")
	progress := newProgress("building the control plane")
	stopShowing := progress.showRegularly()
	defer stopShowing()
	for _, step := range r.steps {
		if err := r.run(ctx, step, partial, progress); err != nil {
			return err
		}
	}
	if err := os.Chmod(partial, 0o755); err != nil {
		return err
	}
	if err := os.Rename(partial, folder); err != nil {
		return err
	}
	note("%s: built in %s", progress.line(), folder)
	return nil
}

func (r recipe) run(ctx context.Context, step buildStep, folder string, progress *progress) error {
	command := exec.CommandContext(ctx, "go", step.arguments(folder)...)
	command.Dir = r.moduleFolder
	command.Env = append(os.Environ(), buildEnvironment...)
	command.Stderr = progress
	// `go` answers an interrupt by removing its work folder.
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGINT}
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = interruptGrace
	err := command.Run()
	if ctx.Err() != nil {
		return fmt.Errorf("the build was stopped")
	}
	if err != nil {
		return fmt.Errorf("`go build %s`: %w:\n%s", strings.Join(step.packages, " "), err, progress.complaints())
	}
	return nil
}
