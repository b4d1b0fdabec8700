#!/usr/bin/env bash
# Two nodes of samples/ManyNodes on one PostgreSQL behind nginx, which ends TLS: the whole flow through the proxy, with a node killed in
# the middle of a login, and a rolling upgrade under requests. Ends with "N passed, N failed".
# Needs nginx and openssl, which it installs where it may, and the server of tests/pg.sh, of which it starts one of its own.
# HQ_NODES_BIN: a directory for the published sample, which is made there when it is missing.
set -euo pipefail
repo=$(cd "$(dirname "$0")/.." && pwd)
for tool in nginx openssl; do
  command -v "$tool" >/dev/null || PATH=$PATH:/usr/sbin command -v "$tool" >/dev/null && continue
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nginx-light openssl; } >&2
  else
    echo "$tool is missing (on Debian: apt-get install nginx-light openssl)." >&2
    exit 3
  fi
done
export PATH=$PATH:/usr/sbin

work=$(mktemp -d)
pg=
declare -A pids=()
cleanup() {
  trap - EXIT INT TERM
  if [ -s "$work/nginx.pid" ]; then kill -QUIT "$(cat "$work/nginx.pid")" 2>/dev/null || true; fi
  for pid in "${pids[@]}" $(jobs -p); do kill -KILL "$pid" 2>/dev/null || true; done
  if [ -n "$pg" ]; then "$repo/tests/pg.sh" down || true; fi
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
chmod 711 "$work"

bin=${HQ_NODES_BIN:-$work/bin}
if [ ! -f "$bin/ManyNodes.dll" ]; then
  dotnet restore "$repo/samples/ManyNodes" --locked-mode -v quiet
  dotnet publish "$repo/samples/ManyNodes" -c Release -o "$bin" --no-restore -v quiet
fi

base=$((26000 + RANDOM % 400 * 10))
export HQ_PG_DIR=$work/pg HQ_PG_PORT=$((base + 9))
pg=started
database=$("$repo/tests/pg.sh" up)

# The nodes are reached by an address that is not loopback, where there is one: plain http from there is refused unless the proxy is known.
address=$(hostname -I 2>/dev/null | tr ' ' '\n' | grep -m 1 -E '^[0-9.]+$' || echo 127.0.0.1)
issuer=https://localhost:$((base + 8))
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
  -keyout "$work/tls.key" -out "$work/tls.pem" 2>/dev/null
# What protects the Data Protection keys, at both nodes the same.
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=key ring" -keyout "$work/ring.key" -out "$work/ring.pem" 2>/dev/null
openssl pkcs12 -export -inkey "$work/ring.key" -in "$work/ring.pem" -passout pass:ring -out "$work/ring.pfx"
export CURL_CA_BUNDLE=$work/tls.pem

passed=0 failed=0
check() { # name, command...
  local name=$1
  shift
  if "$@" >"$work/check" 2>&1; then
    passed=$((passed + 1))
    echo "ok      $name"
  else
    failed=$((failed + 1))
    echo "FAILED  $name"
    tail -n 12 "$work/check" | sed 's/^/        /'
  fi
}

url() { echo "http://$address:$((base + $1))"; }
settings() { # node
  local server=auth__oauth2__authorizationServer__
  # At loopback too, for the command of the image.
  echo "HTTP_PORTS= URLS=$(url "$1");http://127.0.0.1:$((base + $1))"
  echo "AllowedHosts=localhost ${server}issuerURL=$issuer proxies__0=$address/32"
  echo "dataProtection__certificate=$work/ring.pfx dataProtection__password=ring"
  # A home of its own: keys that lie there are this node's only, as on another machine.
  mkdir -p "$work/home$1"
  echo "HOME=$work/home$1 LOCALAPPDATA=$work/home$1"
}
start() { # node
  # shellcheck disable=SC2046
  (cd "$bin" && exec env $(settings "$1") "ConnectionStrings__hq=$database;Timeout=3" dotnet ManyNodes.dll) >>"$work/node$1.log" 2>&1 &
  pids[$1]=$!
  echo $! >"$work/pid$((base + $1))"
  # bash need not tell of its end.
  disown
}
end() { # node
  kill -TERM "${pids[$1]}"
  while kill -0 "${pids[$1]}" 2>/dev/null; do sleep 0.1; done
}
status() { curl -sS -m 10 -o /dev/null -w '%{http_code}' "$@"; }
is() { [ "$1" = "$2" ] || { echo "expected $1, got $2"; return 1; }; }
gets() { # status, curl's arguments...
  local wanted=$1
  shift
  is "$wanted" "$(status "$@")"
}
ready() { # node
  for _ in $(seq 300); do
    if [ "$(status -H 'Host: localhost' "$(url "$1")/healthz/ready" 2>/dev/null)" = 200 ]; then return 0; fi
    kill -0 "${pids[$1]}" 2>/dev/null || break
    sleep 0.1
  done
  tail -n 20 "$work/node$1.log"
  return 1
}

# nginx as the sample has it, with these addresses, and a log that says which node answered.
proxy() { # which nodes get requests
  local node
  {
    echo "upstream hq_nodes {"
    for node in 1 2; do
      case $1 in *$node*) echo "server $address:$((base + node)) max_fails=1 fail_timeout=1s;" ;; *) echo "server $address:$((base + node)) down;" ;; esac
    done
    echo "}"
    sed -n '/^server {/,$p' "$repo/samples/ManyNodes/nginx.conf" |
      sed -e "s|listen 443 ssl;|listen $((base + 8)) ssl;|" -e "s|server_name .*|server_name localhost;|" \
        -e "s|ssl_certificate .*|ssl_certificate $work/tls.pem;|" -e "s|ssl_certificate_key .*|ssl_certificate_key $work/tls.key;|"
  } >"$work/site.conf"
}
nginx_command() { nginx -p "$work" -c "$work/nginx.conf" -e "$work/nginx.error" "$@"; }
reload() { # which nodes
  proxy "$1"
  nginx_command -s reload
  sleep 0.3
}
cat >"$work/nginx.conf" <<CONF
worker_processes 1;
pid $work/nginx.pid;
events { worker_connections 256; }
http {
  log_format nodes '\$request_method \$uri \$status \$upstream_addr';
  access_log $work/access.log nodes;
  client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/f; uwsgi_temp_path $work/u; scgi_temp_path $work/s;
  include $work/site.conf;
}
CONF
proxy "1 2"

start 1
start 2
check "node 1 starts on an empty database" ready 1
check "node 2 starts beside it" ready 2
check "nginx starts with the configuration of the sample" nginx_command
if [ "$failed" != 0 ]; then
  echo "$passed passed, $failed failed"
  exit 1
fi

health() { (cd "$bin" && env AllowedHosts=localhost "HTTP_PORTS=$1" dotnet ManyNodes.dll healthcheck); }
not() { ! "$@"; }
check "the command of the image says that the node is ready" health "$((base + 1))"
check "the command of the image fails where no node listens" not health "$((base + 7))"
check "a node answers its probe by the host name that the probe sends" gets 200 -H 'Host: localhost' "$(url 1)/healthz/live"
check "a node refuses a probe that sends its address as the host name" gets 400 "$(url 1)/healthz/live"
if [ "$address" != 127.0.0.1 ]; then
  check "a node refuses plain http that no proxy vouches for" gets 400 -H 'Host: localhost' "$(url 1)/oauth2/jwks"
fi

check "the whole flow through the proxy" "$repo/tests/walk.sh" "$issuer"
both() { for node in 1 2; do grep -q " 200 $address:$((base + node))\$" "$work/access.log" || { echo "node $node served nothing"; return 1; }; done; }
check "both nodes served some of it" both
secure() { curl -sS -m 10 -o /dev/null -D - "$issuer/login" | grep -i '^set-cookie:' | grep -qi '; *secure'; }
check "the session cookie is for https only, since the node knows what the proxy got" secure

# The node that gave the code dies before the client redeems it.
cat >"$work/kill" <<'KILL'
#!/usr/bin/env bash
cd "$(dirname "$0")"
port=$(sed -nE 's|^POST /oauth2/authorize 30[23] .*:([0-9]+)$|\1|p' access.log | tail -n 1)
kill -KILL "$(cat "pid$port")"
echo "$port" >killed
KILL
chmod +x "$work/kill"
check "the flow goes on when the node that gave the code is killed before its redemption" \
  env HQ_WALK_WITH_CODE="$work/kill" "$repo/tests/walk.sh" "$issuer"
dead=$(($(cat "$work/killed" 2>/dev/null || echo "$((base + 1))") - base))
check "the flow works with the other node" "$repo/tests/walk.sh" "$issuer"
start "$dead"
check "the killed node comes back" ready "$dead"

# A rolling upgrade: out of the proxy, SIGTERM, start, into the proxy; meanwhile a client asks all the time.
load() {
  local i=0 body='{"redirect_uris":["http://127.0.0.1/cb"],"token_endpoint_auth_method":"none"}'
  while [ ! -f "$work/stop" ]; do
    echo "$(status "$issuer/oauth2/jwks") $(status -H 'Content-Type: application/json' -d "$body" "$issuer/oauth2/register")" >>"$work/load"
    i=$((i + 1))
    sleep 0.25
  done
}
load &
loader=$!
upgrade() { # node, the other
  reload "$2"
  end "$1"
  start "$1"
  ready "$1" && reload "1 2"
}
check "node 1 is drained, ended and started anew" upgrade 1 2
check "node 2 likewise" upgrade 2 1
touch "$work/stop"
wait "$loader" || true
answered() {
  sort "$work/load" | uniq -c
  [ "$(wc -l <"$work/load")" -ge 10 ] && [ "$(sort -u "$work/load")" = "200 201" ]
}
check "each of $(wc -l <"$work/load") requests and registrations meanwhile was answered" answered
check "the whole flow after the upgrade" "$repo/tests/walk.sh" "$issuer"
# Two nodes that make the first key at once: EF Core logs the INSERT that lost as an error, and the server goes on with the key of the other.
no_errors() { ! grep -hE '^(fail|crit):' "$work"/node*.log | grep -v '^fail: Microsoft.EntityFrameworkCore'; }
check "no node logged an error of its own" no_errors

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
