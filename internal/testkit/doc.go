// Package testkit has what the tests of several packages need: how many descriptors are open, what the
// collector keeps, a program, or one test, as a process of its own and, under the build tag explore, tasks and
// bounds of models. It imports nothing that has tests in its own package which use it.
package testkit
