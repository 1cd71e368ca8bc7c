# Sourced by script/conformance: a demonstration in a folder that goes away, somebody signed in, and how a case is told.

# Making the school takes seconds; a machine that compiles beside it takes many.
readonly START_S=120
# Nothing a client does here takes a second; a browser on a busy machine takes many.
readonly CASE_S=90
passed=0 failed=0 skipped=0
work=$(mktemp -d)
# Some clients leave root's rights behind and read what is here.
chmod 755 "$work"
started=()

leave() {
  local process
  for process in "${started[@]}"; do kill "$process" 2>/dev/null || true; done
  wait 2>/dev/null || true
  if [ "$failed" = 0 ]; then rm -rf "$work"; else echo "what was seen lies in $work"; fi
}
trap leave EXIT
trap 'exit 130' INT TERM

# One line for each case: what came out, who, what was tried, what was seen.
told() {
  printf '%-7s  %-12s  %-34s  %s\n' "$1" "$2" "$3" "${4:-}"
  case "$1" in ok) passed=$((passed + 1)) ;; FAILED) failed=$((failed + 1)) ;; skipped) skipped=$((skipped + 1)) ;; esac
}

# The line that ends a part, and its exit status.
closing() {
  printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" = 0 ]
}

# Waits for a thing, looking often: until WHAT SECONDS COMMAND…
until_there() {
  local what="$1" until=$((SECONDS + $2))
  shift 2
  while ! "$@" >/dev/null 2>&1; do
    if [ "$SECONDS" -ge "$until" ]; then
      echo "$what did not come; the log says:" >&2
      tail -n 20 "$work"/*.log >&2
      exit 1
    fi
    sleep 0.1
  done
}

# The program to try.
find_usher() {
  if [ -z "${USHER:-}" ]; then
    export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HOME/.cache/usher/target}"
    "$root/script/needs" npm=npm cc=gcc cmake=cmake
    (cd "$root" && script/front && cargo build --locked --package usher)
    USHER="$CARGO_TARGET_DIR/debug/usher"
  fi
  [ -x "$USHER" ] || { echo "$USHER is not a program" >&2; exit 1; }
}

# Something the card says: card NAME.
card() {
  sed -n "s/^  \"$1\": \"\(.*\)\",\{0,1\}\$/\1/p" "$work/card.json"
}

# Starts the school. Names in $work/hosts lead where that file says, for the gateway only.
open_school() {
  find_usher
  "$root/script/needs" curl=curl "$(nss_wrapper)=libnss-wrapper"
  local any=127.0.0.1:0
  : >"$work/hosts"
  LD_PRELOAD=libnss_wrapper.so NSS_WRAPPER_HOSTS="$work/hosts" "$USHER" demo --data "$work/school" \
    --card "$work/card.json" --gateway "$any" --portal "$any" --desk "$any" >"$work/usher.log" 2>&1 &
  started+=($!)
  until_there "the demonstration" "$START_S" test -s "$work/card.json"
  gateway=$(card gateway)
  gateway_at=${gateway#http://}
  authority=$(card certificate)
  sites_authority="$work/school/sites-authority.pem"
  config=$(card config)
  until_there "the gateway" "$START_S" fetched "$gateway/"
}

# The library that answers a program's look-ups from a file, where it is installed.
nss_wrapper() {
  local found
  found=$(find /usr/lib -maxdepth 2 -name libnss_wrapper.so 2>/dev/null | head -n 1)
  echo "${found:-libnss_wrapper.so}"
}

fetched() { [ "$(curl --silent --output /dev/null --write-out '%{http_code}' "$1")" != 000 ]; }

# Asks as a browser would, through the gateway.
ask() {
  curl --silent --show-error --max-time "$CASE_S" --proxy "$gateway" --cacert "$authority" \
    --header 'Accept: text/html' --header 'Sec-Fetch-Dest: document' "$@"
}

# Signs somebody in at the portal: sign_in USERNAME PASSWORD [ADDRESS]. The address is then theirs.
sign_in() {
  local form token status from=(--interface "${3:-127.0.0.1}")
  form=$(ask "${from[@]}" 'https://usher.internal/sign-in?for=adult')
  token=$(sed -n 's/.*name="_form" value="\([^"]*\)".*/\1/p' <<<"$form" | head -n 1)
  status=$(ask "${from[@]}" --output /dev/null --write-out '%{http_code}' --header 'Origin: https://usher.internal' \
    --data-urlencode "_form=$token" --data for=adult --data "username=$1" --data-urlencode "password=$2" \
    --data clause=yes https://usher.internal/sign-in)
  [ "$status" = 303 ] || { echo "$1 could not sign in: $status" >&2; exit 1; }
}

# The secret the card tells for somebody.
secret_of() {
  sed -n "/\"username\": \"$1\"/{n;s/.*\"secret\": \"\(.*\)\",/\1/p}" "$work/card.json"
}
