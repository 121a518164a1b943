package runner

import "os"

func interrupt(p *os.Process) error { return p.Kill() }

func raiseFiles() error { return nil }

func raiseFilesTo(int) error { return nil }
