// Package rules reads settings whose value depends on the route of a request:
//
//	GET /visit=VALUE; POST /visits=VALUE; VALUE
//
// Each rule is a route, an equals sign and the value for it. The last may lack
// the route: its value is for all other routes. What a value is depends on
// the setting.
package rules

import (
	"fmt"
	"strings"
)

// ByRoute holds the values of a setting. Its zero value has the zero value for
// every route.
type ByRoute[T any] struct {
	routes map[string]T
	rest   T
}

// Parse reads a setting. value reads one value; rest is for the routes without a
// rule where s has no value for them. The error names the rule that is wrong, or
// is the one of value.
func Parse[T any](s string, rest T, value func(string) (T, error)) (ByRoute[T], error) {
	all := ByRoute[T]{routes: map[string]T{}, rest: rest}
	if strings.TrimSpace(s) == "" {
		return all, nil
	}
	rules := strings.Split(s, ";")
	for i, rule := range rules {
		route, text := cut(rule)
		v, err := value(text)
		_, twice := all.routes[route]
		switch {
		case err != nil:
			return ByRoute[T]{}, err
		case route == "" && i < len(rules)-1:
			return ByRoute[T]{}, fmt.Errorf("the rule %q names no route and is not the last", text)
		case twice:
			return ByRoute[T]{}, fmt.Errorf("two rules for the route %q", route)
		case route == "":
			all.rest = v
		default:
			all.routes[route] = v
		}
	}
	return all, nil
}

// cut splits a rule. A route may hold an equals sign, a value may not.
func cut(rule string) (route, value string) {
	at := strings.LastIndexByte(rule, '=')
	if at < 0 {
		return "", strings.TrimSpace(rule)
	}
	return strings.TrimSpace(rule[:at]), strings.TrimSpace(rule[at+1:])
}

// Of returns the value for a route.
func (b *ByRoute[T]) Of(route string) T {
	if v, ok := b.routes[route]; ok {
		return v
	}
	return b.rest
}

// Routes returns how many routes have a rule of their own.
func (b *ByRoute[T]) Routes() int { return len(b.routes) }
