package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

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
	finished, work := filepath.Join(partial, "finished"), filepath.Join(partial, "work")
	for _, path := range []string{finished, work} {
		if err := os.Mkdir(path, 0o755); err != nil {
			return err
		}
	}
	progress := newProgress("building the control plane")
	stopShowing := progress.showRegularly()
	defer stopShowing()
	for _, step := range r.steps {
		if err := r.run(ctx, step, finished, work, progress); err != nil {
			return err
		}
	}
	if err := os.Rename(finished, folder); err != nil {
		return err
	}
	note("%s: built in %s", progress.line(), folder)
	return nil
}

// run writes the programs of the step into the folder. An interrupted `go` does
// not remove its own files, so they go into `work`, which is ours to remove.
func (r recipe) run(ctx context.Context, step buildStep, folder, work string, progress *progress) error {
	command := exec.CommandContext(ctx, "go", step.arguments(folder)...)
	command.Dir = r.moduleFolder
	command.Env = append(append(os.Environ(), buildEnvironment...), "GOTMPDIR="+work)
	command.Stderr = progress
	// The group has the compilers too.
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
	err := command.Run()
	if err != nil {
		return fmt.Errorf("`go build %s`: %w:\n%s", strings.Join(step.packages, " "), err, progress.complaints())
	}
	return nil
}
