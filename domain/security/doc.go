// Package security holds who may come in and what is remembered of it: sign-in and its throttle, sessions, the event log
// and the trail of changes. Enter at Service. The cookie itself is auth's.
package security
