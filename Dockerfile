# The gateway, the worker and the command line in one image: Node runs the sources (docs/decisions/0009). The database is the
# operator's: what the embedded one needs is left out.
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS sources
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run generate

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM ${NODE_IMAGE}
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=4000 \
    CARRYALL_DATA=/data \
    CARRYALL_LOG=requests
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=sources /app/package.json /app/LICENSE ./
COPY --from=sources /app/policies policies
COPY --from=sources /app/prisma/migrations prisma/migrations
COPY --from=sources /app/src src
# Keys, blobs and scratch files; everything else may be read-only, /tmp in memory.
RUN mkdir -m 0700 /data && chown 1000:1000 /data
VOLUME /data
USER 1000:1000
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "src/cli/main.ts"]
CMD ["serve"]
