// Package auth answers who sends a request: it keeps cookie sessions (scs over user_sessions), hashes passwords, and puts the
// domain.Viewer into each request. Enter at Gate. What a viewer may do is the domains' and the guards' business.
package auth
