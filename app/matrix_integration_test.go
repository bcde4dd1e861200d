package app_test

// integrationRows are the rows of the matrix for mail.
var integrationRows = map[string]row{}
