"use strict";
// The door in production. The server decides what opens: after signing in or out the page is asked for again.

const again = () => location.reload();

if (byId("sign-in-form")) {
  signInForm(again);
} else {
  byId("sign-out").addEventListener("click", () => session.signOut().then(again, (problem) => say(byId("problem"), problem)));
  session.who().then((viewer) => {
    byId("as").textContent = viewer ? ` as ${viewer.username}` : "";
  }, () => {});
}
