package argv

import (
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	javaInteger = regexp.MustCompile(`^[+-]?\d+$`)
	javaDouble  = regexp.MustCompile(`^[+-]?(NaN|Infinity|(\d+\.?\d*([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?|0[xX][0-9a-fA-F]*\.?[0-9a-fA-F]*[pP][+-]?\d+)[fFdD]?)$`)
)

// convert turns a text into the argument's type.
func (a *argument) convert(g *grammar, text string) (any, error) {
	switch a.kind {
	case "int":
		return a.integer(g, text, 32)
	case "long":
		return a.integer(g, text, 64)
	case "double":
		return a.double(g, text)
	case "bool":
		return strings.EqualFold(text, "true"), nil
	}
	if a.enum != nil && !slices.Contains(a.enum, text) {
		return nil, g.failArgument(a, "could not convert '%s' (choose from {%s})", text, strings.Join(a.enum, ","))
	}
	if a.choice != nil && !slices.Contains(a.choice, text) {
		return nil, g.failArgument(a, "invalid choice: '%s' (choose from {%s})", text, strings.Join(a.choice, ","))
	}
	return text, nil
}

func (a *argument) integer(g *grammar, text string, bits int) (any, error) {
	n, err := strconv.ParseInt(text, 10, bits)
	if err != nil || !javaInteger.MatchString(text) {
		return nil, g.failArgument(a, "could not convert '%s' to integer (%d bits)", text, bits)
	}
	return json.Number(strconv.FormatInt(n, 10)), nil
}

func (a *argument) double(g *grammar, text string) (any, error) {
	trimmed := strings.TrimFunc(text, func(r rune) bool { return r <= ' ' })
	if !javaDouble.MatchString(trimmed) {
		return nil, g.failArgument(a, "could not convert '%s' to number (double precision)", text)
	}
	if !strings.HasSuffix(trimmed, "Infinity") && !strings.ContainsAny(trimmed, "xX") {
		trimmed = strings.TrimRight(trimmed, "fFdD")
	} else if strings.ContainsAny(trimmed, "pP") {
		trimmed = strings.TrimRight(trimmed, "fFdD")
	}
	n, _ := strconv.ParseFloat(trimmed, 64)
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return strings.TrimPrefix(trimmed, "+"), nil
	}
	return javaNumber(n), nil
}

// javaNumber writes a number as Java does: 3.0, 1.5E10.
func javaNumber(n float64) json.Number {
	if size := math.Abs(n); size == 0 || size >= 1e-3 && size < 1e7 {
		text := strconv.FormatFloat(n, 'f', -1, 64)
		if !strings.Contains(text, ".") {
			text += ".0"
		}
		return json.Number(text)
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(n, 'E', -1, 64), "E")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	power, _ := strconv.Atoi(exponent)
	return json.Number(mantissa + "E" + strconv.Itoa(power))
}
