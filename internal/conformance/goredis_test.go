package conformance

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/magpie-go/magpie/sched"
	"github.com/magpie-go/magpie/serve/kv"
	"github.com/redis/go-redis/v9"
)

// startKV serves until the test ends, and returns the address.
func startKV(t *testing.T) string {
	t.Helper()
	server, err := kv.New(kv.Config{})
	if err != nil {
		t.Fatal(err)
	}
	rt, err := sched.New(sched.Config{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	addr, over := make(chan net.Addr, 1), make(chan error, 1)
	go func() {
		over <- server.Run(ctx, rt, "tcp", "127.0.0.1:0", func(a net.Addr) { addr <- a })
	}()
	t.Cleanup(func() {
		cancel()
		<-over
		if err := errors.Join(server.Close(), rt.Close()); err != nil {
			t.Error(err)
		}
	})
	select {
	case a := <-addr:
		return a.String()
	case err := <-over:
		over <- err
		t.Fatal(err)
	}
	return ""
}

// A Redis client library finds what it expects, in either version of the protocol.
func TestGoRedis(t *testing.T) {
	addr := startKV(t)
	for _, version := range []int{2, 3} {
		t.Run(fmt.Sprint("RESP", version), func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			c := redis.NewClient(&redis.Options{Addr: addr, Protocol: version})
			defer c.Close()
			for name, test := range map[string]func(*testing.T, context.Context, *redis.Client){
				"values": redisValues, "pipeline": redisPipeline, "watch": redisWatch, "blocking": redisBlocking, "pubsub": redisPubSub, "scan": redisScan,
			} {
				if err := c.FlushAll(ctx).Err(); err != nil {
					t.Fatal(err)
				}
				t.Run(name, func(t *testing.T) { test(t, ctx, c) })
			}
		})
	}
}

func redisValues(t *testing.T, ctx context.Context, c *redis.Client) {
	if err := c.Set(ctx, "bird", "magpie", time.Minute).Err(); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Get(ctx, "bird").Result(); got != "magpie" || err != nil {
		t.Errorf("GET: %q, %v", got, err)
	}
	if d := c.TTL(ctx, "bird").Val(); d <= 0 || d > time.Minute {
		t.Errorf("TTL: %v", d)
	}
	if err := c.Get(ctx, "none").Err(); err != redis.Nil {
		t.Errorf("GET of none: %v, want redis.Nil", err)
	}
	if n, err := c.IncrBy(ctx, "n", 41).Result(); n != 41 || err != nil {
		t.Errorf("INCRBY: %d, %v", n, err)
	}
	c.HSet(ctx, "hash", "a", "1", "b", "2")
	if got := c.HGetAll(ctx, "hash").Val(); len(got) != 2 || got["b"] != "2" {
		t.Errorf("HGETALL: %v", got)
	}
	c.RPush(ctx, "list", "x", "y", "z")
	if got := c.LRange(ctx, "list", 0, -1).Val(); !slices.Equal(got, []string{"x", "y", "z"}) {
		t.Errorf("LRANGE: %v", got)
	}
	if err := c.Incr(ctx, "list").Err(); err == nil || err.Error() != "WRONGTYPE Operation against a key holding the wrong kind of value" {
		t.Errorf("INCR of a list: %v", err)
	}
}

func redisPipeline(t *testing.T, ctx context.Context, c *redis.Client) {
	var gets []*redis.StringCmd
	_, err := c.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := range 1000 {
			p.Set(ctx, fmt.Sprint("k", i), i, 0)
			gets = append(gets, p.Get(ctx, fmt.Sprint("k", i)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, get := range gets {
		if get.Val() != fmt.Sprint(i) {
			t.Fatalf("k%d is %q", i, get.Val())
		}
	}
}

// redisWatch adds one in transactions of several clients, which try again when another one was faster.
func redisWatch(t *testing.T, ctx context.Context, c *redis.Client) {
	const clients, each = 4, 25
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for n := 0; n < each; {
				err := c.Watch(ctx, func(tx *redis.Tx) error {
					v, err := tx.Get(ctx, "sum").Int()
					if err != nil && err != redis.Nil {
						return err
					}
					_, err = tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
						p.Set(ctx, "sum", v+1, 0)
						return nil
					})
					return err
				}, "sum")
				switch err {
				case nil:
					n++
				case redis.TxFailedErr:
				default:
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	if got := c.Get(ctx, "sum").Val(); got != fmt.Sprint(clients*each) {
		t.Errorf("the sum is %s", got)
	}
}

func redisBlocking(t *testing.T, ctx context.Context, c *redis.Client) {
	got := make(chan []string, 1)
	go func() { got <- c.BLPop(ctx, 0, "empty", "queue").Val() }()
	if err := c.RPush(ctx, "queue", "job").Err(); err != nil {
		t.Fatal(err)
	}
	if v := <-got; !slices.Equal(v, []string{"queue", "job"}) {
		t.Errorf("BLPOP: %v", v)
	}
	if err := c.Do(ctx, "BRPOP", "queue", "0.01").Err(); err != redis.Nil {
		t.Errorf("BRPOP that nobody ends: %v, want redis.Nil", err)
	}
}

func redisPubSub(t *testing.T, ctx context.Context, c *redis.Client) {
	sub := c.Subscribe(ctx, "news")
	defer sub.Close()
	if _, err := sub.Receive(ctx); err != nil {
		t.Fatal(err)
	}
	if n := c.Publish(ctx, "news", "a nest").Val(); n != 1 {
		t.Errorf("PUBLISH: %d", n)
	}
	if m, err := sub.ReceiveMessage(ctx); err != nil || m.Channel != "news" || m.Payload != "a nest" {
		t.Errorf("%v, %v", m, err)
	}
}

func redisScan(t *testing.T, ctx context.Context, c *redis.Client) {
	for i := range 200 {
		c.Set(ctx, fmt.Sprint("key", i), i, 0)
	}
	seen := map[string]bool{}
	for it := c.Scan(ctx, 0, "key*", 10).Iterator(); it.Next(ctx); {
		seen[it.Val()] = true
	}
	if len(seen) != 200 {
		t.Errorf("SCAN has shown %d keys", len(seen))
	}
}
