package process

import "heliograph/adapters/signalcli"

// arguments is Arguments with what holds for the account: the trust mode, a global option that JSON-RPC does not have.
func (c *Carrier) arguments(call signalcli.Call) (args []string, stdin string, err error) {
	args, stdin, err = Arguments(c.options.ConfigDir, call)
	if err != nil || c.options.TrustMode == nil || call.Account == "" {
		return args, stdin, err
	}
	if mode := c.options.TrustMode(call.Account); mode != "" {
		args = append([]string{"--trust-new-identities=" + string(mode)}, args...)
	}
	return args, stdin, nil
}
