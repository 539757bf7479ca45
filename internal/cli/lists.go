package cli

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"

	"example.com/tracelab/redact"
)

// lists has flags and variables that take several values, divided by commas, refuse what
// was left out and what is there twice: it would be missed only where it was needed. Blanks
// around a value are none of it. A variable that is set to nothing has no value, as
// containers set those that nobody has chosen.
func lists() kong.Option {
	plain := kong.NewRegistry().RegisterDefaults()
	return kong.KindMapper(reflect.Slice, kong.MapperFunc(func(ctx *kong.DecodeContext, target reflect.Value) error {
		token := ctx.Scan.Peek()
		text, is := token.Value.(string)
		separator := ctx.Value.Tag.Sep
		divided := is && ctx.Value.Flag != nil && separator != -1
		if divided {
			values, err := listed(text, separator)
			if err != nil {
				return err
			}
			ctx.Scan.Pop()
			ctx.Scan.PushTyped(kong.JoinEscaped(values, separator), token.Type)
		}
		if err := plain.ForType(target.Type()).Decode(ctx, target); err != nil || !divided {
			return err
		}
		return eachOnce(target)
	}))
}

// listed divides a list.
func listed(text string, separator rune) ([]string, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	const end = "." // without it a last value that is empty would not be seen
	values := kong.SplitEscaped(text+end, separator)
	values[len(values)-1] = strings.TrimSuffix(values[len(values)-1], end)
	for i := range values {
		if values[i] = strings.TrimSpace(values[i]); values[i] == "" {
			return nil, fmt.Errorf("%.200q: want a value before and after each comma", redact.Text(text))
		}
	}
	return values, nil
}

// eachOnce refuses a value that is twice in a list, which may have come in several flags.
func eachOnce(list reflect.Value) error {
	seen := map[string]bool{}
	for i := range list.Len() {
		value := fmt.Sprint(list.Index(i).Interface())
		if seen[value] {
			return fmt.Errorf("%.200q is there twice: want each once", redact.Text(value))
		}
		seen[value] = true
	}
	return nil
}
