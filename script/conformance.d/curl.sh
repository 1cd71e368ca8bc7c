# curl's own suite through the proxy. The suite's servers are built from Debian's source of curl; the curl that is tried is
# Debian's own program. Everything is run through tinyproxy first: what fails with any proxy is told from what fails with ours.
#
# Tried are the cases that need one HTTP server of the suite, no program of the suite's own, and no proxy they chose
# themselves. `curl-hops.pl` compares messages as what went in and came out of a proxy. `curl-known.txt` names the cases
# that fail with us and why. A run of all of them writes docs/conformance-curl.md: each case that failed or was not run, its name
# and the reason. A case without a reason makes this script fail.

# The demonstration's own network, so that the policy reaches it; above the addresses of its sites.
readonly SUITE_ADDRESS=127.0.77.99
# A case takes a tenth of a second; one that is not done by then hangs.
readonly HANGS_S=20

conformance_curl() {
  local tests="" few="" unexplained=0
  if [ "${1:-}" = --tests ]; then tests="${2:?numbers of cases}" few=yes; fi
  "$root/script/needs" perl=perl cc=gcc make=make tinyproxy=tinyproxy curl=curl
  fetch_curl_source
  build_curl_servers
  open_school
  sign_in teacher.y4 "$(secret_of teacher.y4)"
  let_ports_be_any
  start_tinyproxy
  # A case that hangs is told as one that failed.
  printf '#!/bin/sh\nexec timeout %s curl "$@"\n' "$HANGS_S" >"$work/curl-in-time"
  chmod +x "$work/curl-in-time"
  [ -n "$tests" ] || tests=$(choose_cases)
  run_suite tinyproxy "http://127.0.0.1:$tinyproxy_port" "$tests"
  run_suite usher "$gateway" "$tests"
  # A few cases make no page.
  [ -n "$few" ] || write_page "$root/docs/conformance-curl.md" || unexplained=1
  compare_suites && [ "$unexplained" = 0 ]
}

# Debian's source of the curl that is installed, kept from run to run.
fetch_curl_source() {
  local kept="${XDG_CACHE_HOME:-$HOME/.cache}/usher/curl-source" sources="$work/curl.sources"
  mkdir -p "$kept" "$work/lists/partial"
  curl_source=$(find "$kept" -mindepth 1 -maxdepth 1 -type d -name 'curl-*' | head -n 1)
  [ -z "$curl_source" ] || return 0
  # shellcheck source=/dev/null
  printf 'Types: deb-src\nURIs: http://deb.debian.org/debian\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
    "$(. /etc/os-release && echo "$VERSION_CODENAME")" /usr/share/keyrings/debian-archive-keyring.gpg >"$sources"
  local apt=(apt-get -qq -o "Dir::Etc::SourceList=$sources" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$work/lists"
    -o APT::Sandbox::User=root)
  echo "fetching Debian's source of curl"
  (cd "$kept" && "${apt[@]}" update && "${apt[@]}" source --download-only curl && tar -xf curl_*.orig.tar.*z)
  curl_source=$(find "$kept" -mindepth 1 -maxdepth 1 -type d -name 'curl-*' | head -n 1)
}

build_curl_servers() {
  [ ! -x "$curl_source/tests/server/sws" ] || return 0
  echo "building the suite's servers (a minute or two)"
  (
    cd "$curl_source"
    ./configure -q --disable-shared --without-ssl --without-libpsl --disable-ldap --without-brotli --without-zstd --without-zlib \
      --without-nghttp2 --without-libidn2
    make -s -C tests/server
  ) >"$work/build.log" 2>&1 || { tail -n 20 "$work/build.log" >&2; exit 1; }
}

# The suite's servers take whatever port is free; the starter policy opens few. That takes two people.
let_ports_be_any() {
  local draft
  secret_of head >"$work/head"
  secret_of dsl >"$work/dsl"
  "$USHER" --config "$config" policy show | sed '/^id = "web-ports-only"/,/^for = /s/^for = .*/for = ["pupils"]/' >"$work/policy.toml"
  draft=$("$USHER" --config "$config" policy publish --by head --password-file "$work/head" \
    --reason "curl's own tests are served on ports of their own" "$work/policy.toml" |
    sed -n 's/^It waits for a second person: draft \([^.]*\)\..*/\1/p')
  "$USHER" --config "$config" policy confirm "$draft" --by dsl --password-file "$work/dsl" >/dev/null
  until_there "the policy" "$START_S" not_refused "http://$SUITE_ADDRESS:9/"
}

# Nobody listens there: once the port is open, the answer is no refusal any more.
not_refused() { [ "$(ask --output /dev/null --write-out '%{http_code}' "$1")" != 403 ]; }

start_tinyproxy() {
  tinyproxy_port=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport')
  printf '%s\n' "Port $tinyproxy_port" 'Listen 127.0.0.1' 'Timeout 60' 'MaxClients 50' 'DisableViaHeader Yes' >"$work/tinyproxy.conf"
  tinyproxy -d -c "$work/tinyproxy.conf" >"$work/tinyproxy.log" 2>&1 &
  started+=($!)
  until_there tinyproxy "$START_S" fetched "http://127.0.0.1:$tinyproxy_port/"
}

# What is asked of each case: its number, and "run" or why it is left out.
sort_cases() {
  local file
  for file in "$curl_source"/tests/data/test[0-9]*; do
    awk -v number="${file##*/test}" '/<client>/ { client = 1 } /<\/client>/ { client = 0 }
         /<server>/ { servers = 1; next } /<\/server>/ { servers = 0 }
         servers && NF { count += 1; if ($1 != "http" && $1 != "none") other = $1 }
         /<tool>/ { tool = 1 }
         client && /proxy|-x |socks|--connect-to/ { own = 1 }
         servers && $1 == "none" { count -= 1 }
         END {
           if (tool) why = "runs a program of the suite in place of curl, mostly about its library"
           else if (other) why = "needs a server of another kind (" other ")"
           else if (count != 1) why = "asks no server anything"
           else if (own) why = "brings a proxy of its own, or says where connections go"
           else why = "run"
           print number, why
         }' "$file"
  done | sort -n
}

choose_cases() { sort_cases | sed -n 's/ run$//p'; }

# run_suite NAME PROXY CASES: what runtests.pl says goes to NAME.suite, the cases that failed and how to NAME.failed.
run_suite() {
  local began=$SECONDS
  # shellcheck disable=SC2086 # each number is an argument
  (cd "$curl_source/tests" && perl runtests.pl -a -n -L "$parts/curl-hops.pl" -c "$work/curl-in-time" -vc /usr/bin/curl \
    -o "HOSTIP=$SUITE_ADDRESS" -P "$2" $3) >"$work/$1.suite" 2>&1 || true
  # The number of the case, what of it failed, and its name.
  awk '/^test [0-9]+\.\.\.\[/ { number = substr($2, 1, 4) + 0; name = $0; sub(/^[^[]*/, "", name); told = 0 }
       /FAILED/ && !told { what = $0; sub(/^ *[0-9]*:? */, "", what); sub(/ *FAILED.*/, "", what); print number, what, name; told = 1 }' \
    "$work/$1.suite" >"$work/$1.failed"
  # A suite that stopped on its way has fewer failures and proves nothing.
  grep --quiet '^TESTDONE: .* reported OK' "$work/$1.suite" || { tail -n 20 "$work/$1.suite" >&2; exit 1; }
  sed -n 's/^TESTDONE: \(.* reported OK.*\)/\1/p' "$work/$1.suite" | sed "s/^/$1: /; s/\$/ ($((SECONDS - began)) s)/"
}

# The cases that were chosen and did not run, each with what the suite says; that it says of a few of each kind.
not_run() {
  local number why
  comm -23 <(choose_cases | sort) <(sed -n 's/^test 0*\([0-9]*\)\.\.\.\[.*/\1/p' "$1" | sort) | sort -n | while read -r number; do
    why=$(sed -n "s/^test 0*$number SKIPPED: //p" "$1")
    if [ -z "$why" ] && awk '/<features>/ { in_it = 1 } /<\/features>/ { in_it = 0 } in_it && $1 == "debug" { found = 1 }
      END { exit !found }' "$curl_source/tests/data/test$number"; then
      why="curl lacks debug support"
    elif [ -z "$why" ]; then
      why=$(grep -o -m 1 'Test requires default test server host' "$curl_source/tests/data/test$number" || true)
    fi
    case "$why" in
      "curl lacks debug support") why="needs a curl built for finding faults in curl; Debian's is not" ;;
      "Test requires default test server host" | *"HOSTIPs ending with .0.0.1") why="wants its server at curl's usual address; here it is at another, so that the policy reaches it" ;;
      "listed in DISABLED") why="switched off by curl's own people" ;;
    esac
    echo "$number $why"
  done
}

name_of() { awk '/<name>/ { getline; gsub(/[|<>]/, "\\\\&"); print; exit }' "$curl_source/tests/data/test$1"; }

# A page of all that did not come out as curl wants it, with reasons; what has none is told and counted.
write_page() {
  local page="$1" number what name reason missing=0
  {
    printf '%s\n' "# Each case of curl's suite that fails or is not run" "" \
      "Written by \`script/conformance curl\`; what it means is in [conformance.md](conformance.md). The suite is that of ${curl_source##*/}." "" \
      "## Fails with Usher" "" "| case | its name | with tinyproxy too | reason |" "|---|---|---|---|"
    while read -r number what name; do
      reason=$(sed -n "s/^$number //p" "$parts/curl-known.txt")
      printf '| %s | %s | %s | %s |\n' "$number" "$(name_of "$number")" \
        "$(grep --quiet "^$number " "$work/tinyproxy.failed" && echo yes)" "${reason:-NO REASON}"
    done <"$work/usher.failed"
    printf '%s\n' "" "## Chosen and not run" "" "| case | its name | reason |" "|---|---|---|"
    not_run "$work/usher.suite" | while read -r number reason; do
      printf '| %s | %s | %s |\n' "$number" "$(name_of "$number")" "${reason:-NO REASON}"
    done
    printf '%s\n' "" "## Not chosen" "" "| files | the case … |" "|---|---|"
    sort_cases | cut -d' ' -f2- | sort | uniq -c | sort -rn | while read -r number reason; do
      [ "$reason" = run ] || printf '| %s | %s |\n' "$number" "$reason"
    done
  } >"$page"
  missing=$(grep -c "NO REASON" "$page" || true)
  printf 'written: %s; cases without a reason: %s\n' "$page" "$missing"
  [ "$missing" = 0 ]
}

compare_suites() {
  local number what name reason new=0
  echo
  sed -n 's/^TESTINFO: \("\)/left out: \1/p' "$work/usher.suite"
  echo
  while read -r number what name; do
    reason=$(sed -n "s/^$number //p" "$parts/curl-known.txt")
    if grep --quiet "^$number " "$work/tinyproxy.failed"; then
      told any-too "$number" "$what" "$name: ${reason:-NO REASON}"
      [ -n "$reason" ] || new=$((new + 1))
    elif [ -n "$reason" ]; then
      told known "$number" "$what" "$name: $reason"
    else
      told FAILED "$number" "$what" "$name"
      new=$((new + 1))
    fi
  done <"$work/usher.failed"
  printf '\n%s cases fail with Usher, %s with tinyproxy; %s with Usher and for no known reason\n' \
    "$(wc -l <"$work/usher.failed")" "$(wc -l <"$work/tinyproxy.failed")" "$new"
  cp "$work"/{usher,tinyproxy}.{suite,failed} "$curl_source/.." 2>/dev/null || true
  [ "$new" = 0 ]
}
