package deliver

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestHookPorts: a hook may listen at any port of a public address by TLS; what is inside is refused at any port when it is dialled,
// and let only where somebody said so.
func TestHookPorts(t *testing.T) {
	client := serviceClient(Options{Timeout: time.Second}, hookPorts())
	dial := client.Transport.(*http.Transport).DialContext
	for _, address := range []string{"127.0.0.1:8443", "10.1.2.3:443", "192.168.1.1:8443", "169.254.169.254:80", "[::1]:8443", "[fd00::1]:9443", "[::ffff:127.0.0.1]:8443", "100.64.0.1:8443"} {
		if _, err := dial(t.Context(), "tcp", address); err == nil || !strings.Contains(err.Error(), "prohibited IP address") {
			t.Errorf("%s was dialled: %v", address, err)
		}
	}
	if err := CheckHook("https://may.example:8443/nhan", false); err != nil {
		t.Errorf("another port than 443: %v", err)
	}
	if control := publicOnly(false, hookPorts()); control("tcp4", "93.184.216.34:8443", nil) != nil || control("tcp6", "[2606:2800:220:1:248:1893:25c8:1946]:1", nil) != nil {
		t.Error("a public address is refused at a port other than 443")
	}
	if publicOnly(true, hookPorts()) != nil {
		t.Error("an office that let its own network in is kept from it")
	}
	if CheckHook("http://may.example:8443/", false) == nil {
		t.Error("a port is told without TLS")
	}
}
