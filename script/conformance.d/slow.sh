# slowhttptest against the proxy: one device with many connections that send or read as slowly as they can, while somebody
# works at another. That person's pages must keep coming, whether the slow ones are cut or only put up with.

# Twenty seconds is what the gateway gives a head, so the attack lasts longer.
readonly SLOW_CLIENTS=800 SLOW_S=40
# Slower than that, a page does not seem to come. A debug build on a busy machine answers within a tenth of it.
readonly MOST_MS=5000

conformance_slow() {
  "$root/script/needs" slowhttptest=slowhttptest curl=curl
  open_school
  worker=127.2.0.15
  sign_in teacher.y4 "$(secret_of teacher.y4)" "$worker"
  # The attack comes from this machine's own address, and is let as far as somebody who is signed in.
  sign_in technician "$(secret_of technician)"
  local page=http://news.example/
  attack "slow heads (slowloris)" -H -i 5 -x 24 -u "$gateway/"
  attack "slow heads, of a page" -H -i 5 -x 24 -d "$gateway_at" -u "$page"
  attack "slow bodies" -B -i 5 -s 8192 -x 24 -d "$gateway_at" -u "$page"
  attack "slow reading" -X -w 1 -y 64 -n 5 -z 5 -k 3 -d "$gateway_at" -u http://downloads.example/big.bin
  closing
}

# attack NAME ARGUMENTS…
attack() {
  local name="$1" began=$SECONDS attacker page answered=0 lost=0 slowest=0 took memory
  shift
  (cd "$work" && exec slowhttptest -c "$SLOW_CLIENTS" -r 200 -l "$SLOW_S" -p 5 "$@") </dev/null >"$work/attack.log" 2>&1 &
  attacker=$!
  while kill -0 "$attacker" 2>/dev/null; do
    page=$(curl --silent --output /dev/null --max-time 20 --interface "$worker" --proxy "$gateway" --cacert "$authority" \
      --write-out '%{http_code} %{time_total}' https://encyclopaedia.example/) || true
    took=$(awk '{ printf "%d", $2 * 1000 }' <<<"$page")
    if [ "${page%% *}" = 200 ]; then answered=$((answered + 1)); else lost=$((lost + 1)); fi
    [ "$took" -le "$slowest" ] || slowest=$took
    sleep 0.2
  done
  wait "$attacker" || true
  cp "$work/attack.log" "$work/${name%% *}-${name##* }.log"
  memory=$(awk '/VmRSS/ { printf "%d", $2 / 1024 }' "/proc/${started[0]}/status")
  local seen slow
  slow=$(connected)
  seen="$answered pages came, $lost did not, slowest $slowest ms; $slow slow ones at a time, $(ended) after $((SECONDS - began)) s; $memory MiB"
  # An attack that hardly came about proves nothing.
  if [ "$lost" = 0 ] && [ "$answered" != 0 ] && [ "$slowest" -le "$MOST_MS" ] && [ "$slow" -ge $((SLOW_CLIENTS / 2)) ]; then told ok slow "$name" "$seen"; else told FAILED slow "$name" "$seen"; fi
}

# What the attacker said of itself, without its colours.
said() { sed 's/\x1b\[[0-9;]*[mHJ]//g' "$work/attack.log"; }

# The most connections of the attack at a time.
connected() { said | awk '/^connected:/ { if ($2 > most) most = $2 } END { printf "%d", most }'; }

# How the attack ended.
ended() { said | awk '/^Exit status:/ { sub(/^Exit status: */, ""); end = tolower($0) } END { printf "%s", end }'; }
