// WebSocket load client: N connections on one epoll loop. Every message is compared with what was sent.
// Usage: wsload BENCH PEER PORT SERVER_PID CONNS SECONDS [all]
//        Without all the server echoes, and each connection has one message of 64 bytes under way.
//        With all it sends every message to everybody: the first connection sends one when all have
//        got the one before, and the times are until the last has got it.
#define _GNU_SOURCE
#include "load.h"
#include <sys/epoll.h>

enum { SIZE = 64, IN = 2 + SIZE, OUT = 6 + SIZE };

struct conn {
    int fd, got;
    int64_t sent;
    uint64_t count;
    unsigned char in[IN];
};

static int nconns, all, arrived;
static struct conn *conns;

static const char request[] = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

static void dial(struct conn *c, int port) {
    char answer[1024];
    int n = 0;
    c->fd = connect_to(port, c == conns);
    if (write(c->fd, request, sizeof request - 1) != sizeof request - 1) die("write");
    do {
        int k = read(c->fd, answer + n, sizeof answer - 1 - n);
        if (k <= 0) die("no upgrade");
        answer[n += k] = 0;
    } while (!strstr(answer, "\r\n\r\n"));
    if (memcmp(answer, "HTTP/1.1 101 ", 13)) die("no upgrade");
}

// The message of a connection at a time, as it lies in a frame.
static void message(unsigned char *p, struct conn *c) {
    memset(p, 'x', SIZE);
    memcpy(p, &(int64_t){c - conns}, 8);
    memcpy(p + 8, &c->count, 8);
}

static void ping(struct conn *c, int64_t t) {
    unsigned char f[OUT] = {0x82, 0x80 | SIZE, 0x5a, 0x17, 0xc3, 0x99};
    c->count++;
    c->sent = t;
    message(f + 6, c);
    for (int i = 0; i < SIZE; i++) f[6 + i] ^= f[2 + i % 4];
    if (write(c->fd, f, OUT) != OUT) die("write");
}

// Reads what is there; true when the message of from is in.
static int pong(struct conn *c, struct conn *from) {
    unsigned char want[IN] = {0x82, SIZE};
    int n = read(c->fd, c->in + c->got, IN - c->got);
    if (n <= 0) die("read");
    if ((c->got += n) < IN) return 0;
    c->got = 0;
    message(want + 2, from);
    if (memcmp(c->in, want, IN)) die("wrong message");
    return 1;
}

static void load(double seconds) {
    struct epoll_event ev[512];
    int ep = epoll_create1(0);
    for (int i = 0; i < nconns; i++) {
        epoll_ctl(ep, EPOLL_CTL_ADD, conns[i].fd, &(struct epoll_event){EPOLLIN, {.ptr = &conns[i]}});
        if (!all || i == 0) ping(&conns[i], now(CLOCK_MONOTONIC));
    }
    int64_t start = now(CLOCK_MONOTONIC) + WARM, end = start + seconds * 1e9;
    int64_t scpu = 0, ccpu = 0, t = 0;
    int measuring = 0;
    while (t < end) {
        int n = epoll_wait(ep, ev, 512, 2000);
        t = now(CLOCK_MONOTONIC);
        if (n == 0) die("two seconds without any message");
        for (int i = 0; i < n; i++) {
            struct conn *c = ev[i].data.ptr, *from = all ? conns : c;
            if (!pong(c, from) || (all && ++arrived < nconns)) continue;
            arrived = 0;
            t = now(CLOCK_MONOTONIC);
            if (measuring) {
                hist[bucket(t - from->sent)]++;
                trips++;
            } else if (t >= start) { // between two broadcasts, if there are any
                measuring = 1;
                start = t;
                scpu = server_cpu();
                ccpu = now(CLOCK_PROCESS_CPUTIME_ID);
            }
            ping(from, t);
        }
    }
    scpu = server_cpu() - scpu;
    ccpu = now(CLOCK_PROCESS_CPUTIME_ID) - ccpu;
    if (trips == 0) die("no message came back in time");
    double messages = (double)trips * (all ? nconns : 1) + arrived;
    emit("rate", messages / ((t - start) / 1e9), "msg/s");
    emit("server_cpu", scpu / 1e3 / messages, "us/msg");
    emit("client_cpu", ccpu / 1e3 / messages, "us/msg");
    emit("p50", percentile(.5) / 1e3, "us");
    emit("p99", percentile(.99) / 1e3, "us");
    emit("rss", server_rss() / (1 << 20), "MiB");
}

int main(int argc, char **argv) {
    if (argc < 7 || argc > 8) return 2;
    bench = argv[1], peer = argv[2], pid = atoi(argv[4]), nconns = atoi(argv[5]);
    all = argc > 7 && !strcmp(argv[7], "all");
    conns = calloc(nconns, sizeof *conns);
    for (int i = 0; i < nconns; i++) dial(&conns[i], atoi(argv[3]));
    load(atof(argv[6]));
}
