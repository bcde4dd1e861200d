package app_test

import "lyceum/app/apptest"

// contentRows are the rows of the matrix for mutations and fields of content.
var contentRows = map[string]row{}

// contentThings makes what they ask for, as pairs of a word in an operation and the id that it stands for.
func contentThings(*apptest.App) []string { return nil }

// contentAgain makes what the mutations of content are sent for twice, as pairs like those above, and has the mutations, without their names.
func contentAgain(*apptest.App) (pairs []string, mutations map[string]string) { return nil, nil }
