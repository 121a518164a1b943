//go:build magpie_coroutine

package main

const compiled = false
