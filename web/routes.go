package web

import (
	"net/http"

	"loa/web/access"
)

// route is one thing the desk answers. May is the right that the person's role must have; a role that is confined
// to its agencies is let in only where own says that the handler keeps to them.
type route struct {
	method, path string
	may          access.Right
	own          bool
	handler      http.HandlerFunc
}

// routes is the one table of everything the desk answers, page by page.
func (s *site) routes() []route {
	table := []route{
		{"GET", "/tien-do/{quota}/{owner}/{period}", access.See, true, s.standing},
		{"GET", "/sap-toi", access.See, true, s.ahead},
		{"GET", "/tien-do/{quota}/{province}/{owner}/{period}", access.See, true, s.standing}, // the owner's whole id
		{"GET", "/quotas/{quota}", access.See, false, s.quota},
		{"GET", "/bao-tin", access.See, false, s.told},
		{"GET", "/nguon", access.See, false, s.sources},
		{"GET", "/tin-bai", access.See, true, s.items},
		{"GET", "/tin-bai/{id}", access.See, true, s.item},
		{"GET", "/bao-cao", access.See, false, s.reports},
		{"GET", "/bao-cao/{period}/{format}", access.See, false, s.report},
		{"GET", "/lich/{file}", access.See, true, s.feed},
		{"GET", "/bien-ban/{closing}", access.See, false, s.certificate},
		{"GET", "/static/style.css", access.Public, false, styles()},
		{"GET", "/static/desk.js", access.Public, false, static("desk.js", "text/javascript; charset=utf-8")},
		{"GET", "/static/loa.svg", access.Public, false, static("loa.svg", "image/svg+xml")},
		{"GET", "/healthz", access.Public, false, s.healthz},
		{"GET", "/readyz", access.Public, false, s.readyz},
	}
	table = append(table, s.collectRoutes()...)
	table = append(table, s.todayRoutes()...)
	table = append(table, s.loginRoutes()...)
	table = append(table, s.accountRoutes()...)
	table = append(table, s.airRoutes()...)
	table = append(table, s.auditRoutes()...)
	table = append(table, s.programRoutes()...)
	table = append(table, s.reviewRoutes()...)
	table = append(table, s.handinRoutes()...)
	table = append(table, s.closingRoutes()...)
	table = append(table, s.paperRoutes()...)
	table = append(table, s.settingsRoutes()...)
	table = append(table, s.sourcingRoutes()...)
	table = append(table, s.backupRoutes()...)
	table = append(table, s.packRoutes()...)
	table = append(table, s.quarantineRoutes()...)
	table = append(table, s.remindingRoutes()...)
	table = append(table, s.scoringRoutes()...)
	if s.Metrics != nil {
		table = append(table, route{"GET", "/metrics", access.Public, false, s.Metrics.ServeHTTP})
	}
	return table
}

// lets reports whether a role gets to the handler at all. Who inspects reads everything but copies and simulated points, and changes nothing.
func (rt route) lets(role access.Role) bool {
	if role == access.Inspector && rt.method == http.MethodGet && rt.may != access.Backup && rt.may != access.Score {
		return true
	}
	return role.May(rt.may) && (rt.own || !role.Scoped() || rt.may == access.Public || rt.may == access.Enter)
}

// readyz answers 200 while people may be sent here: not before the first pages are made ready, not once the program is to stop, and not
// without a store.
func (s *site) readyz(w http.ResponseWriter, r *http.Request) {
	if s.Ready != nil {
		if why := s.Ready(); why != "" {
			http.Error(w, why, http.StatusServiceUnavailable)
			return
		}
	}
	s.healthz(w, r)
}

// healthz answers 200 while the store can be read.
func (s *site) healthz(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	none := StandingQuery{Owners: []string{""}} // the head of the evaluation is read, and nobody's standings
	if _, _, err := s.Standings.Some(r.Context(), s.Plan.ID, none); err != nil {
		s.Log.ErrorContext(r.Context(), "health check", "error", err)
		http.Error(w, "store unreadable", http.StatusServiceUnavailable)
		return
	}
	if _, err := w.Write([]byte("ok\n")); err != nil {
		s.Log.DebugContext(r.Context(), "write health", "error", err)
	}
}
