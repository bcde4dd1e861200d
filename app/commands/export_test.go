package commands

import (
	"io"

	"github.com/alecthomas/kong"
)

// Model is the command line as kong knows it, so that tests meet commands that nobody listed.
func Model() (*kong.Application, error) {
	parser, err := newParser(&line{}, io.Discard, io.Discard, func(int) {})
	if err != nil {
		return nil, err
	}
	return parser.Model, nil
}
