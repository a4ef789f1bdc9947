package keep

import "testing"

// OpenFake opens a storage on loopback for the tests of the door.
func OpenFake(t *testing.T) *Objects {
	o, _ := newFake(t).open(t)
	return o
}
