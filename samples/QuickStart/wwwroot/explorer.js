// A public OAuth client in one file, without a library: what goes over the wire is what is shown.
const origin = location.origin;
const redirectUri = origin + "/";
const state = JSON.parse(sessionStorage.getItem("flow") ?? "{}");
state.shown ??= {};
const save = () => sessionStorage.setItem("flow", JSON.stringify(state));

const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
const decode = (part) => JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(part.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0))));
const form = (values) => new URLSearchParams(values).toString();
const json = (text) => { try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; } };

// One request, kept with its answer. Only what the caller sets is shown of the request; the browser adds the rest.
async function send(step, method, url, headers = {}, body = undefined) {
  const response = await fetch(url, { method, headers, body, credentials: "omit", cache: "no-store" });
  const text = await response.text();
  const answer = [...response.headers].filter(([name]) => /^(content-type|cache-control|www-authenticate|location|retry-after)$/.test(name));
  state.shown[step] = {
    request: [`${method} ${new URL(url, origin).pathname}`, ...Object.entries(headers).map(([n, v]) => `${n}: ${v}`), "", (body ?? "").replaceAll("&", "\n&")].join("\n").trim(),
    status: response.status,
    answer: [...answer.map(([n, v]) => `${n}: ${v}`), "", json(text)].join("\n").trim(),
  };
  save();
  return response.ok && text ? JSON.parse(text) : null;
}

const urlencoded = { "Content-Type": "application/x-www-form-urlencoded" };
const bearer = () => ({ Authorization: "Bearer " + state.tokens?.access_token });
const demo = { ...urlencoded, Authorization: "Basic " + btoa("demo-web:demo-web-secret") };
const introspect = (step) => send(step, "POST", state.metadata.introspection_endpoint, demo, form({ token: state.tokens.access_token }));

const steps = [
  { title: "Discovery", rfc: "RFC 8414", say: "Where are the endpoints, and what can the server do?", run: async (i) => {
    state.metadata = await send(i, "GET", origin + "/.well-known/oauth-authorization-server", { Accept: "application/json" });
  } },
  { title: "Registration", rfc: "RFC 7591", say: "The client introduces itself. Nobody vouches for it, and the consent page will say so.", run: async (i) => {
    const client = { client_name: "Flow explorer", redirect_uris: [redirectUri], token_endpoint_auth_method: "none", grant_types: ["authorization_code", "refresh_token"] };
    state.client = await send(i, "POST", state.metadata.registration_endpoint, { "Content-Type": "application/json" }, JSON.stringify(client, null, 2));
  } },
  { title: "Authorization", rfc: "RFC 6749 §4.1, RFC 7636", say: "Your browser goes to the server: you sign in and decide. It comes back here with a code.", run: async (i) => {
    [state.verifier, state.sent] = [random(), random()];
    const challenge = base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(state.verifier)));
    const query = { response_type: "code", client_id: state.client.client_id, redirect_uri: redirectUri, scope: "read write", state: state.sent, code_challenge: challenge, code_challenge_method: "S256", resource: origin };
    state.shown[i] = { request: `GET ${new URL(state.metadata.authorization_endpoint).pathname}\n?${form(query).replaceAll("&", "\n&")}`, status: null, answer: "Waiting for you." };
    save();
    location.assign(state.metadata.authorization_endpoint + "?" + form(query));
  } },
  { title: "Token", rfc: "RFC 6749 §4.1.3", say: "The code, and the secret that only this client knows (PKCE), for tokens.", run: async (i) => {
    state.tokens = await send(i, "POST", state.metadata.token_endpoint, urlencoded, form({ grant_type: "authorization_code", code: state.code, redirect_uri: redirectUri, client_id: state.client.client_id, code_verifier: state.verifier }));
  } },
  { title: "API call", rfc: "RFC 6750", say: "The access token opens the API for which it was made.", run: (i) => send(i, "GET", origin + "/api/notes", bearer()) },
  { title: "Introspection", rfc: "RFC 7662", say: "Another API asks the server what the token is worth. It authenticates as demo-web.", run: introspect },
  { title: "Refresh", rfc: "RFC 6749 §6", say: "A new access token without you, and a new refresh token: the old one is spent.", run: async (i) => {
    const tokens = await send(i, "POST", state.metadata.token_endpoint, urlencoded, form({ grant_type: "refresh_token", refresh_token: state.tokens.refresh_token, client_id: state.client.client_id }));
    if (tokens) state.tokens = tokens;
  } },
  { title: "Revocation", rfc: "RFC 7009", say: "The client gives everything back.", run: (i) => send(i, "POST", state.metadata.revocation_endpoint, urlencoded, form({ token: state.tokens.refresh_token, client_id: state.client.client_id })) },
  { title: "Introspection again", rfc: "RFC 7662", say: "At once, the access token is worth nothing, although it has not expired.", run: introspect },
];

// The browser is back from the server, with an answer in its address.
const returned = new URLSearchParams(location.search);
if (returned.has("state") && returned.get("state") === state.sent) {
  const shown = state.shown[2];
  const wrongIssuer = returned.get("iss") !== state.metadata.issuer; // RFC 9207
  shown.status = returned.has("code") && !wrongIssuer ? 302 : 400;
  shown.answer = `${redirectUri}\n?${location.search.slice(1).replaceAll("&", "\n&")}\n\nstate is the one that was sent; iss is ${wrongIssuer ? "not " : ""}the issuer.`;
  state.code = wrongIssuer ? null : returned.get("code");
  state.sent = null;
  save();
}
if (location.search) history.replaceState(null, "", "/");

const add = (parent, tag, text = "", attributes = {}) => {
  const element = Object.assign(document.createElement(tag), attributes);
  element.textContent = text;
  return parent.appendChild(element);
};

function block(parent, title, text, status) {
  const box = add(parent, "div");
  add(box, "h3", title);
  const pre = add(box, "pre");
  if (status) add(pre, "span", `${status}\n`, { className: status < 400 ? "ok" : "bad" });
  for (const line of text.split("\n")) {
    const [, name, rest] = line.match(/^(\s*[\w-]+:|\s*"[\w-]+":|[?&][\w]+=)?(.*)$/);
    if (name) add(pre, "b", name);
    pre.append(rest + "\n");
  }
}

function show(focus = false) {
  const list = document.getElementById("steps");
  list.replaceChildren();
  const succeeded = (i) => state.shown[i]?.status && state.shown[i].status < 400;
  const next = steps.findIndex((_, i) => !succeeded(i));
  steps.forEach((step, i) => {
    const shown = state.shown[i];
    const item = add(list, "li", "", { className: "step" + (succeeded(i) ? " done" : shown?.status ? " failed" : "") + (i === next ? " next" : "") });
    const head = add(item, "div", "", { className: "head" });
    add(head, "span", succeeded(i) ? "✓" : shown?.status ? "!" : String(i + 1), { className: "mark" }).setAttribute("aria-hidden", "true");
    const words = add(head, "div");
    add(words, "h2", step.title);
    add(words, "p", `${step.say} ${step.rfc}`);
    if (i === next || shown?.status >= 400) {
      const button = add(head, "button", i === 2 ? "Go to the server" : "Send", { type: "button" });
      button.setAttribute("aria-label", `${button.textContent}: ${step.title}`);
      button.onclick = async () => {
        try { await step.run(i); } catch (error) { state.shown[i] = { request: "", status: 500, answer: String(error) }; }
        save();
        if (i !== 2) show(true);
      };
      if (focus && i === next) button.focus({ preventScroll: true });
    }
    if (!shown) return;
    const wire = add(item, "div", "", { className: "wire" });
    const left = add(wire, "div");
    block(left, "Request", shown.request);
    block(wire, "Answer", shown.answer, shown.status);
    const token = i === 3 && succeeded(3) ? JSON.parse(shown.answer.slice(shown.answer.indexOf("{"))).access_token : null;
    if (token?.split(".").length === 3) {
      const [header, payload] = token.split(".").map((part, n) => (n < 2 ? decode(part) : null));
      block(left, "The access token, decoded (RFC 9068)", JSON.stringify(header, null, 2) + "\n" + JSON.stringify(payload, null, 2));
    }
  });
  // To the step that comes next, or to the last answer; at the beginning the page stays at its top.
  if (next !== 0) list.children[next < 0 ? steps.length - 1 : next].scrollIntoView({ block: "center" });
}

document.getElementById("restart").onclick = () => {
  sessionStorage.removeItem("flow");
  location.assign("/");
};
show();
