// Package mail writes and sends messages: from templates in the reader's language, through an SMTP server or, in development, into
// a folder that the inbox page shows. Enter at Courier. It knows nothing of the queue: package jobs calls it, and says what became
// of a message.
package mail
