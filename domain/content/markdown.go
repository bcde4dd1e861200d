package content

import "strings"

// maxNesting is how many quotes and lists may stand within each other. What reads a text calls itself for each.
const maxNesting = 100

// NestedTooDeeply reports whether a line of a Markdown text begins more quotes and lists than anybody would.
func NestedTooDeeply(text string) bool {
	for line := range strings.Lines(text) {
		marks := 0
		for line != "" && marks <= maxNesting {
			line = strings.TrimLeft(line, " \t")
			length := containerMark(line)
			if length == 0 {
				break
			}
			line = line[length:]
			marks++
		}
		if marks > maxNesting {
			return true
		}
	}
	return false
}

// containerMark is the length of the mark of a quote or of a list that a line begins with.
func containerMark(line string) int {
	length := 0
	switch {
	case strings.HasPrefix(line, ">"):
		return 1
	case line != "" && strings.IndexByte("-+*", line[0]) >= 0:
		length = 1
	default:
		for length < len(line) && length < 9 && line[length] >= '0' && line[length] <= '9' {
			length++
		}
		if length == 0 || length == len(line) || line[length] != '.' && line[length] != ')' {
			return 0
		}
		length++
	}
	if length < len(line) && strings.IndexByte(" \t\r\n", line[length]) < 0 {
		return 0
	}
	return length
}
