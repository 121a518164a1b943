//go:build unix

package conformance

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/magpie-go/magpie/future"
	"github.com/magpie-go/magpie/internal/testcert"
	"github.com/magpie-go/magpie/reactor/netio"
	"github.com/magpie-go/magpie/sched"
)

// pgServer is a PostgreSQL server of a test's own.
type pgServer struct {
	dir   string // of its Unix socket
	host  string // that it listens on with TLS; "" where a process cannot have a loopback address of its own
	roots *x509.CertPool
}

// pgProgram finds a program of PostgreSQL, also where Debian hides those that are not for users.
func pgProgram(t *testing.T, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if len(found) == 0 {
		t.Skipf("no PostgreSQL here: no %s in PATH, nor in /usr/lib/postgresql/*/bin", name)
	}
	return found[len(found)-1]
}

// startPostgres makes a cluster and serves it until the test ends. The server refuses to run as root, so for root it runs as
// somebody else.
func startPostgres(t *testing.T) (s pgServer) {
	t.Helper()
	initdb, postgres := pgProgram(t, "initdb"), pgProgram(t, "postgres")
	dir, err := os.MkdirTemp("", "pg") // not TempDir's, whose names are too long for a Unix socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s.dir = dir
	attr := &syscall.SysProcAttr{}
	own := func(string) {}
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			if u, err = user.Lookup("nobody"); err != nil {
				t.Skip("the server refuses to run as root, and there is no user for it: ", err)
			}
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		own = func(name string) {
			if err := os.Chown(name, uid, gid); err != nil {
				t.Fatal(err)
			}
		}
	}
	own(dir)
	data := filepath.Join(dir, "data")
	command := func(name string, args ...string) (*exec.Cmd, *bytes.Buffer) {
		c, said := exec.Command(name, args...), new(bytes.Buffer)
		c.SysProcAttr, c.Dir, c.Stdout, c.Stderr = attr, dir, said, said
		c.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "HOME=" + dir}
		return c, said
	}
	if c, said := command(initdb, "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--no-sync"); c.Run() != nil {
		t.Fatalf("initdb: %s", said)
	}
	args := []string{"-D", data, "-k", dir, "-c", "fsync=off", "-c", "shared_buffers=1MB", "-c", "max_connections=20"}
	if runtime.GOOS == "linux" { // where all of 127.0.0.0/8 are this machine: nobody else has this address
		pid := os.Getpid()
		s.host = fmt.Sprintf("127.%d.%d.%d", 1+pid>>16&127, pid>>8&255, pid&255)
		cert, roots := testcert.New(t, s.host)
		certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
		testcert.Write(t, cert, certFile, keyFile)
		for _, name := range []string{certFile, keyFile} {
			own(name)
			if err := os.Chmod(name, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s.roots = roots
		args = append(args, "-c", "listen_addresses="+s.host, "-c", "ssl=on", "-c", "ssl_cert_file="+certFile, "-c", "ssl_key_file="+keyFile)
	} else {
		args = append(args, "-c", "listen_addresses=")
	}
	server, said := command(postgres, args...)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- server.Wait() }()
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGQUIT) // at once
		<-over
	})
	for { // nobody tells when it is there
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		c, err := pgx.ConnectConfig(ctx, s.config(t, s.dir))
		if err == nil {
			err = c.Close(ctx)
		}
		cancel()
		if err == nil {
			return s
		}
		select {
		case err := <-over:
			over <- err
			t.Fatalf("the server has ended: %v\n%s", err, said)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// config is how pgx reaches the server on host, by connections of magpie.
func (s pgServer) config(t *testing.T, host string) *pgx.ConnConfig {
	t.Helper()
	mode := "disable"
	if !strings.HasPrefix(host, "/") {
		mode = "verify-full"
	}
	c, err := pgx.ParseConfig(fmt.Sprintf("host=%s port=5432 user=test database=postgres sslmode=%s", host, mode))
	if err != nil {
		t.Fatal(err)
	}
	if c.TLSConfig != nil {
		c.TLSConfig.RootCAs = s.roots
	}
	c.DialFunc = netio.GoDial
	return c
}

// pgx, whose goroutines share its connections, works over a GoConn: on a Unix socket, and with TLS over TCP.
func TestPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a cluster and starts a server: some seconds")
	}
	s := startPostgres(t)
	hosts := map[string]string{"unix": s.dir}
	if s.host != "" {
		hosts["tls"] = s.host
	}
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close()
	for name, host := range hosts {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			for name, test := range map[string]func(*testing.T, context.Context, *pgx.Conn){
				"query": pgQuery, "prepared": pgPrepared, "transaction": pgTransaction, "copy": pgCopy, "cancel": pgCancel, "batch": pgBatch,
			} {
				t.Run(name, func(t *testing.T) {
					c, err := pgx.ConnectConfig(ctx, s.config(t, host))
					if err != nil {
						t.Fatal(err)
					}
					defer c.Close(ctx)
					test(t, ctx, c)
				})
			}
			t.Run("tasks", func(t *testing.T) { pgTasks(t, ctx, rt, s.config(t, host)) })
		})
	}
}

func pgQuery(t *testing.T, ctx context.Context, c *pgx.Conn) {
	if _, ok := raw(c).(*netio.GoConn); !ok {
		t.Errorf("the connection is a %T", raw(c))
	}
	rows, err := c.Query(ctx, "select n, n * n from generate_series(1, 1000) as n")
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err == nil || len(got) != 0 {
		t.Errorf("two columns as one: %d rows, %v", len(got), err)
	}
	rows, err = c.Query(ctx, "select n from generate_series(1, 20000) as n")
	if err != nil {
		t.Fatal(err)
	}
	got, err = pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil || len(got) != 20_000 || !slices.IsSorted(got) || got[19_999] != 20_000 {
		t.Errorf("%d rows, %v", len(got), err)
	}
	var bad *pgconn.PgError
	if _, err := c.Exec(ctx, "select nonsense"); !errors.As(err, &bad) || bad.Code != "42703" {
		t.Errorf("a wrong query: %v", err)
	}
}

// raw returns the connection under TLS, or the connection.
func raw(c *pgx.Conn) net.Conn {
	under := c.PgConn().Conn()
	if over, ok := under.(interface{ NetConn() net.Conn }); ok {
		return over.NetConn()
	}
	return under
}

func pgPrepared(t *testing.T, ctx context.Context, c *pgx.Conn) {
	if _, err := c.Prepare(ctx, "greet", "select $1::text || ', ' || $2::text"); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		var got string
		if err := c.QueryRow(ctx, "greet", "hello", "magpie").Scan(&got); err != nil || got != "hello, magpie" {
			t.Fatalf("%q, %v", got, err)
		}
	}
}

func pgTransaction(t *testing.T, ctx context.Context, c *pgx.Conn) {
	if _, err := c.Exec(ctx, "create temp table nests (id int primary key, eggs int)"); err != nil {
		t.Fatal(err)
	}
	lay := func(id, eggs int, then error) error {
		return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, "insert into nests values ($1, $2)", id, eggs)
			return errors.Join(err, then)
		})
	}
	gone := errors.New("the bird is gone")
	if err := lay(1, 6, nil); err != nil {
		t.Error(err)
	}
	if err := lay(2, 7, gone); !errors.Is(err, gone) {
		t.Errorf("a transaction that is rolled back: %v", err)
	}
	var taken *pgconn.PgError
	if err := lay(1, 9, nil); !errors.As(err, &taken) || taken.Code != "23505" {
		t.Errorf("a key that is taken: %v", err)
	}
	var nests, eggs int
	if err := c.QueryRow(ctx, "select count(*), sum(eggs) from nests").Scan(&nests, &eggs); err != nil || nests != 1 || eggs != 6 {
		t.Errorf("%d nests with %d eggs, %v", nests, eggs, err)
	}
}

// pgCopy sends more than the buffers between hold, while the server answers.
func pgCopy(t *testing.T, ctx context.Context, c *pgx.Conn) {
	if _, err := c.Exec(ctx, "create temp table rings (id int, bird text)"); err != nil {
		t.Fatal(err)
	}
	const n = 20_000
	bird := strings.Repeat("magpie ", 20)
	copied, err := c.CopyFrom(ctx, pgx.Identifier{"rings"}, []string{"id", "bird"}, pgx.CopyFromSlice(n, func(i int) ([]any, error) {
		return []any{i, bird}, nil
	}))
	if err != nil || copied != n {
		t.Fatalf("%d rows, %v", copied, err)
	}
	var back bytes.Buffer
	if tag, err := c.PgConn().CopyTo(ctx, &back, "copy rings to stdout"); err != nil || tag.RowsAffected() != n || bytes.Count(back.Bytes(), []byte("\n")) != n {
		t.Errorf("%d rows and %d bytes back, %v", tag.RowsAffected(), back.Len(), err)
	}
}

// pgCancel ends a query by its context: pgx's watcher, a goroutine, sets a deadline that ends a read of another one.
func pgCancel(t *testing.T, ctx context.Context, c *pgx.Conn) {
	ctx, cancel := context.WithCancel(ctx)
	asked := make(chan struct{})
	if _, err := c.Exec(ctx, "select 1"); err != nil {
		t.Fatal(err)
	}
	go func() {
		close(asked)
		cancel()
	}()
	<-asked
	if _, err := c.Exec(ctx, "select pg_sleep(600)"); !errors.Is(err, context.Canceled) {
		t.Errorf("a query whose context is done: %v", err)
	}
	late, cancelLate := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancelLate()
	if c.IsClosed() {
		return // the query had begun: pgx does not use such a connection again
	}
	if _, err := c.Exec(late, "select pg_sleep(600)"); !errors.Is(err, context.DeadlineExceeded) || !c.IsClosed() {
		t.Errorf("a query whose time is over: %v, closed: %t", err, c.IsClosed())
	}
}

func pgBatch(t *testing.T, ctx context.Context, c *pgx.Conn) {
	var b pgx.Batch
	sum := 0
	for i := range 1000 {
		b.Queue("select $1::int", i).QueryRow(func(row pgx.Row) error {
			var v int
			err := row.Scan(&v)
			sum += v
			return err
		})
	}
	if err := c.SendBatch(ctx, &b).Close(); err != nil || sum != 999*1000/2 {
		t.Errorf("the sum is %d, %v", sum, err)
	}
}

// pgTasks asks from many tasks at once, each with a connection: the calls, which block, are on goroutines of a pool.
func pgTasks(t *testing.T, ctx context.Context, rt *sched.Runtime, config *pgx.ConnConfig) {
	var set sched.JoinSet[int]
	defer set.Drop()
	const n = 8
	for i := range n {
		set.Spawn(rt, future.Async(func(co *future.Co) (int, error) {
			c, err := future.Blocking(func() (*pgx.Conn, error) { return pgx.ConnectConfig(ctx, config.Copy()) }).Await(co)
			if err != nil {
				return 0, err
			}
			sum := 0
			for j := range 20 {
				v, err := future.Blocking(func() (v int, err error) {
					err = c.QueryRow(ctx, "select $1::int * $2::int", i, j).Scan(&v)
					return v, err
				}).Await(co)
				if err != nil {
					return 0, err
				}
				sum += v
			}
			return future.Blocking(func() (int, error) { return sum, c.Close(ctx) }).Await(co)
		}))
	}
	total := 0
	for range n {
		sum, err := sched.Run(ctx, rt, future.Box(set.Next()))
		if err != nil {
			t.Fatal(err)
		}
		total += sum
	}
	if want := (n - 1) * n / 2 * 190; total != want {
		t.Errorf("the sum is %d, want %d", total, want)
	}
}
