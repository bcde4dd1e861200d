"use strict";
// What every page does with the graph itself: who is here, signing in, signing out. The session is a cookie that
// scripts cannot read.

const session = {
  // ask posts an operation and returns its data; an error of the graph or of the way there is thrown with its sentence.
  async ask(query, variables) {
    let answer;
    try {
      const response = await fetch("/graphql", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ query, variables }),
      });
      answer = await response.json();
    } catch {
      throw new Error("The server does not answer. Try again in a moment.");
    }
    if (answer.errors?.length) throw new Error(answer.errors[0].message);
    return answer.data;
  },

  // who is signed in; null for a visitor.
  async who() {
    return (await session.ask("{ viewer { username email roles { name } subscription { plan { name } } } }")).viewer;
  },

  async signIn(email, password) {
    const { signIn } = await session.ask(
      "mutation ($input: SignInInput!) { signIn(input: $input) { viewer { username } userErrors { message } } }",
      { input: { email, password } },
    );
    if (!signIn.viewer) throw new Error(signIn.userErrors[0].message);
  },

  async signOut() {
    await session.ask("mutation { signOut { signedOut } }");
  },
};

const byId = (id) => document.getElementById(id);

// say shows a problem, or takes it away again.
function say(element, problem) {
  element.textContent = problem ? problem.message : "";
  element.hidden = !problem;
}

// form signs in with what was typed and then goes on.
function signInForm(then) {
  const form = byId("sign-in-form");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    byId("submit").disabled = true;
    say(byId("problem"), null);
    try {
      await session.signIn(form.email.value, form.password.value);
      form.reset();
      await then();
    } catch (problem) {
      say(byId("problem"), problem);
      form.password.select();
    } finally {
      byId("submit").disabled = false;
    }
  });
}
