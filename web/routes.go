package web

import "net/http"

// Roles say who may use a route once there are accounts. Until then the
// program binds loopback only.
const (
	public = "public" // no account needed
	viewer = "viewer" // anyone who may see the desk
)

type route struct {
	method, path, role string
	handler            http.Handler
}

// routes is the one table of everything the desk answers.
func (s *site) routes() []route {
	table := []route{
		{"GET", "/{$}", viewer, http.HandlerFunc(s.board)},
		{"GET", "/tien-do/{quota}/{owner}/{period}", viewer, http.HandlerFunc(s.standing)},
		{"GET", "/sap-toi", viewer, http.HandlerFunc(s.ahead)},
		{"GET", "/tien-do/{quota}/{province}/{owner}/{period}", viewer, http.HandlerFunc(s.standing)}, // the owner's whole id
		{"GET", "/quotas/{quota}", viewer, http.HandlerFunc(s.quota)},
		{"GET", "/bao-tin", viewer, http.HandlerFunc(s.told)},
		{"GET", "/nguon", viewer, http.HandlerFunc(s.sources)},
		{"GET", "/tin-bai", viewer, http.HandlerFunc(s.items)},
		{"GET", "/tin-bai/{id}", viewer, http.HandlerFunc(s.item)},
		{"GET", "/bao-cao", viewer, http.HandlerFunc(s.reports)},
		{"GET", "/bao-cao/{period}/{format}", viewer, http.HandlerFunc(s.report)},
		{"GET", "/lich/{file}", viewer, http.HandlerFunc(s.feed)},
		{"GET", "/bien-ban/{closing}", viewer, http.HandlerFunc(s.certificate)},
		{"GET", "/static/style.css", public, static("style.css", "text/css; charset=utf-8")},
		{"GET", "/static/loa.svg", public, static("loa.svg", "image/svg+xml")},
		{"GET", "/healthz", public, http.HandlerFunc(s.healthz)},
	}
	if s.Metrics != nil {
		table = append(table, route{"GET", "/metrics", public, s.Metrics})
	}
	return table
}

// healthz answers 200 while the store can be read.
func (s *site) healthz(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if _, _, err := s.Standings.Evaluation(r.Context(), s.Plan.ID); err != nil {
		s.Log.ErrorContext(r.Context(), "health check", "error", err)
		http.Error(w, "store unreadable", http.StatusServiceUnavailable)
		return
	}
	if _, err := w.Write([]byte("ok\n")); err != nil {
		s.Log.DebugContext(r.Context(), "write health", "error", err)
	}
}
