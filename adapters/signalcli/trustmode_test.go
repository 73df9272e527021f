package signalcli_test

import (
	"testing"

	"heliograph/adapters/signalcli"
	"heliograph/domain"
	"heliograph/test/conformance/trustmodestest"
)

func TestTrustModesConformance(t *testing.T) {
	for mode, in := range map[signalcli.FixedTrustMode]domain.TrustMode{"": domain.TrustOnFirstUse, "always": domain.TrustAlways, "never": domain.TrustNever} {
		t.Run(string(in), func(t *testing.T) {
			trustmodestest.Run(t, func(*testing.T) trustmodestest.Harness {
				return trustmodestest.Harness{Account: account, Other: "+15550100002", Fixed: in,
					Open: func(*testing.T) trustmodestest.Modes { return mode }}
			})
		})
	}
}
