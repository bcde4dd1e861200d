// Package integration is the sixth word: what leaves the school on its own account. Today that is mail (docs/decisions/0022);
// notifications and webhooks to others come here too. It holds no rule of the five words: they say what is sent, and when.
package integration
