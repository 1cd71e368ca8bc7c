// A web service that takes people's own Usher sign-in, written with openid-client. Adds itself at the desk, sends the browser (this
// file plays it too), and says for each case: ok or FAILED, what was tried, what was seen.
import fs from "node:fs";
import * as client from "openid-client";

const card = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const portal = card.portal, direct = card.portal_direct;
const HOME = "https://tried.example/back";
const told = (status, what, seen = "") => console.log([status, what, String(seen).replace(/\s+/g, " ").slice(0, 120)].join("\t"));
const secretOf = (name) => card.sign_ins.find((one) => one.username === name)?.secret;

/** A browser of its own: it keeps cookies and follows nothing by itself. */
class Browser {
  cookies = new Map();
  async ask(url, form) {
    const headers = { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
    const own = url.startsWith(portal) ? portal : new URL(url).origin;
    if (form) Object.assign(headers, { "content-type": "application/x-www-form-urlencoded", origin: own });
    const to = url.replace(portal, direct);
    const answer = await fetch(to, { method: form ? "POST" : "GET", headers, body: form?.toString(), redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      this.cookies.set(name, value);
    }
    return { status: answer.status, leads: answer.headers.get("location"), text: await answer.text() };
  }
}
const field = (page, name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page.text)?.[1].replaceAll("&amp;", "&").replaceAll("&#38;", "&");

/** Adds the service at the desk, as the computing lead would. */
async function add() {
  const desk = new Browser(), at = card.desk;
  const door = await desk.ask(`${at}/sign-in`);
  const lead = "technician";
  await desk.ask(`${at}/sign-in`, new URLSearchParams({ _form: field(door, "_form"), username: lead, password: secretOf(lead) }));
  const form = await desk.ask(`${at}/services/new`);
  const owner = /<option value="([^"]+)" selected/.exec(form.text)?.[1];
  const said = new URLSearchParams({ _form: field(form, "_form"), name: "Tried", returns: HOME, after: "https://tried.example/bye", owner, review: "2099-01-01" });
  for (const kind of ["pupil", "staff"]) said.append("kinds", kind);
  const added = await desk.ask(`${at}/services/new`, said);
  const [secret, issuer, id] = [...added.text.matchAll(/<code class="long">([^<]+)<\/code>/g)].map((one) => one[1]);
  if (!id) throw new Error(`not added: ${added.status} ${added.text.slice(0, 300)}`);
  return { secret, issuer, id };
}

const service = await add();
const skew = { value: 0 };
const direct_fetch = (url, options) => fetch(String(url).replace(portal, direct), options);
const options = { [client.customFetch]: direct_fetch };
const config = await client.discovery(new URL(service.issuer), service.id, {}, client.ClientSecretBasic(service.secret), options);
config[client.customFetch] = direct_fetch;
told(config.serverMetadata().issuer === portal ? "ok" : "FAILED", "discovery", config.serverMetadata().issuer);

/** Sends a browser off; gives the address it comes back with, and what the library needs to check it. */
async function go(browser, username, password, more = {}) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState(), expectedNonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: HOME, scope: "openid profile", state: expectedState, nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: "S256", ...more,
  });
  let page = await browser.ask(url.href);
  if (page.text.includes('action="/services/sign-in"')) {
    // The demonstration has a clock of its own; a form tells when it was shown.
    skew.value = Math.round((Number(field(page, "_form").split(".")[0]) - Date.now()) / 1000);
    page = await browser.ask(`${portal}/services/sign-in`, new URLSearchParams({ _form: field(page, "_form"), ask: field(page, "ask"), username, password }));
  }
  if (page.text.includes('action="/services/agree"')) {
    page = await browser.ask(`${portal}/services/agree`, new URLSearchParams({ _form: field(page, "_form"), ask: field(page, "ask") }));
  }
  return { page, checks: { pkceCodeVerifier, expectedState, expectedNonce } };
}

async function attempt(what, run) {
  try {
    told("ok", what, await run());
  } catch (error) {
    told("FAILED", what, `${error.code ?? ""} ${error.message} ${error.cause?.message ?? ""}`);
  }
}
const sure = (right, seen) => { if (!right) throw new Error(seen); return seen; };

const browser = new Browser();
let tokens;
const one = "teacher.y4", other = "parent";
await attempt("one's own sign-in is taken", async () => {
  const { page, checks } = await go(browser, one, secretOf(one));
  sure(page.leads?.startsWith(HOME), `${page.status} ${page.text.replace(/<[^>]*>/g, " ").slice(0, 400)}`);
  config[client.clockSkew] = skew.value;
  tokens = await client.authorizationCodeGrant(config, new URL(page.leads), { ...checks, idTokenExpected: true });
  return `${tokens.claims().name}, ${tokens.claims().role}`;
});
await attempt("who it is, asked with the token", async () => {
  const said = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  return sure(said.sub === tokens.claims().sub && said.name === tokens.claims().name, JSON.stringify(said));
});
await attempt("a second time nothing is asked (prompt=none)", async () => {
  const { page, checks } = await go(browser, "", "", { prompt: "none" });
  const again = await client.authorizationCodeGrant(config, new URL(page.leads), { ...checks, idTokenExpected: true });
  return sure(again.claims().sub === tokens.claims().sub, "the same person");
});
await attempt("max_age is heeded", async () => {
  const { page, checks } = await go(browser, one, secretOf(one), { max_age: "3600" });
  const again = await client.authorizationCodeGrant(config, new URL(page.leads), { ...checks, maxAge: 3600, idTokenExpected: true });
  return `auth_time ${again.claims().auth_time}`;
});
await attempt("a code that comes twice is refused and ends its token", async () => {
  const { page, checks } = await go(browser, "", "", { prompt: "none" });
  const first = await client.authorizationCodeGrant(config, new URL(page.leads), checks);
  const twice = await client.authorizationCodeGrant(config, new URL(page.leads), checks).catch((error) => error);
  sure(twice.error === "invalid_grant", `the second time: ${twice.error}`);
  const after = await client.fetchUserInfo(config, first.access_token, first.claims().sub).catch((error) => error);
  return sure(after.status === 401 || after.cause?.[0]?.parameters?.error === "invalid_token", `${twice.error}, then ${after.status ?? after.code}`);
});
await attempt("another secret is refused", async () => {
  const wrong = new client.Configuration(config.serverMetadata(), service.id, {}, client.ClientSecretPost("other"));
  wrong[client.customFetch] = direct_fetch;
  wrong[client.clockSkew] = skew.value;
  const { page, checks } = await go(browser, "", "", { prompt: "none" });
  const refused = await client.authorizationCodeGrant(wrong, new URL(page.leads), checks).catch((error) => error);
  return sure(JSON.stringify(refused.cause ?? refused).includes("invalid_client") || refused.error === "invalid_client" || refused.status === 401, refused.message);
});
await attempt("somebody it is not for is refused", async () => {
  const { page } = await go(new Browser(), other, secretOf(other));
  return sure(page.status === 403 && page.text.includes("is for others"), `${page.status} ${page.text.length}`);
});
await attempt("signing out leads back and ends the token", async () => {
  const url = client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: "https://tried.example/bye" });
  const page = await browser.ask(url.href);
  const form = new URLSearchParams(["_form", "id_token_hint", "client_id", "post_logout_redirect_uri", "state"].map((name) => [name, field(page, name) ?? ""]));
  const left = await browser.ask(`${portal}/services/sign-out`, form);
  sure(left.leads === "https://tried.example/bye", `${left.status} ${left.leads}`);
  const after = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub).catch((error) => error);
  return sure(after instanceof Error, "and then nothing more is told");
});
