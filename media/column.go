package media

import "time"

// Column is a named recurring slot in print, on line or on air (chuyên mục).
type Column struct {
	ID       string // slug, such as "cchc"
	Agency   string
	Name     string
	Aliases  []Alias
	From, To time.Time // validity, To exclusive; zero means open-ended
	Topics   []string  // agreed: what stands in it is about these, whatever its title says. None: each piece says for itself
}

// Alias is another name of a column, for as long as it was called so.
type Alias struct {
	Name     string
	From, To time.Time // To exclusive; zero means open-ended
}

// Aliases are names without dates.
func Aliases(names ...string) []Alias {
	var out []Alias
	for _, n := range names {
		out = append(out, Alias{Name: n})
	}
	return out
}

func within(t, from, to time.Time) bool {
	return (from.IsZero() || !t.Before(from)) && (to.IsZero() || t.Before(to))
}

// Names lists what the column is called at t, its own name first; none where it
// did not exist.
func (c Column) Names(t time.Time) []string {
	if !within(t, c.From, c.To) {
		return nil
	}
	out := []string{c.Name}
	for _, a := range c.Aliases {
		if within(t, a.From, a.To) {
			out = append(out, a.Name)
		}
	}
	return out
}
