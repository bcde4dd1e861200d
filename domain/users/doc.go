// Package users holds what is true of users and their roles: profiles, and later verification, passwords and the
// granting of roles. Enter at Service. Sign-in and sessions are in domain/security.
package users
