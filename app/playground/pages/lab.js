"use strict";
// GraphiQL with a tab of examples for each kind of reader.

// What was written stays in this browser; in production only until the tab is closed, for admins work there.
const kept = settings.production ? sessionStorage : localStorage;
const mark = "lyceum:";
const names = () => Object.keys(kept).filter((name) => name.startsWith(mark));
const store = {
  getItem: (name) => kept.getItem(mark + name),
  setItem: (name, value) => kept.setItem(mark + name, value),
  removeItem: (name) => kept.removeItem(mark + name),
  clear: () => names().forEach((name) => kept.removeItem(name)),
  get length() {
    return names().length;
  },
};

const lab = {
  fresh: store.length === 0, // nothing was written here before
  ready: false, // the editors are there
  wanted: "", // whose tab to open then
  editor: null, // GraphiQL's editor context, as of its last drawing
  introspect() {}, // reads the schema again

  // open goes to the tab of a reader's examples, if it is still there. Tabs are known by their first line.
  open(reader) {
    if (!lab.ready) {
      lab.wanted = reader;
      return;
    }
    const head = settings.examples.find((e) => e.reader === reader)?.text.split("\n")[0];
    const index = lab.editor.tabs.findIndex((tab) => head && tab.query?.startsWith(head));
    if (index >= 0) lab.editor.changeTab(index);
  },

  // restore puts the examples back. Other tabs and the history go.
  restore() {
    store.clear();
    location.reload();
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
  lab.introspect = GraphiQL.React.useSchemaStore().introspect;
  const ready = Boolean(lab.editor.queryEditor && lab.editor.variableEditor && lab.editor.responseEditor);
  React.useEffect(() => {
    lab.ready = ready;
    if (ready && lab.wanted) lab.open(lab.wanted);
  }, [ready]);
  React.useEffect(() => {
    document.querySelector(".graphiql-tab-active")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [lab.editor.activeTabIndex]);
  return null;
}

// Each tab keeps the operation that was chosen there; by itself GraphiQL takes the one at the same place.
function onTabChange({ tabs, activeTabIndex }) {
  if (lab.editor.queryEditor) lab.editor.queryEditor.operationName = tabs[activeTabIndex].operationName;
}

ReactDOM.createRoot(byId("graphiql")).render(
  React.createElement(
    GraphiQL,
    {
      fetcher,
      storage: store,
      defaultTabs: settings.examples.map((e) => ({ query: e.text })),
      isHeadersEditorEnabled: false,
      shouldPersistHeaders: false,
      inputValueDeprecation: true,
      schemaDescription: true,
      onTabChange,
    },
    React.createElement(GraphiQL.Logo, null, React.createElement(Inside)),
  ),
);
