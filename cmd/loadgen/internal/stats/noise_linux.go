package stats

import (
	"bytes"
	"os"
	"strconv"
	"time"
)

// tick is the unit of /proc/stat: USER_HZ is 100 on all of Linux's architectures that Go has.
const tick = time.Second / 100

// machineTimes reads how long all cores together were busy, and how long they were stolen.
func machineTimes() (busy, steal time.Duration) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, 0
	}
	return parseTimes(text)
}

// parseTimes reads the first line of /proc/stat: cpu user nice system idle iowait irq softirq steal …
func parseTimes(text []byte) (busy, steal time.Duration) {
	first, _, _ := bytes.Cut(text, []byte("\n"))
	for i, f := range bytes.Fields(first) {
		n, err := strconv.ParseUint(string(f), 10, 62)
		if err != nil {
			continue
		}
		switch d := time.Duration(n) * tick; i {
		case 1, 2, 3, 6, 7:
			busy += d
		case 8:
			steal = d
		}
	}
	return busy, steal
}
