// Package demo is a small believable school: people in every state, four plans, and the lessons below lessons/. It holds
// text and SQL only; commands load it into an empty school.
package demo
