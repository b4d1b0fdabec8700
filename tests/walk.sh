#!/usr/bin/env bash
# Walks the whole code flow of a running host as a client and a browser would, with curl: discover, register, sign in, consent, redeem,
# call an API, refresh, revoke. The host signs everybody in at /login and has an API for the scope "read" at /api/notes, as in README, or an MCP
# endpoint at /mcp.
#   tests/walk.sh http://localhost:5000 [mcp]
# HQ_WALK_WITH_CODE: a command that is run between the code and its redemption.
set -euo pipefail
host=$1 kind=${2:-api}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM callback=http://127.0.0.1/cb

ask() { curl -sS -m 20 "$@"; }
browse() { ask -c "$work/cookies" -b "$work/cookies" "$@"; }
member() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
api() {
  if [ "$kind" = mcp ]; then
    ask -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $1" "$host/mcp" -H 'Content-Type: application/json' \
      -H 'Accept: application/json, text/event-stream' -d '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
  else
    ask -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $1" "$host/api/notes"
  fi
}
is() { [ "$2" = "$3" ] || { echo "$1: expected $2, got $3" >&2; exit 1; }; }

ask "$host/.well-known/oauth-authorization-server" >"$work/metadata"
endpoint() { member "$1" <"$work/metadata"; }
is issuer "$host" "$(endpoint issuer)"

client=$(ask "$(endpoint registration_endpoint)" -H 'Content-Type: application/json' -d '{
  "client_name": "Walker", "redirect_uris": ["'$callback'"], "token_endpoint_auth_method": "none",
  "grant_types": ["authorization_code", "refresh_token"] }' | member client_id)

# -L: the host's sign-in leads back to the consent page, whose form is posted.
browse -L -o "$work/page" "$(endpoint authorization_endpoint)?response_type=code&client_id=$client&redirect_uri=$callback&scope=read&state=s&code_challenge=$challenge&code_challenge_method=S256"
python3 - "$work/page" >"$work/form" <<'PY'
import html, re, sys, urllib.parse
fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', open(sys.argv[1]).read())
print(urllib.parse.urlencode([(name, html.unescape(value)) for name, value in fields] + [("decision", "approve")]), end="")
PY
answer=$(browse -o /dev/null -w '%{redirect_url}' -d @"$work/form" "$(endpoint authorization_endpoint)")
code=$(sed -nE 's/.*[?&]code=([^&]+).*/\1/p' <<<"$answer")
[ -n "$code" ] || { echo "No code: $answer" >&2; exit 1; }
${HQ_WALK_WITH_CODE:-}

tokens=$(ask "$(endpoint token_endpoint)" -d grant_type=authorization_code -d "client_id=$client" -d "code=$code" -d "code_verifier=$verifier" --data-urlencode "redirect_uri=$callback")
is "the API with a token" 200 "$(api "$(member access_token <<<"$tokens")")"
is "the API without a token" 401 "$(api none)"

tokens=$(ask "$(endpoint token_endpoint)" -d grant_type=refresh_token -d "client_id=$client" -d "refresh_token=$(member refresh_token <<<"$tokens")")
is "the API with a refreshed token" 200 "$(api "$(member access_token <<<"$tokens")")"

is revocation 200 "$(ask -o /dev/null -w '%{http_code}' "$(endpoint revocation_endpoint)" -d "client_id=$client" -d "token=$(member refresh_token <<<"$tokens")")"
is "the API after the revocation" 401 "$(api "$(member access_token <<<"$tokens")")"
echo "The whole flow works at $host."
