package observe

import "strings"

// otherRoute is the label of addresses at which nothing is.
const otherRoute = "other"

// routes are the addresses of the public server, or their beginnings where they end in a slash.
var routes = []string{graphPath, "/schema.graphql", "/playground", "/files/", "/account", "/inbox"}

// routeOf is the label of an address, of which there are few.
func routeOf(path string) string {
	for _, route := range routes {
		if rest, ok := strings.CutPrefix(path, strings.TrimSuffix(route, "/")); ok && (rest == "" || rest[0] == '/') {
			return route
		}
	}
	if path == "/" {
		return path
	}
	return otherRoute
}
