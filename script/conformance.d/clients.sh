# Real clients through inspection: each is given the school's certificate its own way, fetches a page that is open (the
# bytes are compared with what the site has), and asks for one that is closed (403, never a hang, never a 200).
readonly OPEN=https://encyclopaedia.example/ SHUT=https://gambling.example/
# What the block page says for whoever looks into it.
readonly REFERENCE='Reference for IT support'
readonly UNDICI=6.21.3 HTTPX=0.28.1
only=""

conformance_clients() {
  if [ "${1:-}" = --only ]; then only="${2:?a client}"; fi
  clients_need
  # Somebody's own settings would try something else.
  unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY no_proxy NO_PROXY SSL_CERT_FILE SSL_CERT_DIR \
    CURL_CA_BUNDLE REQUESTS_CA_BUNDLE \
    NODE_EXTRA_CA_CERTS NODE_OPTIONS JAVA_TOOL_OPTIONS "${!PIP_@}" "${!npm_config_@}" "${!NPM_CONFIG_@}" "${!GIT_@}"
  open_school
  open_files
  sign_in teacher.y4 "$(secret_of teacher.y4)"
  direct "$OPEN" >"$work/open.html"
  local client
  for client in curl wget git apt pip npm undici httpx java chromium firefox; do
    if wanted "$client"; then
      mkdir -p "$work/$client"
      "try_$client" || told FAILED "$client" "the case could not be run"
    fi
  done
  closing
}

clients_need() {
  "$root/script/needs" curl=curl openssl=openssl python3=python3 git=git
  # Without one of these its cases are left out, and that is said.
  local need
  for need in wget=wget node=nodejs npm=npm "$(java_home)/bin/javac=openjdk-17-jdk-headless" certutil=libnss3-tools \
    /usr/share/doc/python3-venv=python3-venv chromium=chromium firefox-esr=firefox-esr; do
    "$root/script/needs" "$need" || echo "${need#*=} cannot be installed: what needs it is left out"
  done
  # Libraries come from the registries this machine is set up for, before its settings are put aside.
  mkdir -p "$work"/{undici,httpx}
  if wanted undici; then (cd "$work/undici" && npm install --no-audit --no-fund --loglevel=error --ignore-scripts "undici@$UNDICI") >"$work/undici.log" 2>&1 || true; fi
  if wanted httpx; then
    { python3 -m venv "$work/httpx/venv" && "$work/httpx/venv/bin/pip" install --quiet "httpx==$HTTPX"; } >"$work/httpx.log" 2>&1 || true
  fi
}

wanted() { [ -z "$only" ] || [ "$only" = "$1" ]; }

java_home() { find /usr/lib/jvm -maxdepth 1 -name 'java-17-openjdk-*' 2>/dev/null | head -n 1; }

# Whether a client is there; says so when it is not.
there() {
  local client="$1" program
  shift
  for program in "$@"; do
    [ -e "$program" ] || command -v "$program" >/dev/null || { told skipped "$client" "" "there is no $program"; return 1; }
  done
}

limited() { timeout --kill-after=5 "$CASE_S" "$@"; }

# A page of the demonstration without the gateway.
direct() {
  local name=${1#https://} at
  name=${name%%/*}
  at=$(sed -n "s/^\"$name:443\" = \"\(.*\)\"/\1/p" "$config")
  curl --silent --show-error --fail --connect-to "$name:443:$at" --cacert "$sites_authority" "$1"
}

# Says whether a fetched file has the bytes of another: same_bytes CLIENT CASE FILE WANTED [STATUS]
same_bytes() {
  local seen
  if [ "${5:-200}" = 200 ] && cmp --silent "$3" "$4"; then
    told ok "$1" "$2" "$(wc -c <"$3") bytes, the same as without us"
  else
    seen="status ${5:-unknown}, $(wc -c <"$3" 2>/dev/null || echo no) bytes for $(wc -c <"$4")"
    told FAILED "$1" "$2" "$seen"
  fi
}

# Says whether a page was refused truthfully: refused CLIENT CASE FILE STATUS
refused() {
  if [ "$4" = 403 ] && grep --quiet "$REFERENCE" "$3"; then
    told ok "$1" "$2" "403 and the page that says why"
  else
    told FAILED "$1" "$2" "status $4: $(tr -d '\n' <"$3" | head -c 200)"
  fi
}

# Says whether a tool gave up and told the status: gave_up CLIENT CASE CODE LOG
gave_up() {
  local seen
  seen=$(grep --text --max-count=1 '403' "$4" || true)
  if [ "$3" != 0 ] && [ "$3" != 124 ] && [ "$3" != 137 ] && [ -n "$seen" ]; then
    told ok "$1" "$2" "exit $3: $(tr -s ' ' <<<"$seen" | cut -c 1-100)"
  else
    told FAILED "$1" "$2" "exit $3: $(tail -n 3 "$4" | tr '\n' ' ')"
  fi
}

# --- a site of files, for the tools that bring protocols of their own -----------------------------------------------

# files.example is inspected; updates.example is listed as software updates, so its TLS is passed as it is.
open_files() {
  local sites="$work/school/sites" at
  files=https://files.example:8443
  updates=https://updates.example:8443
  make_files
  openssl ecparam -genkey -name prime256v1 -out "$work/files.key" 2>/dev/null
  openssl req -new -key "$work/files.key" -subj /CN=files.example -out "$work/files.csr"
  printf '%s\n' 'subjectAltName=DNS:files.example,DNS:updates.example' 'basicConstraints=critical,CA:FALSE' \
    'keyUsage=critical,digitalSignature' 'extendedKeyUsage=serverAuth' 'authorityKeyIdentifier=keyid' >"$work/files.ext"
  openssl x509 -req -in "$work/files.csr" -CA "$sites/demo-sites.pem" -CAkey "$sites/demo-sites.key" \
    -set_serial "0x$(openssl rand -hex 12)" -days 30 -extfile "$work/files.ext" -out "$work/files.pem" 2>/dev/null
  python3 "$parts/origin.py" "$work/files" "$work/files.pem" "$work/files.key" "$work/files.at" >"$work/origin.log" 2>&1 &
  started+=($!)
  until_there "the site of files" "$START_S" test -s "$work/files.at"
  at=$(cat "$work/files.at")
  # The gateway looks names up with a dot at their end.
  printf '%s files.example files.example. updates.example updates.example.\n' "$at" >"$work/hosts"
}

# Of each sort of package one of texts only, and one with a script: the starter policy lets no programs through but from
# sites of software updates.
make_files() {
  mkdir -p "$work/files"/{apt,simple,npm/files}
  make_repository
  make_debian_package
  echo 'Three sevens are twenty-one.' >"$work/sums.txt"
  echo 'ANSWER = 21' >"$work/sums.py"
  echo 'module.exports = 21;' >"$work/sums.js"
  make_wheel texts "$work/sums.txt"
  make_wheel script "$work/sums.py"
  make_npm_package texts "$work/sums.txt"
  make_npm_package script "$work/sums.js"
}

make_repository() {
  local here="$work/project"
  git init --quiet --initial-branch=main "$here"
  echo 'Three sevens are twenty-one.' >"$here/sums.txt"
  git -C "$here" add sums.txt
  git -C "$here" -c user.name='Rowan Hill' -c user.email=office@rowanhill.example commit --quiet --message 'Sums'
  git clone --quiet --bare "$here" "$work/files/project.git"
  git -C "$work/files/project.git" update-server-info
}

make_debian_package() {
  local here="$work/package" to="$work/files/apt" file=rowan-hill-sums_1.0_all.deb sum
  mkdir -p "$here/DEBIAN" "$here/usr/share/rowan-hill"
  echo 'Three sevens are twenty-one.' >"$here/usr/share/rowan-hill/sums.txt"
  printf '%s\n' 'Package: rowan-hill-sums' 'Version: 1.0' 'Architecture: all' \
    'Maintainer: Rowan Hill <office@rowanhill.example>' 'Description: sums' >"$here/DEBIAN/control"
  chmod -R u=rwX,go=rX "$here"
  dpkg-deb --build --root-owner-group "$here" "$to/$file" >/dev/null
  sum=$(sha256sum "$to/$file" | cut -d ' ' -f 1)
  { cat "$here/DEBIAN/control"; printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n' "$file" "$(stat -c %s "$to/$file")" "$sum"; } \
    >"$to/Packages"
}

# A wheel that puts FILE into a folder of its name: make_wheel NAME FILE
make_wheel() {
  local here="$work/wheel-$1" name="rowan_$1" to="$work/files/simple/rowan-$1" file
  local info="$name-1.0.dist-info" wheel="$name-1.0-py3-none-any.whl"
  file="$name/${2##*/}"
  mkdir -p "$here/$info" "$here/$name" "$to"
  cp "$2" "$here/$name/"
  printf '%s\n' 'Metadata-Version: 2.1' "Name: rowan-$1" 'Version: 1.0' >"$here/$info/METADATA"
  printf '%s\n' 'Wheel-Version: 1.0' 'Generator: by hand' 'Root-Is-Purelib: true' 'Tag: py3-none-any' >"$here/$info/WHEEL"
  printf '%s,,\n' "$file" "$info/METADATA" "$info/WHEEL" "$info/RECORD" >"$here/$info/RECORD"
  (cd "$here" && python3 -m zipfile -c "$to/$wheel" "$name" "$info")
  echo "<!DOCTYPE html><html><body><a href=\"$wheel\">$wheel</a></body></html>" >"$to/index.html"
}

# A package for npm that holds FILE: make_npm_package NAME FILE
make_npm_package() {
  local here="$work/npm-$1" name="rowan-$1" to="$work/files/npm/files" sum about
  about="\"name\":\"$name\",\"version\":\"1.0.0\""
  mkdir -p "$here/package"
  cp "$2" "$here/package/"
  echo "{$about}" >"$here/package/package.json"
  tar -C "$here" -czf "$to/$name-1.0.0.tgz" package
  sum=$(openssl dgst -sha512 -binary "$to/$name-1.0.0.tgz" | base64 -w 0)
  cat >"$work/files/npm/$name" <<JSON
{"name":"$name","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{$about,
"dist":{"tarball":"$files/npm/files/$name-1.0.0.tgz","integrity":"sha512-$sum"}}}}
JSON
}

# --- each client --------------------------------------------------------------------------------------------------

try_curl() {
  local here="$work/curl" version status
  for version in http1.1 http2; do
    status=$(limited curl --silent "--$version" --proxy "$gateway" --cacert "$authority" --output "$here/open" \
      --write-out '%{http_code}' "$OPEN") || true
    same_bytes curl "open page, $version" "$here/open" "$work/open.html" "$status"
    status=$(limited curl --silent "--$version" --proxy "$gateway" --cacert "$authority" --output "$here/shut" \
      --write-out '%{http_code}' "$SHUT") || true
    refused curl "closed page, $version" "$here/shut" "$status"
  done
}

try_wget() {
  local here="$work/wget" code=0
  there wget wget || return 0
  local through=(--quiet --tries=1 --server-response --content-on-error --execute "https_proxy=$gateway" "--ca-certificate=$authority")
  limited wget "${through[@]}" --output-document="$here/open" "$OPEN" 2>"$here/open.log" || true
  same_bytes wget "open page" "$here/open" "$work/open.html"
  limited wget "${through[@]}" --output-document="$here/shut" "$SHUT" 2>"$here/shut.log" || code=$?
  gave_up wget "closed page" "$code" "$here/shut.log"
  refused wget "closed page, what it kept" "$here/shut" "$(sed -n 's/.*HTTP\/1.1 \([0-9]*\).*/\1/p' "$here/shut.log" | tail -n 1)"
}

try_git() {
  local here="$work/git" code=0
  local through=(-c "http.proxy=$gateway" -c "http.sslCAInfo=$authority" -c credential.helper=)
  GIT_TERMINAL_PROMPT=0 limited git "${through[@]}" clone --quiet "$files/project.git" "$here/project" 2>"$here/open.log" || true
  same_bytes git "clone, inspected" "$here/project/sums.txt" "$work/project/sums.txt"
  GIT_TERMINAL_PROMPT=0 limited git "${through[@]}" ls-remote "${SHUT}project.git" >"$here/shut.log" 2>&1 || code=$?
  gave_up git "closed site" "$code" "$here/shut.log"
}

try_apt() {
  local here="$work/apt" code=0 deb=rowan-hill-sums_1.0_all.deb
  there apt apt-get || return 0
  apt_at files "$files/apt"
  same_bytes apt "update, inspected" "$(ls "$here"/files/lists/*Packages)" "$work/files/apt/Packages"
  # A package is a program: it is refused by what it is, after the site was let through.
  (cd "$here" && apt_in files download rowan-hill-sums) >"$here/late.log" 2>&1 || code=$?
  gave_up apt "download, a program" "$code" "$here/late.log"
  apt_at shut "${SHUT}apt"
  gave_up apt "closed site" "$apt_code" "$here/shut.log"
  # A site of software updates is not inspected: apt sees its own certificate.
  cp "$sites_authority" "$here/authority.pem"
  apt_at updates "$updates/apt" "$sites_authority"
  (cd "$here" && apt_in updates download rowan-hill-sums) >>"$here/updates.log" 2>&1 || true
  same_bytes apt "download, a listed update site" "$here/$deb" "$work/files/apt/$deb"
}

# apt with a list of sources of its own: apt_at NAME URL [AUTHORITY]. Leaves its exit code in `apt_code`.
apt_at() {
  local name="$1"
  mkdir -p "$work/apt/$name"/{lists/partial,cache/archives/partial}
  echo "deb [trusted=yes] $2 ./" >"$work/apt/$name/sources.list"
  apt_authority="${3:-$authority}"
  apt_code=0
  apt_in "$name" --error-on=any update >"$work/apt/$name.log" 2>&1 || apt_code=$?
}

apt_in() {
  local here="$work/apt/$1"
  shift
  limited apt-get -o "Dir::Etc::SourceList=$here/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o "Dir::State::Lists=$here/lists" -o "Dir::Cache=$here/cache" -o "Dir::State::Status=/dev/null" \
    -o APT::Sandbox::User=root -o "Acquire::https::Proxy=$gateway" -o "Acquire::https::CaInfo=$apt_authority" \
    -o Acquire::GzipIndexes=false -o Acquire::Retries=0 -o Acquire::Languages=none "$@"
}

try_pip() {
  local here="$work/pip" code=0
  python3 -m venv "$here/venv" >"$here/venv.log" 2>&1 || { told skipped pip "" "a virtual environment cannot be made"; return 0; }
  pip_in "$authority" install --index-url "$files/simple/" rowan-texts >"$here/open.log" 2>&1 || true
  same_bytes pip "install, inspected" "$here/site/rowan_texts/sums.txt" "$work/sums.txt"
  pip_in "$authority" install --index-url "$files/simple/" rowan-script >"$here/late.log" 2>&1 || code=$?
  gave_up pip "install, a program" "$code" "$here/late.log"
  pip_in "$sites_authority" install --index-url "$updates/simple/" rowan-script >"$here/updates.log" 2>&1 || true
  same_bytes pip "install, a listed update site" "$here/site/rowan_script/sums.py" "$work/sums.py"
  code=0
  # Of a list it may not have pip says nothing unless it is asked for every detail.
  pip_in "$authority" install -vv --index-url "${SHUT}simple/" rowan-texts >"$here/shut.log" 2>&1 || code=$?
  gave_up pip "closed site" "$code" "$here/shut.log"
}

# pip_in AUTHORITY COMMAND…
pip_in() {
  local cert="$1" command="$2"
  shift 2
  limited "$work/pip/venv/bin/pip" --isolated --disable-pip-version-check --no-cache-dir --retries 0 --proxy "$gateway" \
    --cert "$cert" "$command" --no-compile --target "$work/pip/site" --upgrade "$@"
}

try_npm() {
  local here="$work/npm" code=0
  there npm npm || return 0
  npm_in open "$authority" "$files/npm/" rowan-texts || true
  same_bytes npm "install, inspected" "$here/open/node_modules/rowan-texts/sums.txt" "$work/sums.txt"
  npm_in late "$authority" "$files/npm/" rowan-script || code=$?
  gave_up npm "install, a program" "$code" "$here/late.log"
  npm_in updates "$sites_authority" "$updates/npm/" rowan-script || true
  same_bytes npm "install, a listed update site" "$here/updates/node_modules/rowan-script/sums.js" "$work/sums.js"
  code=0
  npm_in shut "$authority" "${SHUT}npm/" rowan-texts || code=$?
  gave_up npm "closed site" "$code" "$here/shut.log"
}

# npm_in NAME AUTHORITY REGISTRY PACKAGE
npm_in() {
  local here="$work/npm"
  mkdir -p "$here/$1"
  limited npm install --no-audit --no-fund --no-update-notifier --fetch-retries=0 --replace-registry-host=always "--https-proxy=$gateway" \
    "--proxy=$gateway" "--cafile=$2" "--cache=$here/$1.cache" "--userconfig=$here/none" --prefix "$here/$1" \
    "--registry=$3" "$4" >"$here/$1.log" 2>&1
}

try_undici() {
  local here="$work/undici" status
  there undici node "$here/node_modules/undici/index.js" || return 0
  cp "$parts/clients/fetch.mjs" "$here/"
  status=$(NODE_EXTRA_CA_CERTS="$authority" limited node "$here/fetch.mjs" "$gateway" "$OPEN" "$here/open" 2>"$here/open.log") || true
  same_bytes undici "open page" "$here/open" "$work/open.html" "$status"
  status=$(NODE_EXTRA_CA_CERTS="$authority" limited node "$here/fetch.mjs" "$gateway" "$SHUT" "$here/shut" 2>"$here/shut.log") || true
  refused undici "closed page" "$here/shut" "$status"
}

try_httpx() {
  local here="$work/httpx" status
  there httpx "$here/venv/bin/httpx" || return 0
  status=$(limited "$here/venv/bin/python" "$parts/clients/fetch.py" "$gateway" "$authority" "$OPEN" "$here/open" 2>"$here/open.log") || true
  same_bytes httpx "open page" "$here/open" "$work/open.html" "$status"
  status=$(limited "$here/venv/bin/python" "$parts/clients/fetch.py" "$gateway" "$authority" "$SHUT" "$here/shut" 2>"$here/shut.log") || true
  refused httpx "closed page" "$here/shut" "$status"
}

try_java() {
  local here="$work/java" home status
  home=$(java_home)
  there java "$home/bin/javac" || return 0
  "$home/bin/keytool" -importcert -noprompt -alias school -file "$authority" -keystore "$here/trust.p12" -storepass changeit 2>/dev/null
  local java=("$home/bin/java" "-Djavax.net.ssl.trustStore=$here/trust.p12" -Djavax.net.ssl.trustStorePassword=changeit
    "$parts/clients/Fetch.java" "${gateway_at%:*}" "${gateway_at##*:}")
  status=$(limited "${java[@]}" "$OPEN" "$here/open" 2>"$here/open.log") || true
  same_bytes "java 17" "open page" "$here/open" "$work/open.html" "$status"
  status=$(limited "${java[@]}" "$SHUT" "$here/shut" 2>"$here/shut.log") || true
  refused "java 17" "closed page" "$here/shut" "$status"
}

# A store of certificates as browsers on Linux keep it: trusting FOLDER AUTHORITY
trusting() {
  mkdir -p "$1"
  certutil -N -d "sql:$1" --empty-password
  certutil -A -d "sql:$1" -n school -t C,, -i "$2"
}

# What Chromium makes of a page: chromium_at HOME URL FILE [SWITCH…]
chromium_at() {
  local home="$1" url="$2" file="$3"
  shift 3
  local switches=(--headless=new --disable-gpu --disable-background-networking --disable-component-update --no-first-run
    --disable-dev-shm-usage "--user-data-dir=$home/profile" "--log-net-log=$file.net")
  # Root may not use Chromium's sandbox; a container for tests usually has nobody else.
  [ "$(id -u)" != 0 ] || switches+=(--no-sandbox)
  HOME="$home" limited chromium "${switches[@]}" "$@" --dump-dom "$url" >"$file" 2>"$file.log" || true
}

try_chromium() {
  local here="$work/chromium" at status
  there chromium chromium certutil || return 0
  trusting "$here/through/.pki/nssdb" "$authority"
  trusting "$here/direct/.pki/nssdb" "$sites_authority"
  at=$(sed -n 's/^"encyclopaedia.example:443" = "\(.*\)"/\1/p' "$config")
  # What a browser gives back is the page as it understood it, so the other side is a browser's too.
  chromium_at "$here/direct" "$OPEN" "$here/wanted" "--host-resolver-rules=MAP encyclopaedia.example:443 $at"
  chromium_at "$here/through" "$OPEN" "$here/open" "--proxy-server=$gateway_at"
  grep --quiet '<h1' "$here/wanted" || told FAILED chromium "the page without us"
  same_bytes chromium "open page" "$here/open" "$here/wanted"
  chromium_at "$here/through" "$SHUT" "$here/shut" "--proxy-server=$gateway_at"
  status=$(grep --only-matching --extended-regexp '(:status: |HTTP/1.1 )403' "$here/shut.net" | tail -c 4 || true)
  refused chromium "closed page" "$here/shut" "${status:-unknown}"
}

try_firefox() {
  local here="$work/firefox" statuses
  there firefox firefox-esr certutil || return 0
  trusting "$here/profile" "$authority"
  printf 'user_pref("%s", %s);\n' network.proxy.type 1 network.proxy.ssl "\"${gateway_at%:*}\"" \
    network.proxy.ssl_port "${gateway_at##*:}" network.proxy.http "\"${gateway_at%:*}\"" \
    network.proxy.http_port "${gateway_at##*:}" marionette.port 0 app.update.enabled false \
    datareporting.policy.dataSubmissionEnabled false network.captive-portal-service.enabled false \
    network.connectivity-service.enabled false browser.shell.checkDefaultBrowser false >"$here/profile/user.js"
  statuses=$(HOME="$here" limited python3 "$parts/clients/firefox.py" firefox-esr "$here/profile" "$here" "$OPEN" "$SHUT" 2>"$here/log") ||
    cat "$here/log" >&2
  same_bytes firefox "open page" "$here/0" "$work/open.html" "$(sed -n 1p <<<"$statuses")"
  refused firefox "closed page" "$here/1" "$(sed -n 2p <<<"$statuses")"
}
