package main

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestSweepRemovesOnlyFoldersThatNobodyOwns(t *testing.T) {
	parent := t.TempDir()
	owned, err := newTemporaryFolder(parent)
	if err != nil {
		t.Fatal(err)
	}
	left, err := newTemporaryFolder(parent)
	if err != nil {
		t.Fatal(err)
	}
	if err := left.writeFiles(map[string][]byte{"etcd.log": []byte("log")}); err != nil {
		t.Fatal(err)
	}
	// The kernel does this when a supervisor is killed.
	left.lock.Close()
	stranger := filepath.Join(parent, "stranger")
	if err := os.Mkdir(stranger, 0o700); err != nil {
		t.Fatal(err)
	}
	sweep(parent)
	for path, stays := range map[string]bool{owned.path: true, left.path: false, stranger: true} {
		if _, err := os.Stat(path); (err == nil) != stays {
			t.Errorf("%s: stays should be %t: %v", path, stays, err)
		}
	}
	if err := owned.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(owned.path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a temporary folder outlives its control plane: %v", err)
	}
}

func TestNamedFolderIsTakenOnceAndKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new")
	first, err := openFolder(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openFolder(path); err == nil {
		t.Fatal("two control planes share a folder")
	}
	if err := first.writePid(); err != nil {
		t.Fatal(err)
	}
	if err := down(t.Context(), filepath.Dir(path)); err == nil {
		t.Error("`down` found a control plane where none runs")
	}
	if err := first.writeFiles(map[string][]byte{"etcd.log": []byte("log")}); err != nil {
		t.Fatal(err)
	}
	if err := first.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(path, "etcd.log")); err != nil {
		t.Errorf("the logs are gone: %v", err)
	}
	if _, err := openFolder(path); err == nil || errors.Is(err, syscall.EWOULDBLOCK) {
		t.Errorf("a folder with files of an earlier run was taken: %v", err)
	}
}
