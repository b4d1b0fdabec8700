// A person at a browser: follows redirects, fills the sign-in form, presses Allow, and stops where the client listens.
export const callback = 'http://localhost:1179/callback';
export const issuer = process.env.ISSUER;
export const mcp = issuer + '/mcp';

const cookies = new Map();

const unescape = (text) =>
  text.replace(/&(?:amp|quot|lt|gt|#39|#x([0-9A-Fa-f]+));/g, (entity, hex) =>
    hex ? String.fromCodePoint(parseInt(hex, 16)) : { '&amp;': '&', '&quot;': '"', '&lt;': '<', '&gt;': '>', '&#39;': "'" }[entity],
  );

async function send(url, form) {
  const answer = await fetch(url, {
    method: form ? 'POST' : 'GET',
    body: form,
    redirect: 'manual',
    headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
  });
  for (const cookie of answer.headers.getSetCookie()) {
    const [pair] = cookie.split(';');
    cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
  }
  return answer;
}

/** Answers an authorization request, or opens the page of a device, as alice would; gives where the answer went: a device's goes nowhere. */
export async function visit(url) {
  let answer = await send((url = new URL(url)));
  let decided = false;
  for (let step = 0; step < 10; step++) {
    const location = answer.headers.get('location');
    if (location) {
      url = new URL(location, url);
      if (url.href.startsWith(callback)) return url;
      answer = await send(url);
      continue;
    }

    const page = await answer.text();
    const action = /action="([^"]*)"/.exec(page);
    if (!action && decided && answer.ok) return undefined;
    if (!action) throw new Error(`The sign-in led nowhere: ${answer.status} ${page}`);
    const form = new URLSearchParams();
    for (const [, name, value] of page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g))
      form.append(unescape(name), unescape(value));
    if (page.includes('type="password"')) {
      form.append('username', 'alice');
      form.append('password', 'alice');
    } else {
      form.append('decision', 'approve');
      decided = true;
    }
    answer = await send((url = new URL(unescape(action[1]), url)), form);
  }
  throw new Error('The sign-in has no end.');
}
