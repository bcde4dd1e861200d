package main

// limitsOf are what one asker's statements may take: ratios of their time to that of their plain statements in the same run, so that a
// slower machine does not miss them.
type limitsOf struct{ pair, all, ids, newest float64 }

// Each is the ratio that the commit before this file showed, the median of five runs on a busy machine, and a quarter of it. That
// commit's ratios:
//
//	          pair  all   ids   newest
//	ordinary  4.07  1.58  2.64  2.24
//	heavy     7.55  2.09  6.26  3.26
//	visitor   2.48  1.36  2.28  2.33
//
// and 11.1 for fifty pairs.
var limits = map[string]limitsOf{
	"ordinary": {pair: 5.1, all: 2.0, ids: 3.3, newest: 2.8},
	"heavy":    {pair: 9.4, all: 2.6, ids: 7.8, newest: 4.1},
	"visitor":  {pair: 3.1, all: 1.7, ids: 2.9, newest: 2.9},
}

const manyLimit = 13.9
