package runner

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/magpie-go/magpie/bench/internal/suites"
)

// deepScript has wrk send that many requests together.
const deepScript = `init = function(args)
   local r = {}
   for i = 1, {deep} do r[i] = wrk.format(nil, "{path}") end
   all = table.concat(r)
end
request = function() return all end
`

// jsonScript has wrk post an order.
const jsonScript = `wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{order}'
`

// wrkScript returns the script for what wrk does not do by itself, or "".
func wrkScript(h *suites.HTTP) string {
	switch {
	case h.JSON:
		return strings.ReplaceAll(jsonScript, "{order}", jsonOrder())
	case h.Deep > 1:
		return strings.NewReplacer("{deep}", strconv.Itoa(h.Deep), "{path}", h.Path).Replace(deepScript)
	}
	return ""
}

// jsonOrder returns 1 KB of JSON, which the servers add up.
func jsonOrder() string {
	var items []string
	for i := range 12 {
		items = append(items, fmt.Sprintf(`{"name":"item number %d of this order","quantity":%d,"price":%d.25}`, i, i+1, 3*i))
	}
	order := fmt.Sprintf(`{"id":123456,"customer":"A. Customer","items":[%s],"note":"`, strings.Join(items, ","))
	return order + strings.Repeat("n", 1024-len(order)-len(`"}`)) + `"}`
}
