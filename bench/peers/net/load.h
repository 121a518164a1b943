// What the load clients share: clocks, the server's memory, a histogram, and lines of figures.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// WARM is for how long load goes on before it is measured, in ns.
#define WARM 500000000L

enum { SUB = 64, BUCKETS = 40 * SUB };
static const char *bench, *peer;
static int pid;
static uint64_t hist[BUCKETS], trips;

static void die(const char *what) {
    perror(what);
    fprintf(stderr, "%s,%s failed\n", bench, peer);
    exit(1);
}

static int64_t now(clockid_t c) {
    struct timespec t;
    if (clock_gettime(c, &t)) die("clock_gettime");
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

static int64_t server_cpu(void) {
    clockid_t c;
    if (clock_getcpuclockid(pid, &c)) die("server gone");
    return now(c);
}

static double server_rss(void) {
    char path[64];
    long size, res;
    snprintf(path, sizeof path, "/proc/%d/statm", pid);
    FILE *f = fopen(path, "r");
    if (!f || fscanf(f, "%ld %ld", &size, &res) != 2) die("statm");
    fclose(f);
    return res * 4096.0;
}

static void emit(const char *metric, double v, const char *unit) {
    printf("%s,%s,%s,%.3f,%s\n", bench, peer, metric, v, unit);
}

// Log-linear histogram: SUB buckets to each power of two, so values to within 1.6 %.
static int bucket(uint64_t v) {
    if (v < SUB) return v;
    int shift = 63 - __builtin_clzll(v) - 6;
    int b = (shift + 1) * SUB + (int)(v >> shift) - SUB;
    return b < BUCKETS ? b : BUCKETS - 1;
}

static double percentile(double q) {
    uint64_t want = q * trips, seen = 0;
    int b = 0;
    while (b < BUCKETS - 1 && (seen += hist[b]) <= want) b++;
    if (b < SUB) return b;
    return (double)((uint64_t)(b % SUB + SUB) << (b / SUB - 1));
}

// Connects to the server. With wait it waits up to 5 s for it to listen.
static int connect_to(int port, int wait) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1, fd;
    for (int try = 0;; try++) {
        fd = socket(AF_INET, SOCK_STREAM, 0);
        if (fd < 0) die("socket");
        if (!connect(fd, (void *)&a, sizeof a)) break;
        close(fd);
        if (!wait || try == 500) die("connect");
        usleep(10000);
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    // Reset on close, so that no port stays in TIME_WAIT for the next run.
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    return fd;
}
