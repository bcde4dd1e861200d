package app_test

import "lyceum/app/apptest"

// usersRows are the rows of the matrix for mutations and fields of users.
var usersRows = map[string]row{}

// usersThings makes what they ask for, as pairs of a word in an operation and the id that it stands for.
func usersThings(*apptest.App) []string { return nil }

// usersAgain makes what the mutations of users are sent for twice, as pairs like those above, and has the mutations, without their names.
func usersAgain(*apptest.App) (pairs []string, mutations map[string]string) { return nil, nil }
