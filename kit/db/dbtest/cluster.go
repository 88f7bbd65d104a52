package dbtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	graceSeconds = 30 // the shared cluster outlives its last user by this much, for the next test process
	startTimeout = 90 * time.Second
)

// stopWhenUnused is the watchdog, a process of its own that outlives killed tests: it waits until no process holds the
// lock on users, for the whole of the grace, then stops the server and removes its files while it alone holds the lock.
const stopWhenUnused = `
dir=$1 bin=$2 grace=$3
while :; do
	flock --exclusive "$dir/users" true
	sleep "$grace"
	if flock --exclusive --nonblock "$dir/users" sh -c '"$2/pg_ctl" -D "$1/data" -m immediate stop; rm -rf "$1/data"; [ "$3" != 0 ] || rm -rf "$1"' sh "$dir" "$bin" "$grace"
	then exit 0; fi
	[ -d "$dir/data" ] || exit 0
done`

// sharedURL is the PostgreSQL that SOUK_TEST_POSTGRES names, or the one of this user's test processes.
func sharedURL() (string, error) {
	if named := os.Getenv("SOUK_TEST_POSTGRES"); named != "" {
		return named, nil
	}
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("souk-test-postgres-%d", os.Getuid()))
	return startCluster(dir, graceSeconds, "fsync=off", "synchronous_commit=off", "full_page_writes=off")
}

// durableURL is a cluster for this process alone, which keeps what it acknowledges.
func durableURL() (string, error) {
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("souk-test-postgres-durable-%d", os.Getpid()))
	return startCluster(dir, 0, "fsync=on", "synchronous_commit=on", "shared_buffers=512MB", "max_wal_size=4GB")
}

// held keeps the locks' files open, and so the locks, until this process ends in whatever way.
var held []*os.File

// startCluster returns the address of the server in dir, started first if it does not run.
func startCluster(dir string, grace int, settings ...string) (string, error) {
	bin, err := binaries()
	if err != nil {
		return "", err
	}
	owner, err := serverOwner()
	if err != nil {
		return "", err
	}
	if err := makeFolder(dir, owner); err != nil {
		return "", err
	}
	users, err := lock(filepath.Join(dir, "users"), syscall.LOCK_SH)
	if err != nil {
		return "", err
	}
	held = append(held, users)
	starting, err := lock(filepath.Join(dir, "starting"), syscall.LOCK_EX)
	if err != nil {
		return "", err
	}
	defer starting.Close()
	address := "postgres:///postgres?" + url.Values{"host": {dir}, "user": {"postgres"}}.Encode()
	if answers(address) == nil {
		return address, nil
	}
	return address, start(dir, bin, owner, grace, address, settings)
}

func start(dir, bin string, owner *syscall.Credential, grace int, address string, settings []string) error {
	data := filepath.Join(dir, "data")
	if err := os.RemoveAll(data); err != nil {
		return err
	}
	initialise := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	initialise.SysProcAttr = &syscall.SysProcAttr{Credential: owner}
	initialise.Dir = dir
	if out, err := initialise.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	args := []string{"-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "max_connections=500", "-c", "log_min_messages=fatal"}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	if err := detached(dir, owner, filepath.Join(bin, "postgres"), args...); err != nil {
		return err
	}
	if err := detached(dir, owner, "/bin/sh", "-c", stopWhenUnused, "sh", dir, bin, strconv.Itoa(grace)); err != nil {
		return err
	}
	return waitFor(dir, address)
}

func waitFor(dir, address string) error {
	var err error
	for end := time.Now().Add(startTimeout); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if err = answers(address); err == nil {
			return nil
		}
	}
	log, _ := os.ReadFile(filepath.Join(dir, "log"))
	return fmt.Errorf("PostgreSQL did not start within %s: %w\n%s", startTimeout, err, log)
}

// detached starts a process that is not ended by signals to ours and holds none of our files.
func detached(dir string, owner *syscall.Credential, name string, args ...string) error {
	log, err := os.OpenFile(filepath.Join(dir, "log"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: owner}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	go cmd.Wait()
	return nil
}

func answers(address string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

func makeFolder(dir string, owner *syscall.Credential) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a folder", dir)
	}
	if owner != nil {
		return os.Chown(dir, int(owner.Uid), int(owner.Gid))
	}
	return nil
}

func lock(path string, how int) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	if err := f.Chmod(0o666); err != nil && !errors.Is(err, os.ErrPermission) {
		f.Close()
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), how); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return f, nil
}

// serverOwner is who runs the server: PostgreSQL refuses to be root. nil is ourselves.
func serverOwner() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root and there is no user postgres: install the Debian package postgresql")
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// binaries finds the folder of initdb and postgres; the newest where Debian keeps several.
func binaries() (string, error) {
	if found, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(found), nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return "", errors.New("PostgreSQL's initdb is not here: install the Debian package postgresql, or name a running server in SOUK_TEST_POSTGRES")
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return majorOf(a) - majorOf(b) })), nil
}

func majorOf(initdb string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	return n
}
