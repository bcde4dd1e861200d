"use strict";
// GraphiQL with a tab of examples for each kind of reader.

const settings = JSON.parse(byId("settings").textContent);

const lab = {
  editor: null, // GraphiQL's editor context, as of its last drawing
  schema: null, // its schema store

  // open goes to the tab of a reader's examples, if it is still there. Tabs are known by their first line.
  open(reader) {
    const example = settings.examples.find((e) => e.reader === reader);
    const index = example && lab.editor ? lab.editor.tabs.findIndex((tab) => tab.query?.split("\n")[0] === example.text.split("\n")[0]) : -1;
    if (index >= 0) lab.editor.changeTab(index);
  },

  // restore puts the examples back. Other tabs and the history go.
  restore() {
    lab.store.clear();
    location.reload();
  },
};

// What was written stays in this browser; in production only until the tab is closed, for admins work there.
const kept = settings.production ? sessionStorage : localStorage;
const mark = "lyceum:";
lab.store = {
  getItem: (name) => kept.getItem(mark + name),
  setItem: (name, value) => kept.setItem(mark + name, value),
  removeItem: (name) => kept.removeItem(mark + name),
  clear: () => Object.keys(kept).filter((name) => name.startsWith(mark)).forEach((name) => kept.removeItem(name)),
  get length() {
    return Object.keys(kept).filter((name) => name.startsWith(mark)).length;
  },
};

const send = GraphiQL.createFetcher({
  url: "/graphql",
  subscriptionUrl: location.origin.replace(/^http/, "ws") + "/graphql",
  enableIncrementalDelivery: false,
});

// Who signs in or out by an operation of her own, or finds her session over, sees it in the bar.
async function fetcher(parameters, options) {
  const answer = await send(parameters, options);
  if (/\bsign(In|Out)\b/.test(parameters.query) || answer.errors?.some((e) => e.extensions?.code === "UNAUTHENTICATED")) {
    document.dispatchEvent(new Event("viewer-changed"));
  }
  return answer;
}

// Inside stands within GraphiQL, where its state can be reached.
function Inside() {
  lab.editor = GraphiQL.React.useEditorContext();
  lab.schema = GraphiQL.React.useSchemaStore();
  React.useEffect(() => {
    document.dispatchEvent(new Event("lab-open"));
  }, []);
  return null;
}

ReactDOM.createRoot(byId("graphiql")).render(
  React.createElement(
    GraphiQL,
    {
      fetcher,
      storage: lab.store,
      defaultTabs: settings.examples.map((e) => ({ query: e.text })),
      isHeadersEditorEnabled: false,
      shouldPersistHeaders: false,
      inputValueDeprecation: true,
    },
    React.createElement(GraphiQL.Logo, null, React.createElement(Inside)),
  ),
);
