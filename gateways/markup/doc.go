// Package markup makes HTML of Markdown that may be put into a page: rendered by goldmark, made safe by bluemonday, in a
// time and a size that no text can exceed. It knows neither who reads nor where files are; nothing is read or kept here.
// Enter at Renderer.
package markup
