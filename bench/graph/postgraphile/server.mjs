// PostGraphile as it is fastest here: production, one process, a pool of 20, no mutations, no per-request settings (who asks is
// an argument), and the plain views of the schema "peer" with their relations. Reads DATABASE_URL and PORT.
import { createServer } from 'node:http';

process.env.NODE_ENV = 'production';
process.env.GRAPHILE_ENV = 'production';

const { postgraphile } = await import('postgraphile');
const { PostGraphileAmberPreset } = await import('postgraphile/presets/amber');
const { makePgService } = await import('postgraphile/adaptors/pg');
const { grafserv } = await import('postgraphile/grafserv/node');

const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  disablePlugins: ['MutationPlugin', 'NodePlugin', 'PgIndexBehaviorsPlugin'],
  pgServices: [makePgService({ connectionString: process.env.DATABASE_URL, schemas: ['peer'], pubsub: false, poolConfig: { max: 20 } })],
  grafserv: { graphqlPath: '/graphql', graphiql: false, watch: false, websockets: false },
  grafast: { explain: false },
  schema: { defaultBehavior: '+orderBy +filterBy +connection -list -insert -update -delete' },
});

const server = createServer();
server.on('error', (error) => {
  console.error(error);
  process.exit(1);
});
await instance.createServ(grafserv).addTo(server);
if (process.env.PRINT_SCHEMA) {
  const { printSchema } = await import('graphql');
  const { writeFileSync } = await import('node:fs');
  writeFileSync(process.env.PRINT_SCHEMA, printSchema(await instance.getSchema()));
}
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('ready'));
