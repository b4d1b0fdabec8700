// A form with data-passkey: gets the options from data-options, lets the browser make ("create") or use ("get") a passkey, and posts it in the
// field "credential". Without a passkey the field stays empty, and the page says that it did not work.
for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = await fetch(form.dataset.options, { method: "POST", body: new FormData(form) });
      if (!answer.ok) throw new Error(`${answer.status}`);
      const json = await answer.json();
      const credential =
        form.dataset.passkey === "create"
          ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(json) })
          : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(json) });
      form.elements.credential.value = JSON.stringify(credential);
    } catch (error) {
      console.warn(error);
    }
    form.submit();
  });
}
