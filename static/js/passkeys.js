// Passkeys: a form marked data-passkey="create" or "get" asks the browser for one when it is sent, and sends what it gets.
// The server's options stand in data-options, or are fetched from data-options-from just before.

const decode = (text) => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0)).buffer;
};
const encode = (buffer) => {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};
const named = (list) => (list ?? []).map((one) => ({ ...one, id: decode(one.id) }));

// Browsers that know the JSON forms of the standard still differ in what they leave out, so we write them ourselves.
function toBrowser(options) {
  const key = { ...options.publicKey, challenge: decode(options.publicKey.challenge) };
  if (key.user) key.user = { ...key.user, id: decode(key.user.id) };
  if (key.excludeCredentials) key.excludeCredentials = named(key.excludeCredentials);
  if (key.allowCredentials) key.allowCredentials = named(key.allowCredentials);
  return { publicKey: key };
}

function toServer(credential) {
  const told = credential.response;
  const response = { clientDataJSON: encode(told.clientDataJSON) };
  if (told.attestationObject) {
    response.attestationObject = encode(told.attestationObject);
    response.transports = told.getTransports?.() ?? [];
  } else {
    response.authenticatorData = encode(told.authenticatorData);
    response.signature = encode(told.signature);
    response.userHandle = told.userHandle ? encode(told.userHandle) : null;
  }
  return {
    id: credential.id,
    rawId: encode(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.dataset.optionsFrom, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status} from ${form.dataset.optionsFrom}`);
  return answer.json();
}

async function ask(form) {
  const options = await optionsOf(form);
  if (form.dataset.passkey === "get") return navigator.credentials.get(toBrowser(options.request_options));
  const wanted = toBrowser(options.creation_options);
  if (form.elements.passwordless?.checked) {
    wanted.publicKey.authenticatorSelection = {
      ...wanted.publicKey.authenticatorSelection,
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    };
  }
  return navigator.credentials.create(wanted);
}

function say(form, words) {
  const line = form.querySelector("[data-passkey-refused]");
  line.querySelector("[data-words]").textContent = words;
  line.hidden = !words;
}

// What a browser says when somebody cancels, waits too long, or holds a key that is not known here is the same to them.
const reasonOf = (form, error) => (error.name === "InvalidStateError" ? form.dataset.known : form.dataset.refused);

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.passkey || form.elements.credential.value) return;
  event.preventDefault();
  const button = event.submitter ?? form.querySelector("[type=submit]");
  button.disabled = true;
  say(form, "");
  try {
    form.elements.credential.value = JSON.stringify(toServer(await ask(form)));
    form.submit();
  } catch (error) {
    form.elements.credential.value = "";
    say(form, reasonOf(form, error));
    button.disabled = false;
  }
});

// Where the browser knows no passkeys at all, the button would lead nowhere.
if (!window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    say(form, form.dataset.unknown);
    form.querySelector("[type=submit]").disabled = true;
  }
}
