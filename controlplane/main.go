// Program controlplane builds and runs a real Kubernetes control plane (etcd,
// kube-apiserver, kube-controller-manager) on a bare machine, for `make demo`
// and `make test`.
//
// It only starts, breaks and stops processes. It knows nothing of Roomkeeper:
// installing CRDs and objects is the work of whoever started it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"
)

const usage = `usage:
  go run . build                            build the binaries if needed, print their folder
  go run . up [--dir D] [--audit] [--keep]  start a control plane
  go run . down --dir D                     stop the control plane that runs in D

README.md says what each of them does and which environment variables count.
`

// A child gets its death signal when the thread that started it ends, not the
// process. So main stays on the first thread, which lives as long as the
// process, and every child is started from main.
func init() {
	runtime.LockOSThread()
}

func main() {
	// A closed stderr must not kill the supervisor before it has cleaned up.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "controlplane:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		fmt.Fprint(os.Stderr, usage)
		return fmt.Errorf("no command given")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	flags.Usage = func() { fmt.Fprint(os.Stderr, usage) }
	dir := flags.String("dir", "", "")
	audit := flags.Bool("audit", false, "")
	keep := flags.Bool("keep", false, "")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("`%s` takes no argument `%s`", args[0], flags.Arg(0))
	}
	if args[0] != "up" && (*audit || *keep) {
		return fmt.Errorf("`--audit` and `--keep` belong to `up`")
	}
	switch {
	case args[0] == "build" && *dir == "":
		return build(ctx)
	case args[0] == "up" && *keep:
		return upDetached(ctx, upOptions{dir: *dir, audit: *audit})
	case args[0] == "up":
		return up(ctx, upOptions{dir: *dir, audit: *audit})
	case args[0] == "down" && *dir != "":
		return down(ctx, *dir)
	case args[0] == superviseCommand && *dir != "":
		return superviseDetached(ctx, *dir)
	}
	fmt.Fprint(os.Stderr, usage)
	return fmt.Errorf("cannot run `%s` with these arguments", args[0])
}

func build(ctx context.Context) error {
	ctx, cancel := stopWithParent(ctx)
	defer cancel()
	binaries, err := findOrBuild(ctx)
	if err != nil {
		return orStopped(ctx, err)
	}
	fmt.Println(binaries.folder)
	return nil
}
