// Package e2e drives the whole program from outside: the web in a real browser and the command line by
// scripts. It holds tests only; package browser wraps the browser.
package e2e
