// Passkeys: a form with data-passkey gets a button's worth of ceremony. The form's action answers the finished one;
// data-passkey is where it begins. Without this script, or without passkeys in the browser, the form stays hidden.
const bytes = s => Uint8Array.from(atob(s.replace(/-/g, "+").replace(/_/g, "/")), c => c.charCodeAt(0)).buffer;
const text = b => btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");

function readable(o) {
  o.challenge = bytes(o.challenge);
  if (o.user) o.user.id = bytes(o.user.id);
  for (const list of [o.excludeCredentials, o.allowCredentials]) for (const c of list || []) c.id = bytes(c.id);
  return o;
}

function sendable(c) {
  const r = c.response, out = {};
  for (const k of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) if (r[k]) out[k] = text(r[k]);
  if (r.getTransports) out.transports = r.getTransports();
  return JSON.stringify({ id: c.id, rawId: text(c.rawId), type: c.type, response: out, clientExtensionResults: {},
    authenticatorAttachment: c.authenticatorAttachment || undefined });
}

async function ceremony(form) {
  const said = form.querySelector("[role=status]");
  said.textContent = "";
  try {
    const begun = await fetch(form.dataset.passkey, { method: "POST", credentials: "same-origin" });
    const asked = await begun.json();
    if (!begun.ok) { said.textContent = asked.detail; return; }
    const o = { publicKey: readable(asked.options.publicKey) };
    const made = form.dataset.kind === "create" ? await navigator.credentials.create(o) : await navigator.credentials.get(o);
    form.elements["phien"].value = asked.token;
    form.elements["tra-loi"].value = sendable(made);
    form.submit();
  } catch (e) {
    said.textContent = form.dataset.failed;
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", e => { e.preventDefault(); ceremony(form); });
}
