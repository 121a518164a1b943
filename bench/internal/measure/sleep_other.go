//go:build !linux

package measure

import "time"

func sleepInKernel(d time.Duration) { time.Sleep(d) }
