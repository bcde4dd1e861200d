// Package doctor examines a running school: what it reads, and a flat list of checks that judge it. Each check is a pure function of
// what was read; none of them changes anything. What is wrong is said in one line that ends with what to do. A new check is a function
// in one of the files checks_*.go, its line in the list of doctor.go, and its rule in a migration (alert_rules).
package doctor
