package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

const temporaryPrefix = "roomkeeper-controlplane-"

const supervisorPidFile = "supervisor.pid"

// folder holds all files of one control plane. The supervisor that owns it
// holds a lock on the folder itself, so a folder without a lock has no owner,
// however that owner ended.
type folder struct {
	path      string
	temporary bool
	lock      *os.File
}

func (f folder) file(name string) string {
	return filepath.Join(f.path, name)
}

// openFolder makes and locks the folder of a new control plane: the named one,
// which must be new or empty and stays afterwards, or a temporary one.
func openFolder(named string) (folder, error) {
	if named == "" {
		return newTemporaryFolder(os.TempDir())
	}
	path, err := filepath.Abs(named)
	if err != nil {
		return folder{}, err
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return folder{}, err
	}
	lock, err := lockFolder(path)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return folder{}, fmt.Errorf("another control plane runs in %s: stop it, or name another folder", path)
	}
	if err != nil {
		return folder{}, err
	}
	entries, err := os.ReadDir(path)
	if err == nil && len(entries) > 0 {
		err = fmt.Errorf("%s is not empty: name a new or empty folder, or remove what is in it", path)
	}
	if err != nil {
		lock.Close()
		return folder{}, err
	}
	return folder{path: path, lock: lock}, nil
}

func newTemporaryFolder(parent string) (folder, error) {
	for {
		path, err := os.MkdirTemp(parent, temporaryPrefix)
		if err != nil {
			return folder{}, err
		}
		lock, err := lockFolder(path)
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.EWOULDBLOCK) {
			// Another supervisor took it for a stale one before it was locked.
			continue
		}
		if err != nil {
			return folder{}, err
		}
		return folder{path: path, temporary: true, lock: lock}, nil
	}
}

// lockFolder locks the folder that is at that path now. The error is
// EWOULDBLOCK when another process has the lock.
func lockFolder(path string) (*os.File, error) {
	lock, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if err := tryLock(lock); err != nil {
		lock.Close()
		return nil, err
	}
	// Between opening and locking, the folder may have been swept.
	opened, err := lock.Stat()
	if err == nil {
		var there os.FileInfo
		there, err = os.Stat(path)
		if err == nil && !os.SameFile(opened, there) {
			err = os.ErrNotExist
		}
	}
	if err != nil {
		lock.Close()
		return nil, err
	}
	return lock, nil
}

func tryLock(file *os.File) error {
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// writeFiles writes each text below the folder, for the owner's eyes only.
func (f folder) writeFiles(files map[string][]byte) error {
	for name, content := range files {
		if err := os.WriteFile(f.file(name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// close gives the folder up, and removes it if it is temporary.
func (f folder) close() error {
	defer f.lock.Close()
	if f.temporary {
		return os.RemoveAll(f.path)
	}
	return os.Remove(f.file(supervisorPidFile))
}

func (f folder) writePid() error {
	return os.WriteFile(f.file(supervisorPidFile), []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600)
}

// supervisorOf returns the process that runs a control plane in the folder.
func supervisorOf(path string) (int, error) {
	text, err := os.ReadFile(filepath.Join(path, supervisorPidFile))
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}

// sweep removes the temporary folders whose supervisor was killed.
func sweep(parent string) {
	paths, _ := filepath.Glob(filepath.Join(parent, temporaryPrefix+"*"))
	for _, path := range paths {
		lock, err := lockFolder(path)
		if err != nil {
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			note("cannot remove what an earlier control plane left: %v", err)
		}
		lock.Close()
	}
}
