# sarg, goaccess and lightsquid on a log that Usher wrote: do they count what Usher counts? A played week of the demonstration, or
# with `--log FILE --totals FILE` a log that is there and what `usher report totals --json` said of what was recorded.

conformance_logs() {
  local log="" totals=""
  while [ $# -gt 0 ]; do
    case "$1" in
      --log) log="$2" ;;
      --totals) totals="$2" ;;
      *) echo "what is $1?" >&2; exit 2 ;;
    esac
    shift 2
  done
  "$root/script/needs" sarg=sarg goaccess=goaccess /usr/share/lightsquid=lightsquid python3=python3
  if [ -z "$log" ]; then
    find_usher
    log="$work/access.log" totals="$work/totals.json"
    local any=127.0.0.1:0 days=(--from 2026-11-23 --until 2026-11-29) config="$work/school/usher.toml"
    "$USHER" demo --data "$work/school" --play week --scale 20 --then-stop --gateway "$any" --portal "$any" --desk "$any" \
      >"$work/usher.log" 2>&1
    "$USHER" --config "$config" report export --format squid "${days[@]}" --out "$log"
    "$USHER" --config "$config" report totals --json "${days[@]}" >"$totals"
  fi
  mkdir "$work/tools"
  if python3 "$parts/logs.py" "$log" "$totals" "$work/tools"; then return 0; fi
  failed=1
  return 1
}
