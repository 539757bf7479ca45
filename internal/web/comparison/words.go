package comparison

import (
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/labapi"
)

// mechanism says how a call path came to take more time, or less.
func (p *page) mechanism(name string) string {
	switch name {
	case labapi.MoreCalls:
		return p.T("more calls")
	case labapi.FewerCalls:
		return p.T("fewer calls")
	case labapi.SlowerCalls:
		return p.T("slower calls")
	case labapi.FasterCalls:
		return p.T("faster calls")
	case labapi.LessOverlap:
		return p.T("less overlap")
	case labapi.MoreOverlap:
		return p.T("more overlap")
	case labapi.NewPath:
		return p.T("new")
	case labapi.GonePath:
		return p.T("gone")
	}
	return display.Cut(name, maxName)
}
