#!/bin/sh
# Questions a running gateway on the simulator with Schemathesis, by its own
# description of the API.
#
#   test/clients/schemathesis.sh URL [OPTION...]
#
# HELIOGRAPH_TOKEN must be the gateway's: without one the checks of authentication
# cannot hold. HELIOGRAPH_ATTACHMENT, HELIOGRAPH_GROUP and HELIOGRAPH_WEBHOOK may name an attachment and a
# group of Alice's, and a webhook; the default is none, and the demo's group. Options are those of `schemathesis run`.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
clients=$here/../../build/clients
url=$1
shift
: "${HELIOGRAPH_TOKEN:?must be the token of the gateway}" "${HELIOGRAPH_ATTACHMENT:=none}" "${HELIOGRAPH_WEBHOOK:=none}"
: "${HELIOGRAPH_GROUP:=group.YUdWc2FXOW5jbUZ3YUMxa1pXMXZMV2R5YjNWd0xUQXhNak0wTlRZM09Eaz0=}"
export HELIOGRAPH_ATTACHMENT HELIOGRAPH_GROUP HELIOGRAPH_WEBHOOK
[ -x "$clients/schemathesis/bin/schemathesis" ] || { echo 'clients absent: run make clients' >&2; exit 1; }

exec "$clients/schemathesis/bin/schemathesis" --no-color --config-file "$here/schemathesis.toml" \
	run "$url/openapi.yaml" --url "$url" --header "Authorization: Bearer $HELIOGRAPH_TOKEN" "$@"
