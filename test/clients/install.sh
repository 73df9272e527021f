#!/bin/sh
# Installs the clients that the tests of this folder drive, each from its own
# registry at the version pinned here, into a folder that git ignores.
#
#   test/clients/install.sh [DIR]        default: build/clients in the repository
#
# What is left in DIR:
#
#   python/         venv: pysignalclirestapi, apprise, signalbot 2
#   signalbot1/     venv: signalbot 1, which cannot live beside signalbot 2
#   schemathesis/   venv: the tester of the API description
#   node/           piece-signal-cli-rest-api with its dependencies
#   shoutrrr/drive  our driver, built with shoutrrr
#   receivers/      what the examples of webhook receivers need: python/ (venv), node/, and the Go one, built
#   installed       checksum of the pins and of the driver that all this was made from
#
# A second run changes nothing. Exit status 1 with one message where something
# is missing.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
examples=$root/examples/webhook-receivers
dir=${1-$root/build/clients}

die() { printf 'clients: %s\n' "$*" >&2; exit 1; }

# sums: checksums of everything that decides what is installed.
sums() {
	(cd "$here" && cksum install.sh python/requirements*.txt node/package.json node/package-lock.json \
		shoutrrr/go.mod shoutrrr/go.sum shoutrrr/*.go)
	(cd "$examples" && cksum python/requirements.txt node/package.json node/package-lock.json go/go.mod go/go.sum go/*.go)
}

# find_python: sets python to one that the clients run on (signalbot 2 wants 3.11).
find_python() {
	for python in python3.13 python3.12 python3.11 python3 python; do
		"$python" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && return
	done
	die 'needs Python 3.11 or newer with the module venv'
}

# venv NAME FILE: a fresh environment with exactly these packages. The first
# one brings the pip that fills them all; bytecode is made when something runs.
venv() {
	rm -rf "${dir:?}/$1"
	if [ -x "$dir/python/bin/pip" ]; then
		"$python" -m venv --without-pip "$dir/$1"
	else
		"$python" -m venv "$dir/$1"
	fi || die "python could not make the environment $1"
	log=$("$dir/python/bin/pip" --disable-pip-version-check --python "$dir/$1/bin/python" install --quiet --no-compile \
		--no-deps --only-binary :all: --requirement "$2" 2>&1) || die "pip could not install $2: $log"
	"$dir/python/bin/pip" --disable-pip-version-check --python "$dir/$1/bin/python" check >/dev/null ||
		die "the packages of $2 do not fit together"
}

# node_packages NAME FOLDER: the packages of the folder's package-lock.json, without running their scripts.
node_packages() {
	rm -rf "${dir:?}/$1"
	mkdir -p "$dir/$1"
	cp "$2/package.json" "$2/package-lock.json" "$dir/$1"
	log=$(cd "$dir/$1" && npm ci --ignore-scripts --no-audit --no-fund --silent 2>&1) ||
		die "npm could not install the packages of $1: $log"
}

if [ -f "$dir/installed" ] && sums | cmp -s - "$dir/installed"; then
	printf 'clients in %s\n' "$dir"
	exit 0
fi
command -v npm >/dev/null 2>&1 || die 'needs Node.js with npm'
command -v go >/dev/null 2>&1 || die 'needs Go'
find_python
mkdir -p "$dir/shoutrrr"
rm -rf "$dir/installed" "$dir/python"
venv python "$here/python/requirements.txt"
venv signalbot1 "$here/python/requirements-signalbot1.txt"
venv schemathesis "$here/python/requirements-schemathesis.txt"
node_packages node "$here/node"
venv receivers/python "$examples/python/requirements.txt"
node_packages receivers/node "$examples/node"
(cd "$here/shoutrrr" && CGO_ENABLED=0 go build -o "$dir/shoutrrr/drive" .) || die 'go could not build shoutrrr/drive'
(cd "$examples/go" && CGO_ENABLED=0 go build -o "$dir/receivers/go" .) || die 'go could not build the example of a receiver'
sums >"$dir/installed.new"
mv "$dir/installed.new" "$dir/installed"
printf 'clients in %s\n' "$dir"
