# Signing in to another service with a client library that is not ours: openid-client (npm), a service of its own in
# script/conformance.d/oidc.mjs, against the demonstration.
readonly OPENID_CLIENT=6.8.1

conformance_oidc() {
  "$root/script/needs" node=nodejs npm=npm
  (cd "$work" && npm install --no-audit --no-fund --loglevel=error --ignore-scripts "openid-client@$OPENID_CLIENT") \
    >"$work/openid-client.log" 2>&1
  open_school
  cp "$parts/oidc.mjs" "$work/oidc.mjs"
  local case status seen
  while IFS=$'\t' read -r status case seen; do
    told "$status" openid-client "$case" "$seen"
  done < <(cd "$work" && NODE_EXTRA_CA_CERTS="$authority" timeout "$CASE_S" node oidc.mjs "$work/card.json" 2>"$work/oidc.log")
  [ "$passed" -gt 0 ] || told FAILED openid-client "any case" "$(tail -n 3 "$work/oidc.log")"
  closing
}
