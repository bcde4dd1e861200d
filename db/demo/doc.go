// Package demo is a small believable school: users in every state, four plans, and the lessons below lessons/. It holds
// text and SQL only; commands load it into an empty school. Load loads the small one, LoadLarge one of any size: the same
// plans, lessons and named users, and a crowd that the files below large/ make.
package demo
