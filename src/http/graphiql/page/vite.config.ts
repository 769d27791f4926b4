import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The page for staff, built once into files that the gateway serves; `npm run generate` does it. */
const config = defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/graphiql/',
  logLevel: 'warn',
  build: {
    outDir: '../../../generated/graphiql',
    emptyOutDir: true,
    target: 'es2022',
    // The editor comes in one large part, which is loaded when a purpose was given.
    chunkSizeWarningLimit: 8000,
    rolldownOptions: {
      // React's own word for a bundler of servers; there is none here.
      onwarn: (warning, warn) => {
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
      },
    },
  },
});

// The tool reads the default export.
export default config;
