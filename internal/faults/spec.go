package faults

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Header is the request header that asks for faults.
const Header = "Fault"

// Injection is a fault that a request asks for.
type Injection struct {
	*Fault
	Args Args
}

// Args are the values of all parameters of a fault.
type Args map[string]int

// Int returns the value of a parameter, zero if the fault has none of the name.
func (a Args) Int(name string) int { return a[name] }

// Duration is Int as a number of milliseconds.
func (a Args) Duration(name string) time.Duration { return time.Duration(a[name]) * time.Millisecond }

// String writes an Injection as Parse reads it, with all arguments.
func (i Injection) String() string {
	var b strings.Builder
	b.WriteString(i.Service + "=" + i.Name)
	for _, name := range slices.Sorted(maps.Keys(i.Args)) {
		fmt.Fprintf(&b, ";%s=%d", name, i.Args[name])
	}
	return b.String()
}

// Format writes injections as Parse reads them.
func Format(injections []Injection) string {
	parts := make([]string, len(injections))
	for n, i := range injections {
		parts[n] = i.String()
	}
	return strings.Join(parts, ",")
}

// Parse reads what the header Fault says: "writer=lock-contention;ms=80,
// gateway=quadratic;n=4000". Parameters that are not given have their defaults. An
// error names what is wrong and lists what there is.
func Parse(text string) ([]Injection, error) {
	var injections []Injection
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		one, err := parseOne(part)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(injections, func(other Injection) bool { return other.Fault == one.Fault }) {
			return nil, fmt.Errorf("%s is asked for twice: ask once", one.Name)
		}
		injections = append(injections, one)
	}
	if len(injections) == 0 {
		return nil, fmt.Errorf("no fault is named: want SERVICE=FAULT;PARAMETER=NUMBER, such as writer=lock-contention;ms=80")
	}
	return injections, nil
}

func parseOne(part string) (Injection, error) {
	first, rest, _ := strings.Cut(part, ";")
	service, name, ok := strings.Cut(first, "=")
	service, name = strings.TrimSpace(service), strings.TrimSpace(name)
	if !ok {
		return Injection{}, fmt.Errorf("%.40q: want SERVICE=FAULT, such as writer=lock-contention", first)
	}
	f, known := Find(name)
	switch {
	case !known:
		return Injection{}, fmt.Errorf("there is no fault %.40q; there are %s", name, names())
	case f.Service != service:
		return Injection{}, fmt.Errorf("%s is a fault of the %s, not of %.40q: ask for %s=%s", name, f.Service, service, f.Service, name)
	}
	args, err := f.parseArgs(rest)
	return Injection{f, args}, err
}

// CheckName says why a text is not the name of a fault, with its service or without.
func CheckName(text string) error {
	service, name, both := strings.Cut(text, "=")
	if !both {
		name = text
	}
	if f, known := Find(name); !known || both && f.Service != service {
		return fmt.Errorf("there is no fault %.40q; there are %s", text, names())
	}
	return nil
}

func names() string {
	all := make([]string, len(catalogue))
	for i, f := range catalogue {
		all[i] = f.Service + "=" + f.Name
	}
	return strings.Join(all, ", ")
}

func (f *Fault) parseArgs(text string) (Args, error) {
	args := Args{}
	for part := range strings.SplitSeq(text, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, number, err := f.parseArg(part)
		_, twice := args[name]
		switch {
		case err != nil:
			return nil, err
		case twice:
			return nil, fmt.Errorf("%s: %s is given twice: give it once", f.Name, name)
		}
		args[name] = number
	}
	for _, p := range f.Params {
		if _, given := args[p.Name]; !given {
			args[p.Name] = p.Default
		}
	}
	return args, nil
}

func (f *Fault) parseArg(text string) (name string, number int, err error) {
	name, value, _ := strings.Cut(text, "=")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	p, known := f.param(name)
	if !known {
		return name, 0, fmt.Errorf("%s has no parameter %.40q; it has %s", f.Name, name, f.params())
	}
	number, err = strconv.Atoi(value)
	if err != nil || number < p.Min || number > p.Max {
		return name, 0, fmt.Errorf("%s: %s=%.40s: want a number from %d to %d, the %s", f.Name, name, value, p.Min, p.Max, p.Help)
	}
	return name, number, nil
}

func (f *Fault) params() string {
	all := make([]string, len(f.Params))
	for i, p := range f.Params {
		all[i] = fmt.Sprintf("%s (%d to %d)", p.Name, p.Min, p.Max)
	}
	return strings.Join(all, ", ")
}
