import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The portal, built once into files that the gateway serves; `npm run generate` does it. */
const config = defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/portal/',
  logLevel: 'warn',
  build: {
    outDir: '../src/generated/portal',
    emptyOutDir: true,
    target: 'es2022',
    // A file in the page itself would be inline, which its policy forbids.
    assetsInlineLimit: 0,
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
