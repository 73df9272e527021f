package memkv_test

import (
	"testing"

	"heliograph/adapters/memkv"
	"heliograph/test/conformance/keyvaluetest"
)

func TestKeyValue(t *testing.T) {
	keyvaluetest.Run(t, func(testing.TB) keyvaluetest.Harness {
		store := memkv.New()
		return keyvaluetest.Harness{Store: store, Second: store}
	})
}
