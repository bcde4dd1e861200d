package commands

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"lyceum/app"
	"lyceum/domain/users"
)

// people groups what concerns accounts.
type people struct {
	Import importUsers `cmd:"" help:"Invite the people of a CSV file, each by mail."`
}

// importUsers invites people from a file, in batches, again and again: who has an account stays as they are.
type importUsers struct {
	creates
	File string `arg:"" help:"The file: UTF-8, commas or semicolons, and a first line with the names of its columns: email, and if wanted first_name, last_name, locale, role."`
}

// How much is read and written at a time.
const (
	peopleBatch   = 500
	largestPeople = 64 << 20 // bytes of the file
)

var (
	errNotAllInvited     = errors.New("not everybody could be invited; each line above says why")
	errPeopleInterrupted = interrupted{"the import was interrupted: who was told above is invited, and the same command invites the others"}
)

// columnsOfPeople are those that the file may have.
var columnsOfPeople = []string{"email", "first_name", "last_name", "locale", "role"}

// Run invites and tells of each line what became of it. It ends with an error when a line could not be done; the others are.
func (i importUsers) Run(s *session) (err error) {
	file, err := os.Open(i.File)
	if err != nil {
		return err
	}
	defer file.Close() // it was only read
	c, err := app.ReadConfig()
	if err != nil {
		return err
	}
	d, err := i.open(s, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.Complete(c, false); err != nil {
		return i.hint(err)
	}
	if _, err := d.Migrate(s.ctx, c); err != nil {
		return err
	}
	list, err := readPeople(file)
	if err != nil {
		return fmt.Errorf("%s: %w", i.File, err)
	}
	return app.Inviting(s.ctx, c, d, func(invite app.Inviter) error { return s.inviteAll(list, invite) })
}

// person is a line of the file.
type person struct {
	line int
	user users.NewUser
}

// readPeople reads the whole file first, so that one that breaks off invites nobody.
func readPeople(file io.Reader) ([]person, error) {
	limited := &io.LimitedReader{R: file, N: largestPeople + 1}
	text := bufio.NewReader(limited)
	if mark, err := text.Peek(3); err == nil && string(mark) == "\ufeff" {
		_, _ = text.Discard(3) // it was peeked
	}
	rows := csv.NewReader(text)
	rows.TrimLeadingSpace, rows.ReuseRecord = true, true
	if first, _ := text.Peek(200); strings.Contains(strings.SplitN(string(first), "\n", 2)[0], ";") {
		rows.Comma = ';'
	}
	head, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("the first line must name the columns: %w", err)
	}
	columns := slices.Clone(head)
	for n, name := range columns {
		columns[n] = strings.ToLower(strings.TrimSpace(name))
		if !slices.Contains(columnsOfPeople, columns[n]) || slices.Index(columns, columns[n]) < n {
			return nil, fmt.Errorf("the column %q is unknown or there twice: there may be %s", name, strings.Join(columnsOfPeople, ", "))
		}
	}
	if !slices.Contains(columns, "email") {
		return nil, errors.New("there is no column email")
	}
	var list []person
	for {
		row, err := rows.Read()
		if limited.N <= 0 {
			return nil, fmt.Errorf("the file has more than %d MB", largestPeople>>20)
		}
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := rows.FieldPos(0)
		list = append(list, person{line: line, user: personOf(columns, row)})
	}
}

func personOf(columns, row []string) users.NewUser {
	user := users.NewUser{Locale: "en"}
	for n, name := range columns {
		value := strings.TrimSpace(row[n])
		switch name {
		case "email":
			user.Email = value
		case "first_name":
			user.FirstName = value
		case "last_name":
			user.LastName = value
		case "locale":
			if value != "" {
				user.Locale = value
			}
		case "role":
			if value != "" {
				user.Role = &value
			}
		}
	}
	return user
}

func (s *session) inviteAll(list []person, invite app.Inviter) error {
	watch, counts := s.progress(), [3]int{}
	for start := 0; start < len(list); start += peopleBatch {
		some := list[start:min(start+peopleBatch, len(list))]
		batch := make([]*users.NewUser, len(some))
		for n := range some {
			batch[n] = &some[n].user
		}
		results, err := invite(s.ctx, batch)
		if err != nil && s.ctx.Err() != nil {
			return errPeopleInterrupted
		}
		if err != nil {
			return err
		}
		for n, r := range results {
			counts[s.tellPerson(some[n], r)]++
		}
		watch("inviting", start+len(some), len(list))
	}
	fmt.Fprintf(s.out, "%d invited, %d had an account, %d failed\n", counts[invitedNow], counts[hadAccount], counts[notInvited])
	if counts[notInvited] > 0 {
		return errNotAllInvited
	}
	return nil
}

// What became of a line.
const (
	invitedNow = iota
	hadAccount
	notInvited
)

func (s *session) tellPerson(p person, r users.Invited) int {
	switch {
	case r.Err == nil:
		fmt.Fprintf(s.out, "line %d: %q is invited\n", p.line, p.user.Email)
		return invitedNow
	case r.Err.Reason == "EMAIL_TAKEN":
		fmt.Fprintf(s.out, "line %d: %q has an account\n", p.line, p.user.Email)
		return hadAccount
	default:
		fmt.Fprintf(s.out, "line %d: %.300q: %s (%s)\n", p.line, p.user.Email, r.Err.Message, strings.Join(r.Err.Path, "."))
		return notInvited
	}
}
