#!/bin/sh
# Runs every fuzz target of the repository for the time given, one after the
# other; go allows one target a run. A crash leaves its input in testdata/fuzz.
#
# Up to Go 1.26 the end of the time itself can be reported as a failure, the bare
# line "context deadline exceeded" without an input (golang/go#75804, fixed in
# Go 1.27). That one line is no finding; every other failure is.
set -eu
time=${1:?usage: test/fuzz.sh TIME, such as 3s}
count=0
for file in $(grep -rlE '^func Fuzz' --include='*_test.go' . --exclude-dir=build | sort); do
	folder=$(dirname "$file")
	for target in $(sed -nE 's/^func (Fuzz[A-Za-z0-9_]*)\(.*/\1/p' "$file"); do
		if ! output=$("${GO:-go}" test -run='^$' -fuzz="^$target\$" -fuzztime="$time" "$folder" 2>&1); then
			if printf '%s\n' "$output" | grep -q '^    context deadline exceeded$' &&
				! printf '%s\n' "$output" | grep -qE 'Failing input|panic|fatal error|_test\.go:'; then
				count=$((count + 1))
				continue
			fi
			printf '%s\n' "$output"
			printf 'FAIL %s %s\n' "$folder" "$target"
			exit 1
		fi
		count=$((count + 1))
	done
done
[ "$count" -gt 0 ] || { echo "found no fuzz target"; exit 1; }
echo "ok   $count fuzz targets, $time each"
