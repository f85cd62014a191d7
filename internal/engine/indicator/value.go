package indicator

import (
	"math"
	"math/big"
	"sort"
	"strconv"
	"strings"

	"trucot/internal/kernel/fault"
)

// Value is a number in thousandths: 1.5 is 1500. Sums of thousandths are exact, so that a total equals the
// sum of its parts whatever the order of adding.
type Value int64

// NoValue is the absent number: nothing recorded, or a ratio over zero. It is not zero.
const NoValue Value = math.MinInt64

// One is the value 1.
const One Value = 1000

// Of is the value of a whole number.
func Of(n int64) Value { return Value(n) * One }

// ParseValue reads a plain decimal, "-12.345": a point before at most three decimals, no grouping. Empty is
// NoValue. Error: fault.Invalid "indicator.bad_value".
func ParseValue(s string) (Value, error) {
	if s == "" {
		return NoValue, nil
	}
	digits, negative := strings.CutPrefix(s, "-")
	whole, decimals, pointed := strings.Cut(digits, ".")
	if !allDigits(whole) || pointed && !allDigits(decimals) || len(decimals) > 3 || len(whole) > 15 {
		return NoValue, fault.New(fault.Invalid, "indicator.bad_value", "text", s)
	}
	n, err := strconv.ParseInt(whole+(decimals + "000")[:3], 10, 64)
	if err != nil {
		return NoValue, fault.New(fault.Invalid, "indicator.bad_value", "text", s)
	}
	if negative {
		n = -n
	}
	return Value(n), nil
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// FromFloat rounds a float to the nearest thousandth, halves away from zero. Numbers that do not fit are NoValue.
func FromFloat(f float64) Value {
	f = math.Round(f * 1000)
	if math.IsNaN(f) || math.Abs(f) > 1<<62 {
		return NoValue
	}
	return Value(f)
}

// String is the shortest plain decimal, "12.5"; empty for NoValue.
func (v Value) String() string {
	if v == NoValue {
		return ""
	}
	sign := ""
	u := uint64(v)
	if v < 0 {
		sign, u = "-", -u
	}
	s := strconv.FormatUint(u/1000, 10)
	if r := u % 1000; r != 0 {
		s += "." + strings.TrimRight(strconv.FormatUint(1000+r, 10)[1:], "0")
	}
	return sign + s
}

// MarshalJSON writes a JSON number, or null for NoValue.
func (v Value) MarshalJSON() ([]byte, error) {
	if v == NoValue {
		return []byte("null"), nil
	}
	return []byte(v.String()), nil
}

// UnmarshalJSON reads a JSON number of at most three decimals, a string of the same form, or null.
func (v *Value) UnmarshalJSON(b []byte) error {
	s := strings.Trim(string(b), `"`)
	if s == "null" {
		s = ""
	}
	var err error
	*v, err = ParseValue(s)
	return err
}

// Add is v + w, where an absent number counts as nothing; two absent numbers stay absent.
func (v Value) Add(w Value) Value {
	switch {
	case v == NoValue:
		return w
	case w == NoValue:
		return v
	}
	return v + w
}

// Neg is −v; NoValue stays.
func (v Value) Neg() Value {
	if v == NoValue {
		return v
	}
	return -v
}

// Round rounds to 0–3 decimal places, halves away from zero: 2.5 → 3, −2.5 → −3. This is the only rounding
// rule of the program. Truncation, which some published tables use (98.62 + 1.38 where rounding gives 98.63 + 1.37),
// is never used, since the reader cannot tell it from an error.
func (v Value) Round(places int) Value {
	if v == NoValue {
		return v
	}
	step := stepOf(places)
	half := step / 2
	if v < 0 {
		return (v - half) / step * step
	}
	return (v + half) / step * step
}

// stepOf is one unit of the last of the given decimal places, in thousandths.
func stepOf(places int) Value {
	return [4]Value{1000, 100, 10, 1}[min(max(places, 0), 3)]
}

// Quotient is of ÷ over × scale, rounded once to the given places. It is NoValue where either is absent or
// over is zero: a share of nothing is not 0 %.
func Quotient(of, over Value, scale int64, places int) Value {
	if of == NoValue || over == NoValue || over == 0 {
		return NoValue
	}
	step := int64(stepOf(places))
	// n/d is the answer in units of step: of*scale*1000 / (over*step). Rounded by adding half of d.
	n := new(big.Int).Mul(big.NewInt(int64(of)), big.NewInt(scale*1000))
	d := new(big.Int).Mul(big.NewInt(int64(over)), big.NewInt(step))
	negative := n.Sign()*d.Sign() < 0
	n.Abs(n).Mul(n, big.NewInt(2)).Add(n, d.Abs(d))
	n.Quo(n, d.Mul(d, big.NewInt(2)))
	if !n.IsInt64() || n.Int64() > math.MaxInt64/step {
		return NoValue
	}
	q := Value(n.Int64() * step)
	if negative {
		return -q
	}
	return q
}

// Percentages are the shares of the parts in their sum, at 0–3 decimal places, adding up to exactly 100 by
// the largest remainder: each share is cut down to the place, and what is missing goes one unit each to the
// shares that lost most, the earlier part first on a tie. Rounding each share on its own gives tables that add up to 99.9
// or 100.1, and the reader of a report then doubts the counts. A share so moved differs from its rounded
// value by less than one unit of the last place.
//
// Absent parts stay absent. A negative part or a sum of zero has no shares: all are NoValue.
func Percentages(parts []Value, places int) []Value {
	out := make([]Value, len(parts))
	var sum Value
	for i, p := range parts {
		out[i] = NoValue
		if p == NoValue {
			continue
		}
		if p < 0 {
			return absent(len(parts))
		}
		sum += p
	}
	if sum <= 0 {
		return absent(len(parts))
	}
	step := stepOf(places)
	type lost struct {
		i         int
		remainder *big.Int
	}
	var order []lost
	left := Of(100)
	for i, p := range parts {
		if p == NoValue {
			continue
		}
		n := new(big.Int).Mul(big.NewInt(int64(p)), big.NewInt(int64(Of(100)/step)))
		q, r := n.QuoRem(n, big.NewInt(int64(sum)), new(big.Int))
		out[i] = Value(q.Int64()) * step
		left -= out[i]
		order = append(order, lost{i, r})
	}
	sort.SliceStable(order, func(a, b int) bool { return order[a].remainder.Cmp(order[b].remainder) > 0 })
	for k := 0; left > 0; k++ {
		out[order[k].i] += step
		left -= step
	}
	return out
}

func absent(n int) []Value {
	out := make([]Value, n)
	for i := range out {
		out[i] = NoValue
	}
	return out
}

// Float is the value as a floating-point number, for drawing; 0 for NoValue.
func (v Value) Float() float64 {
	if v == NoValue {
		return 0
	}
	return float64(v) / 1000
}
