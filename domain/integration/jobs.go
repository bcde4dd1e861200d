package integration

import "lyceum/domain"

// SendMailJob asks for a stored message to be sent.
type SendMailJob struct {
	MailID domain.MailID `json:"mailId"`
}

// Kind names the job in the queue.
func (SendMailJob) Kind() string { return "send_mail" }
