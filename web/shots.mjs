// SPDX-License-Identifier: Apache-2.0
// Screenshots and axe of the gallery or of a running hub, for people who change how pages look.
//
//   node shots.mjs                                     the gallery (build into dist/ first)
//   node shots.mjs --serve                             the gallery for a browser
//   node shots.mjs --base https://127.0.0.1:8443 --login USER:PASSWORD / /alerts /reports
//
// --out DIR (gallery/shots)  --only REGEX of page names  --widths 360,768,1280,1920  --langs ja,en  --themes light,dark  --print  --chromium PATH
import { createServer } from "node:http";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import * as gallery from "./gallery/pages.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const TYPES = { css: "text/css", js: "text/javascript", svg: "image/svg+xml" };

const { values: o, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		serve: { type: "boolean", default: false }, base: { type: "string" }, login: { type: "string" }, out: { type: "string", default: join(here, "gallery/shots") }, only: { type: "string", default: "" },
		widths: { type: "string", default: "360,768,1280,1920" }, langs: { type: "string", default: "ja,en" }, themes: { type: "string", default: "light,dark" },
		print: { type: "boolean", default: false }, full: { type: "boolean", default: true }, axe: { type: "boolean", default: true },
		chromium: { type: "string", default: "/usr/bin/chromium" }, "cookie-lang": { type: "string", default: "lang" },
	},
});

function serve() {
	const s = createServer((q, r) => {
		const asset = q.url.match(/^\/assets\/([\w.-]+)$/);
		const page = q.url.match(/^\/(ja|en)\/([a-z]+)\.html/);
		r.setHeader("Content-Security-Policy", CSP);
		try {
			if (asset) {
				r.setHeader("Content-Type", TYPES[asset[1].split(".").pop()] ?? "text/plain");
				r.end(readFileSync(join(here, "dist", asset[1])));
			} else if (page) {
				r.setHeader("Content-Type", "text/html; charset=utf-8");
				r.end(gallery.page(page[2], page[1]));
			} else if (q.url === "/") {
				r.setHeader("Content-Type", "text/html; charset=utf-8");
				r.end(gallery.names.map((n) => `<p>${n}: <a href="/ja/${n}.html">ja</a> <a href="/en/${n}.html">en</a></p>`).join(""));
			} else r.writeHead(404).end();
		} catch (e) {
			r.writeHead(500).end(String(e));
		}
	});
	return new Promise((ok) => s.listen(0, "127.0.0.1", () => ok(s)));
}

async function login(page, base, who) {
	const [user, ...rest] = who.split(":");
	await page.goto(`${base}/login`);
	await page.fill('input[type="password"]', rest.join(":"));
	await page.fill('input:not([type="hidden"]):not([type="password"]):not([type="search"])', user);
	await page.click("main button");
	await page.waitForLoadState();
	const later = page.locator('form[action="/account/totp/later"] button'); // the demonstration lets one put it off
	if (await later.count()) await later.click();
	await page.waitForLoadState();
}

let bad = 0;
const seen = new Map(); // what axe found -> the pages
async function check(page, what) {
	await page.evaluate(readFileSync(join(here, "node_modules/axe-core/axe.min.js"), "utf8"));
	const found = (await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }))).violations;
	for (const v of found) {
		const text = `axe: ${v.id} (${v.impact}) ${v.help}\n    ${v.nodes.slice(0, 3).map((n) => `${n.target.join(" ")} ${n.any[0]?.message ?? ""}`).join("\n    ")}`;
		seen.set(text, [...(seen.get(text) ?? []), what]);
	}
}

const server = o.base ? null : await serve();
if (o.serve) {
	console.log(`http://127.0.0.1:${server.address().port}/`);
	await new Promise(() => {});
}
const base = o.base ?? `http://127.0.0.1:${server.address().port}`;
const profile = mkdtempSync(join(tmpdir(), "otasuke-shots-"));
const browser = await chromium.launchPersistentContext(profile, { executablePath: o.chromium, headless: true, args: FLAGS, ignoreHTTPSErrors: true, bypassCSP: false });
mkdirSync(o.out, { recursive: true });
const page = await browser.newPage();
page.on("console", (m) => ["error", "warning"].includes(m.type()) && !m.text().includes("status of 404") && (bad++, console.log(`console ${page.url()}: ${m.text()}`)));
page.on("pageerror", (e) => (bad++, console.log(`error ${page.url()}: ${e.message}`)));
if (o.login) await login(page, base, o.login);
const names = o.base ? positionals : gallery.names;
const wanted = new RegExp(o.only);
for (const lang of o.langs.split(",")) {
	if (o.base) {
		await page.goto(base);
		const b = page.locator(`.lang button[value="${lang}"]`).first();
		if (await b.count()) await b.click();
		await page.waitForLoadState();
	}
	for (const name of names.filter((n) => wanted.test(n))) {
		const label = `${name.replace(/[^\w]+/g, "_").replace(/^_|_$/g, "") || "root"}.${lang}`;
		for (const theme of o.themes.split(",")) {
			await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce", media: "screen" });
			for (const width of o.widths.split(",").map(Number)) {
				await page.setViewportSize({ width, height: width < 500 ? 800 : 900 });
				await page.goto(o.base ? base + name : `${base}/${lang}/${name}.html`);
				await page.waitForTimeout(150);
				const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
				if (wide > 0) (bad++, console.log(`wide ${label} ${width}: ${wide} px too wide`));
				writeFileSync(join(o.out, `${label}.${theme}.${width}.png`), await page.screenshot({ fullPage: o.full }));
				if (o.axe) await check(page, `${label} ${theme} ${width}`);
			}
		}
		if (o.print) {
			await page.emulateMedia({ media: "print", colorScheme: "light" });
			await page.setViewportSize({ width: 794, height: 1123 });
			writeFileSync(join(o.out, `${label}.print.png`), await page.screenshot({ fullPage: true }));
		}
	}
}
for (const [text, pages] of seen) console.log(`${text}\n    on ${pages.slice(0, 4).join(", ")}${pages.length > 4 ? ` and ${pages.length - 4} more` : ""}`);
bad += seen.size;
await browser.close();
server?.close();
rmSync(profile, { recursive: true, force: true });
console.log(bad ? `${bad} things to mend` : "nothing to mend");
process.exit(bad ? 1 : 0);
