// SPDX-License-Identifier: Apache-2.0
// Builds report.html as ONE file: script and styles inlined, so that it opens from disk and asks for nothing.
import { defineConfig } from "vite";

import { pageOf, sample as report } from "./test/make_sample.mjs";

const TOKEN = "__TRADEWIND_REPORT__";

/** Puts the one script and the one style sheet of the build into the page. */
function inline() {
  return {
    name: "inline",
    enforce: "post",
    generateBundle(_, bundle) {
      const page = bundle["report.html"];
      const parts = Object.values(bundle).filter((part) => part !== page);
      let html = page.source;
      for (const part of parts) {
        const name = part.fileName.replace(/[.\/]/g, "\\$&");
        if (part.type === "chunk") {
          html = html.replace(new RegExp(`\\s*<script[^>]*src="[^"]*${name}"[^>]*></script>`), "");
          const code = part.code.replaceAll("</script", "<\\/script").trim();
          html = html.replace("</body>", () => `  <script type="module">${code}</script>\n  </body>`);
        } else {
          html = html.replace(new RegExp(`<link[^>]*href="[^"]*${name}"[^>]*>`), () => `<style>${String(part.source).trim()}</style>`);
        }
        delete bundle[part.fileName];
      }
      if (html.split(TOKEN).length !== 2) throw new Error(`report.html must hold ${TOKEN} once`);
      page.source = html;
    },
  };
}

/** `npm run dev` shows the sample. */
function sample() {
  return {
    name: "sample",
    apply: "serve",
    transformIndexHtml: (html) => pageOf(html, report("rich")),
  };
}

export default defineConfig({
  base: "./",
  plugins: [sample(), inline()],
  build: {
    target: "es2020",
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    rollupOptions: { input: "report.html" },
  },
});
