import { defineConfig } from "prisma/config";

/** Where the schema and its migrations are; migrations run through scripts/migrate.ts. */
export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
});
