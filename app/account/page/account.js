'use strict';
// Reads the link's action and token behind the #, shows its form, and calls the mutation of its name.
const MUTATIONS = {
  'verify': { name: 'verifyEmail' },
  'invitation': { name: 'acceptInvitation', passwords: true, names: true },
  'reset': { name: 'resetPassword', passwords: true },
  'email-change': { name: 'confirmEmailChange' },
  'undo-email-change': { name: 'undoEmailChange' },
};
const at = (id) => document.getElementById(id);
const language = (navigator.language || 'en').toLowerCase().startsWith('de') ? 'de' : 'en';
const words = WORDS[language];
document.documentElement.lang = language;
for (const element of document.querySelectorAll('[data-word]')) element.textContent = words[element.dataset.word];

// readLink takes the token out of the address, so that it stays in no history.
function readLink() {
  const [action, token] = location.hash.slice(1).split('=', 2);
  if (location.hash) history.replaceState(null, '', location.pathname);
  return Object.hasOwn(MUTATIONS, action) && /^[A-Za-z0-9_-]{20,200}$/.test(token || '') ? { action, token } : null;
}

function complain(text) {
  at('problem').textContent = text;
  at('problem').hidden = !text;
}

// wrongPasswords is what is wrong with them before the server is asked; it has the last word.
function wrongPasswords() {
  const password = at('password').value;
  if (!password) return words.empty;
  if ([...password].length < 8) return words.short;
  return password === at('again').value ? '' : words.different;
}

function inputOf(mutation, token) {
  const input = { token };
  if (mutation.passwords) input.password = at('password').value;
  if (mutation.names) for (const id of ['first', 'last']) if (at(id).value.trim()) input[at(id).name] = at(id).value.trim();
  return input;
}

// call sends the mutation and returns what is wrong; empty when it was done.
async function call(mutation, input) {
  const names = Object.keys(input);
  const fields = names.map((name) => `${name}: $${name}`).join(', ');
  const variables = names.map((name) => `$${name}: String${name === 'token' || name === 'password' ? '!' : ''}`).join(', ');
  const query = `mutation (${variables}) { ${mutation.name}(input: {${fields}}) { userErrors { code message } } }`;
  let answer;
  try {
    const response = await fetch('/graphql', {
      method: 'POST', credentials: 'same-origin', headers: { 'Content-Type': 'application/json', 'Accept': 'application/json' },
      body: JSON.stringify({ query, variables: input }),
    });
    answer = await response.json();
  } catch {
    return words.unreachable;
  }
  if (answer.errors?.length) {
    const code = answer.errors[0].extensions?.code;
    if (code === 'UNAUTHENTICATED') return words.UNAUTHENTICATED;
    return ['OVERLOADED', 'UNAVAILABLE', 'TIMEOUT', 'INTERNAL'].includes(code) ? words.busy : answer.errors[0].message;
  }
  return (answer.data?.[mutation.name]?.userErrors || []).map((e) => Object.hasOwn(words, e.code) ? words[e.code] : e.message).join(' ');
}

function open() {
  const link = readLink();
  complain('');
  at('done').hidden = true;
  at('form').hidden = !link;
  if (!link) {
    at('title').textContent = 'Lyceum';
    at('lead').textContent = words.noLink;
    return;
  }
  const mutation = MUTATIONS[link.action], said = words[link.action];
  document.title = at('title').textContent = said.title;
  at('lead').textContent = said.lead;
  at('send').textContent = said.send;
  at('names').hidden = !mutation.names;
  at('passwords').hidden = !mutation.passwords;
  at('form').onsubmit = async (event) => {
    event.preventDefault();
    const wrong = mutation.passwords ? wrongPasswords() : '';
    complain(wrong);
    if (wrong) return;
    at('send').disabled = true;
    const problem = await call(mutation, inputOf(mutation, link.token));
    at('send').disabled = false;
    complain(problem);
    if (problem) return;
    at('form').reset();
    at('form').hidden = true;
    at('lead').textContent = '';
    at('done').textContent = said.done;
    at('done').hidden = false;
  };
}

addEventListener('hashchange', () => { if (location.hash) open(); });
open();
