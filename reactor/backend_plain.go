//go:build !linux || portable || (!explore && !faults)

package reactor

// backend is the poller of this system. In a model it is something that the model can
// wait for, see backend_explore_linux.go; to inject faults it is an unreliable one, see
// backend_faults_linux.go.
type backend = poller
