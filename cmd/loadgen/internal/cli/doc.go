// Package cli is loadgen's command line.
//
// Exit codes: 0 when it did what was asked; 1 when a run had no successful request, or lost an agent, a
// demo any error, or a server failed; 2 when the command line is wrong or the machine
// cannot do what it asks for.
package cli
