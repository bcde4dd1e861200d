"use strict";
// The bar above GraphiQL: who is signed in, and how to be somebody else.

const settings = JSON.parse(byId("settings").textContent);
const dialog = byId("sign-in");
const accounts = byId("accounts");
const segments = [...document.querySelectorAll("[data-reader]")];
let known = false; // whether somebody was signed in when the bar was last drawn

// show puts who is signed in into the bar.
async function show() {
  const viewer = await session.who();
  if (settings.production && known && !viewer) return lab.restore(); // to the door; who comes next finds nothing
  known = Boolean(viewer);
  const email = viewer ? viewer.email : "";
  byId("name").textContent = viewer ? viewer.username : "Visitor";
  byId("roles").textContent = viewer ? whatSheIs(viewer) : "not signed in";
  byId("open-sign-in").hidden = known;
  byId("sign-out").hidden = !known;
  segments.forEach((button) => button.setAttribute("aria-pressed", String((button.dataset.email ?? "") === email)));
  if (accounts) accounts.value = [...accounts.options].some((option) => option.value === email) ? email : "";
  return viewer;
}

// whatSheIs names her roles; a learner has none, but a plan.
function whatSheIs(viewer) {
  const plan = viewer.subscription ? `${viewer.subscription.plan.name} plan` : "no plan";
  return viewer.roles.map((role) => role.name).join(", ") || plan;
}

// home is the reader whose examples are for this viewer.
function home(viewer) {
  if (!viewer) return "visitor";
  const button = segments.find((b) => b.dataset.email === viewer.email);
  if (button) return button.dataset.reader;
  const hers = settings.examples.map((e) => e.reader); // in production the server sends what she may run
  return settings.production ? (["admin", "analyst", "editor"].find((reader) => hers.includes(reader)) ?? "learner") : "";
}

// become does what changes the viewer, shows her, reads the schema again and goes to her reader's tab.
async function become(change, reader) {
  say(byId("notice"), null);
  const controls = [...segments, byId("sign-out")];
  controls.forEach((button) => (button.disabled = true));
  try {
    await change();
    if (settings.production) return lab.restore();
    lab.introspect();
    lab.open(reader);
  } catch (problem) {
    say(byId("notice"), problem);
  } finally {
    await show().catch((problem) => say(byId("notice"), problem));
    controls.forEach((button) => (button.disabled = false));
  }
}

segments.forEach((button) =>
  button.addEventListener("click", () => {
    const { reader, email } = button.dataset;
    become(() => (email ? session.signIn(email, settings.password) : session.signOut()), reader);
  }),
);
accounts?.addEventListener("change", () => {
  const email = accounts.value;
  if (email) become(() => session.signIn(email, settings.password));
});
byId("sign-out").addEventListener("click", () => become(session.signOut));
byId("restore").addEventListener("click", () => lab.restore());

byId("open-sign-in").addEventListener("click", () => dialog.showModal());
byId("cancel").hidden = false;
byId("cancel").addEventListener("click", () => dialog.close());
dialog.addEventListener("close", () => say(byId("problem"), null));
signInForm(async () => {
  dialog.close();
  await become(async () => {});
});

const complain = (problem) => say(byId("notice"), problem);
document.addEventListener("viewer-changed", () => show().catch(complain));
window.addEventListener("load", () => show().then((viewer) => lab.fresh && lab.open(home(viewer)), complain));
