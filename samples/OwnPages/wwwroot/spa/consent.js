// Asks the host what the request is about, shows it as text, and posts the answer as a form: the answer leads to another site, so it has
// to be a navigation, not a fetch.
const returnUrl = new URLSearchParams(location.search).get("returnUrl") ?? "";
const response = await fetch("/api/consent?returnUrl=" + encodeURIComponent(returnUrl));
const app = document.getElementById("app");
app.replaceChildren();

const add = (parent, tag, text, attributes = {}) => {
  const element = Object.assign(document.createElement(tag), attributes);
  element.textContent = text;
  return parent.appendChild(element);
};

if (!response.ok) {
  add(app, "h1", "Start again in the app that sent you here.");
} else {
  const { consent, account, returnPath, formFields } = await response.json();
  document.title = consent.clientName;
  add(app, "h1", `Let ${consent.clientName} into your ${consent.serviceName}?`);
  if (consent.isSelfRegistered) add(app, "p", "It registered itself: nobody has checked its name.");
  add(app, "p", `Your answer goes to ${consent.redirectHost}. You are ${account}.`);
  const list = add(app, "ul", "");
  for (const scope of consent.scopes) add(list, "li", scope.description ?? scope.name);
  const form = add(app, "form", "", { method: "post", action: returnPath });
  for (const { key, value } of formFields) add(form, "input", "", { type: "hidden", name: key, value });
  add(form, "button", "Deny", { name: "decision", value: "deny" });
  add(form, "button", "Allow", { name: "decision", value: "approve" });
}
