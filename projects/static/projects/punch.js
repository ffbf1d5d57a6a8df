// A punch is kept on the phone the moment it is made and sent when there is a network. Sent any number of
// times it is one punch: the phone's name and its sequence number say which.
"use strict";

const known = JSON.parse(document.getElementById("known").textContent);
const BOOT = crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2);
const POSITION = { enableHighAccuracy: true, timeout: 8000, maximumAge: 30000 };
const BATCH = 200;
const AGAIN_MS = 30000;
const CODE_MS = 60000;
const SHOWN_MS = 7 * 24 * 3600 * 1000;
const element = (id) => document.getElementById(id);

// -- what is kept on the phone ---------------------------------------------------------------------

let database;

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("jianzhu-punch", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("phone");
      asked.result.createObjectStore("punches", { keyPath: "sequence" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

function within(stores, mode, work) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(stores, mode);
    const result = work(...stores.map((name) => transaction.objectStore(name)));
    transaction.oncomplete = () => resolve(result && "result" in result ? result.result : result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

const read = (name) => within(["phone"], "readonly", (phone) => phone.get(name));
const keep = (name, value) => within(["phone"], "readwrite", (phone) => phone.put(value, name));
const all = () => within(["punches"], "readonly", (punches) => punches.getAll());

// The number is taken and the punch kept in one transaction: neither without the other.
function add(punch) {
  return within(["phone", "punches"], "readwrite", (phone, punches) => {
    const asked = phone.get("sequence");
    asked.onsuccess = () => {
      punch.sequence = (asked.result || 0) + 1;
      phone.put(punch.sequence, "sequence");
      punches.put(punch);
    };
    return punch;
  });
}

// -- the phone's name and key ----------------------------------------------------------------------

async function identity() {
  let phone = await read("identity");
  if (!phone) {
    phone = { installation: crypto.randomUUID(), keys: null };
    if (crypto.subtle) {
      // Not extractable: it signs on this phone and can't be carried to another.
      const kind = { name: "ECDSA", namedCurve: "P-256" };
      phone.keys = await crypto.subtle.generateKey(kind, false, ["sign", "verify"]);
    }
    await keep("identity", phone);
  }
  return phone;
}

const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));

async function signed(phone, punch) {
  if (!phone.keys) return "";
  const words = [
    phone.installation, punch.sequence, punch.worker_id, punch.site_id, punch.at, punch.boot,
    punch.monotonic_ms, punch.direction, degrees(punch.latitude), degrees(punch.longitude),
    punch.accuracy_metres ?? "", punch.mock ? 1 : 0, punch.code, punch.photo_sha256,
  ];
  const text = new TextEncoder().encode(words.join("\n"));
  const raw = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, phone.keys.privateKey, text);
  return base64(raw);
}

const degrees = (text) => (text === null ? "" : Math.round(Number(text) * 1e7));

async function register(phone) {
  const key = phone.keys
    ? base64(await crypto.subtle.exportKey("spki", phone.keys.publicKey))
    : "";
  const name = navigator.userAgent.slice(0, 120);
  return post(known.register, { installation: phone.installation, public_key: key, name });
}

// -- punching --------------------------------------------------------------------------------------

function position() {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(null);
    navigator.geolocation.getCurrentPosition((p) => resolve(p.coords), () => resolve(null), POSITION);
  });
}

let scanned = { code: "", until: 0 };

async function punch(direction) {
  // Both clocks first: finding the position may take seconds.
  const made = {
    worker_id: known.worker, site_id: Number(element("site").value), direction,
    at: new Date().toISOString(), boot: BOOT, monotonic_ms: Math.round(performance.now()),
    latitude: null, longitude: null, accuracy_metres: null, mock: false, photo_sha256: "",
    code: performance.now() < scanned.until ? scanned.code : "", state: "waiting", why: "",
  };
  const here = await position();
  if (here) {
    made.latitude = here.latitude.toFixed(7);
    made.longitude = here.longitude.toFixed(7);
    made.accuracy_metres = Math.round(here.accuracy);
  }
  await add(made);
  element("said").textContent = `${known.texts[direction]} ${clock(made.at)}`;
  await show();
  await send();
}

const clock = (text) => new Date(text).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

// -- sending ---------------------------------------------------------------------------------------

async function post(path, body) {
  const csrf = (document.cookie.match(/(?:^|; )csrftoken=([^;]+)/) || [])[1] || "";
  return fetch(path, {
    method: "POST", credentials: "same-origin", body: JSON.stringify(body),
    headers: {
      "Content-Type": "application/json", "X-CSRFToken": csrf, "Idempotency-Key": crypto.randomUUID(),
    },
  });
}

let sending = false;

async function send() {
  if (sending) return;
  sending = true;
  try {
    await sendAll();
  } catch (error) {
    // No network: it waits. Anything else is shown by the console and waits as well.
    if (!(error instanceof TypeError)) console.error(error);
  } finally {
    sending = false;
    await show();
  }
}

async function sendAll() {
  const waiting = (await all()).filter((p) => p.state === "waiting" || p.state === "refused");
  const own = waiting.filter((p) => p.worker_id === known.worker).slice(0, BATCH);
  if (!own.length) return;
  const phone = await identity();
  if (!(await read("registered"))) {
    const answer = await register(phone);
    if (!answer.ok) return refused(answer);
    await keep("registered", true);
  }
  const punches = [];
  for (const one of own) {
    const { state, why, ...said } = one;
    punches.push({ ...said, signature: await signed(phone, one) });
  }
  const answer = await post(known.send, {
    phone: phone.installation, sent_at: new Date().toISOString(), boot: BOOT,
    monotonic_ms: Math.round(performance.now()), punches,
  });
  if (!answer.ok) return refused(answer);
  const states = { taken: "sent", known: "sent", parked: "parked", refused: "refused" };
  const { results } = await answer.json();
  if (results.some((r) => r.code === "unknown_phone")) await keep("registered", false);
  await within(["punches"], "readwrite", (store) => {
    for (const result of results) {
      const one = own.find((p) => p.sequence === result.sequence);
      if (one) store.put({ ...one, state: states[result.result], why: result.code });
    }
  });
  if (waiting.length > own.length && results.every((r) => r.result !== "refused")) return sendAll();
}

function refused(answer) {
  const away = answer.status === 401 || answer.status === 403;
  element("said").textContent = away ? known.texts.sign_in : `${known.texts.waiting} (${answer.status})`;
}

// -- showing ---------------------------------------------------------------------------------------

async function show() {
  const since = Date.now() - SHOWN_MS;
  const punches = (await all()).filter((p) => p.state !== "sent" || Date.parse(p.at) > since);
  element("waiting").textContent = punches.filter((p) => p.state === "waiting" || p.state === "refused").length;
  element("queue").replaceChildren(...punches.reverse().map((p) => {
    const item = document.createElement("li");
    item.dataset.state = p.state;
    item.textContent = `${new Date(p.at).toLocaleString()} ${known.texts[p.direction]}: ${known.texts[p.state]} ${p.why}`;
    return item;
  }));
}

function scan() {
  const code = new URLSearchParams(location.search).get("code");
  if (!code) return;
  scanned = { code, until: performance.now() + CODE_MS };
  element("site").value = code.split(".")[0];
  element("code").textContent = known.texts.code;
  element("code").hidden = false;
  history.replaceState(null, "", location.pathname);
}

async function start() {
  element("site").replaceChildren(...known.sites.map((site) => new Option(site.name, site.id)));
  database = await open();
  scan();
  for (const button of document.querySelectorAll("[data-side]")) {
    button.addEventListener("click", () => punch(button.dataset.side));
  }
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
  if ("serviceWorker" in navigator) navigator.serviceWorker.register(known.service_worker);
  addEventListener("online", send);
  document.addEventListener("visibilitychange", send);
  setInterval(send, AGAIN_MS);
  await show();
  await send();
  document.body.dataset.ready = "yes";
}

start();
