// SPDX-License-Identifier: Apache-2.0
// Bundles what the browser gets into OUTDIR: app.css, theme.js, app.js, charts.js (only pages
// with a chart fetch it), icons.svg, favicon.svg, japan.svg. Same input, same bytes. Knows nothing of the hub, which embeds them as they are.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const pkg = (...p) => join(here, "node_modules", ...p);
const LIMITS = { "app.css": 60_000, "app.js": 80_000, "charts.js": 60_000, "theme.js": 1_000 };

// Prefectures in the order of JIS X 0401; the map's ids are p01 … p47.
const PREFECTURES =
	"hokkaido aomori iwate miyagi akita yamagata fukushima ibaraki tochigi gunma saitama chiba tokyo " +
	"kanagawa niigata toyama ishikawa fukui yamanashi nagano gifu shizuoka aichi mie shiga kyoto osaka hyogo " +
	"nara wakayama tottori shimane okayama hiroshima yamaguchi tokushima kagawa ehime kochi fukuoka saga " +
	"nagasaki kumamoto oita miyazaki kagoshima okinawa";

// The design tokens that the style sheets use, as one :root rule; the hundreds that they do not are left out.
function tokens(css) {
	const all = new Map(
		[...readFileSync(pkg("@digital-go-jp/design-tokens/dist/tokens.css"), "utf8").matchAll(
			/^\s*(--[\w-]+):\s*([^;]+);/gm,
		)].map((m) => [m[1], m[2]]),
	);
	const used = [...new Set([...css.matchAll(/var\((--[\w-]+)/g)].map((m) => m[1]))].filter((n) => all.has(n));
	const unknown = [...css.matchAll(/var\((--(?:color|font|line-height|border|elevation)-[\w-]+)/g)].filter(
		(m) => !all.has(m[1]),
	);
	if (unknown.length) throw new Error(`no such design token: ${unknown.map((m) => m[1]).join(", ")}`);
	return `:root{${used.sort().map((n) => `${n}:${all.get(n)}`).join(";")}}`;
}

// "@dark { … }" is written once and stands for both the system's wish and the reader's own choice.
function dark(css) {
	return css.replace(
		/@dark\s*\{([^{}]*)\}/g,
		(_, body) =>
			`@media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) {${body}} } :root[data-theme="dark"] {${body}}`,
	);
}

async function styles(names, others = "") {
	const own = dark(names.map((n) => readFileSync(join(here, "css", `${n}.css`), "utf8")).join("\n"));
	const out = await esbuild.transform(tokens(own) + others + own, {
		loader: "css",
		minify: true,
		target: ["chrome111", "firefox113", "safari16.2"],
		legalComments: "none",
	});
	return out.code;
}

async function script(name) {
	const out = await esbuild.build({
		entryPoints: [join(here, "js", name)],
		bundle: true,
		minify: true,
		write: false,
		format: "iife",
		target: ["chrome111", "firefox113", "safari16.2"],
		legalComments: "none",
		logLevel: "error",
	});
	return out.outputFiles[0].text;
}

function icons() {
	const names = JSON.parse(readFileSync(join(here, "icons/icons.json"), "utf8"));
	const symbol = (name, svg) =>
		`<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.5" ` +
		`stroke-linecap="round" stroke-linejoin="round">${svg}</symbol>`;
	const inner = (file) =>
		readFileSync(file, "utf8")
			.replace(/<svg[^>]*>|<\/svg>/g, "")
			.replace(/ stroke-linecap="round"| stroke-linejoin="round"/g, "")
			.replace(/>\s+</g, "><")
			.trim();
	const all = Object.entries(names).map(([name, file]) =>
		symbol(name, inner(pkg("heroicons/24/outline", `${file}.svg`))),
	);
	all.push(symbol("brand", inner(join(here, "icons/brand.svg"))));
	return `<svg xmlns="http://www.w3.org/2000/svg">${all.join("")}</svg>\n`;
}

function favicon() {
	const inner = readFileSync(join(here, "icons/brand.svg"), "utf8").replace(/<svg[^>]*>|<\/svg>/g, "").trim();
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" color="#0017c1" stroke="currentColor" stroke-linecap="round">${inner}</svg>\n`;
}

function map() {
	// an ES module that does not say so in its package.json: Node.js 18 would not import it
	const japan = JSON.parse(readFileSync(pkg("@svg-maps/japan/index.js"), "utf8").replace(/^export default /, "").replace(/;?\s*$/, ""));
	const path = new Map(japan.locations.map((l) => [l.id, l.path]));
	const one = (id, i) => {
		if (!path.has(id)) throw new Error(`map: no ${id}`);
		const d = path.get(id).replace(/-?\d+\.\d+/g, (n) => String(Number(Number(n).toFixed(2))));
		return `<path id="p${String(i + 1).padStart(2, "0")}" d="${d}"/>`;
	};
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${japan.viewBox}">${PREFECTURES.split(" ")
		.map(one)
		.join("")}</svg>\n`;
}

// The style sheet of the report that the command line writes, as an element for its head.
if (process.argv[2] === "--report" && process.argv[3]) {
	const css = await styles(["theme", "base", "parts", "lists", "print", "report"]);
	writeFileSync(resolve(process.argv[3]), `<style>${css.trim()}</style>`);
	process.exit(0);
}
const outdir = process.argv[2] && resolve(process.argv[2]);
if (!outdir) {
	console.error("usage: node build.mjs OUTDIR | --report FILE");
	process.exit(2);
}
const files = {
	"app.css": await styles(
		["theme", "base", "frame", "parts", "forms", "lists", "pages", "chart", "print"],
		readFileSync(pkg("uplot/dist/uPlot.min.css"), "utf8"),
	),
	"app.js": await script("app.js"),
	"charts.js": await script("charts.js"),
	"theme.js": await script("theme.js"),
	"icons.svg": icons(),
	"favicon.svg": favicon(),
	"japan.svg": map(),
};
mkdirSync(outdir, { recursive: true });
for (const [name, text] of Object.entries(files)) {
	const size = Buffer.byteLength(text);
	if (size > (LIMITS[name] ?? Infinity)) {
		console.error(`${name}: ${size} bytes, the limit is ${LIMITS[name]}`);
		process.exit(1);
	}
	writeFileSync(join(outdir, name), text);
	if (process.env.VERBOSE) console.log(name, size);
}
