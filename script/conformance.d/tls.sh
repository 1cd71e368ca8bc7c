# testssl.sh and sslscan against the inspected side: the TLS that this gateway presents to the school's devices in place of
# a site's. It is reached as devices reach it, by CONNECT.

# A scan makes hundreds of handshakes; each is quick.
readonly SCAN_S=420

conformance_tls() {
  "$root/script/needs" testssl=testssl.sh sslscan=sslscan socat=socat curl=curl python3=python3
  open_school
  sign_in teacher.y4 "$(secret_of teacher.y4)"
  open_tunnels
  scan_with_testssl
  scan_with_sslscan
  closing
}

# Scanners connect to a port of this machine, and each connection goes through the gateway's CONNECT.
open_tunnels() {
  tunnels=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  socat "TCP-LISTEN:$tunnels,bind=127.0.0.1,fork,reuseaddr" \
    "PROXY:${gateway_at%:*}:encyclopaedia.example:443,proxyport=${gateway_at##*:}" 2>"$work/socat.log" &
  started+=($!)
  until_there socat "$START_S" bash -c ": </dev/tcp/127.0.0.1/$tunnels"
}

scan_with_testssl() {
  local out="$work/testssl.csv" line id severity finding reason weak=0
  timeout "$SCAN_S" testssl --quiet --color 0 --warnings off --ip 127.0.0.1 --add-ca "$authority" --openssl-timeout 20 \
    --protocols --server-defaults --server-preference --fs --vulnerable --std --csvfile "$out" \
    "https://encyclopaedia.example:$tunnels/" </dev/null >"$work/testssl.txt" 2>&1 || true
  [ -s "$out" ] || { told FAILED testssl "the scan" "$(tail -n 2 "$work/testssl.txt" | tr '\n' ' ')"; return; }
  told ok testssl "the scan" "$(($(wc -l <"$out") - 1)) findings"
  while IFS= read -r line; do
    id=$(cut -d '"' -f 2 <<<"$line")
    severity=$(cut -d '"' -f 8 <<<"$line")
    finding="$id: $(cut -d '"' -f 10 <<<"$line")"
    reason=$(sed -n "s/^$id //p" "$parts/tls-known.txt")
    if [ -n "$reason" ]; then
      told known testssl "$severity" "$finding: $reason"
    else
      told FAILED testssl "$severity" "$finding"
      weak=$((weak + 1))
    fi
  done < <(grep -E '"(MEDIUM|HIGH|CRITICAL)"' "$out" || true)
  [ "$weak" != 0 ] || told ok testssl "weaknesses" "none of medium weight or more that is not known"
  offers testssl SSLv2 SSLv3 TLS1 TLS1_1 <"$out"
}

# Old versions must not be offered: offers NAME VERSION… <csv
offers() {
  local version seen csv
  csv=$(cat)
  shift
  for version in "$@"; do
    seen=$(sed -n "s/^\"$version\",.*/&/p" <<<"$csv" | cut -d '"' -f 10)
    case "$seen" in *"not offered"*) told ok testssl "$version" "$seen" ;; *) told FAILED testssl "$version" "${seen:-not looked at}" ;; esac
  done
}

scan_with_sslscan() {
  local out="$work/sslscan.txt" weak
  timeout "$SCAN_S" sslscan --no-colour --show-sigs --sni-name=encyclopaedia.example "127.0.0.1:$tunnels" >"$out" 2>&1 || true
  grep --quiet '^TLSv1.3 *enabled' "$out" && told ok sslscan "TLS 1.3" "enabled" || told FAILED sslscan "TLS 1.3" "not enabled"
  weak=$(grep -E '^(SSLv2|SSLv3|TLSv1.0|TLSv1.1) *enabled|vulnerable to heartbleed|^(Accepted|Preferred) .*(RC4|DES|NULL|MD5|EXP|anon)|Compression enabled|Insecure' "$out" |
    grep -v 'not vulnerable' || true)
  [ -z "$weak" ] && told ok sslscan "weak versions, ciphers, faults" "none" || told FAILED sslscan "weak" "$(tr '\n' ';' <<<"$weak")"
  told ok sslscan "ciphers" "$(sed -n 's/^\(Accepted\|Preferred\) *\(TLSv[0-9.]*\) *[0-9]* bits *\([^ ]*\).*/\2 \3/p' "$out" | tr '\n' ',' )"
}
