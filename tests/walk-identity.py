"""Walks the code flow of an app with ASP.NET Core Identity's own pages, as a client and a browser would: a user registers and confirms the
account, a client registers itself, the user signs in and allows it, and its token opens an API.

    python3 tests/walk-identity.py http://localhost:5000 /api/orders
"""

import html
import http.cookiejar
import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

host, api = sys.argv[1:]
EMAIL, PASSWORD, CALLBACK = "alice@example.com", "Pass-word-1", "http://127.0.0.1/cb"
VERIFIER, CHALLENGE = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


class OwnRedirects(urllib.request.HTTPRedirectHandler):
    """A browser leaves the app for the client's callback: the address is the answer."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        if not newurl.startswith(host):
            raise urllib.error.HTTPError(newurl, code, msg, headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), OwnRedirects)


def ask(url, form=None, **headers):
    data = None if form is None else form if isinstance(form, bytes) else urllib.parse.urlencode(form).encode()
    with browser.open(urllib.request.Request(urllib.parse.urljoin(host, url), data, headers), timeout=30) as answer:
        return answer.geturl(), answer.read().decode()


def hidden(page):
    inputs = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", page)]
    return {html.unescape(i["name"]): html.unescape(i.get("value", "")) for i in inputs if i.get("type") == "hidden"}


_, page = ask("/Identity/Account/Register")
_, page = ask(
    "/Identity/Account/Register",
    {**hidden(page), "Input.Email": EMAIL, "Input.Password": PASSWORD, "Input.ConfirmPassword": PASSWORD},
)
ask(html.unescape(re.search(r'id="confirm-link" href="([^"]*)"', page)[1]))

metadata = json.loads(ask("/.well-known/oauth-authorization-server")[1])
registration = {"client_name": "Walker", "redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none"}
_, client = ask(metadata["registration_endpoint"], json.dumps(registration).encode(), **{"Content-Type": "application/json"})
client = json.loads(client)["client_id"]

request = {
    "response_type": "code",
    "client_id": client,
    "redirect_uri": CALLBACK,
    "state": "s",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
sign_in, page = ask(metadata["authorization_endpoint"] + "?" + urllib.parse.urlencode(request))
assert "/Identity/Account/Login" in sign_in, sign_in
consent, page = ask(sign_in, {**hidden(page), "Input.Email": EMAIL, "Input.Password": PASSWORD, "Input.RememberMe": "false"})
assert 'name="decision"' in page, f"{consent} is no consent page"
try:
    ask(metadata["authorization_endpoint"], {**hidden(page), "decision": "approve"})
    sys.exit("The consent page did not lead to the client.")
except urllib.error.HTTPError as redirect:
    code = urllib.parse.parse_qs(urllib.parse.urlsplit(redirect.url).query)["code"][0]

redemption = {"grant_type": "authorization_code", "client_id": client, "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
tokens = json.loads(ask(metadata["token_endpoint"], redemption)[1])
ask(api, Authorization="Bearer " + tokens["access_token"])
print(f"A user of Identity let a client in at {host}.")
