//go:build !linux

package stats

import "time"

func machineTimes() (busy, steal time.Duration) { return 0, 0 }
