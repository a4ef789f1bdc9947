package media

// Facet is what the text tells of beside its topics, by its id.
func (v *Verdict) Facet(id string) (Facet, bool) {
	for _, f := range v.Facets {
		if f.ID == id {
			return f, true
		}
	}
	return Facet{}, false
}
