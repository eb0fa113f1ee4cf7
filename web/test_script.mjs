// SPDX-License-Identifier: Apache-2.0
// The script in a real browser against a page of the style guide and a made-up hub: keys, new rows, dialogs, theme.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const dist = mkdtempSync(join(tmpdir(), "otasuke-web-"));
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'";
const TYPES = { css: "text/css", svg: "image/svg+xml", js: "text/javascript" };

let rows = [1, 2, 3];
let streams = [];
const posted = [];

const row = (i) => `<li class="qrow" data-row><span class="state state-red">x</span>
<div class="qrow-text"><a class="qrow-title" href="/a/${i}">row ${i}</a></div>
<div class="qrow-actions"><form method="post" action="/accept/${i}"><button class="btn" data-key="a">acc</button></form></div></li>`;
const list = () => (rows.length ? `<ol class="queue" id="queue">${rows.map(row).join("")}</ol>` : `<div class="empty" id="queue">none</div>`);
const part = () => `<div class="page"><h1>t</h1>
<div class="newbar" data-live="alert" hidden><a class="newbar-link" href="/" hx-get="/" hx-target="#queue" hx-select="#queue" hx-swap="outerHTML"><span data-count>0</span> new</a></div>
${list()}<input id="s" class="input" aria-label="s" data-key="/"><code data-copy class="copy">abc</code>
<details class="confirm"><summary class="btn">danger</summary><div class="confirm-body"><h2>sure</h2><form method="post" action="/danger"><div class="form-actions"><button class="btn btn-danger">go</button></div></form></div></details>
<div id="fig" data-live="sensor" hx-get="/" hx-trigger="live" hx-select="#fig" hx-swap="outerHTML">n=${rows.length}</div></div>`;
const form = (wrong) => `<div class="page"><h1>t</h1>${wrong ? '<div class="errors" role="alert"><p>wrong</p></div>' : ""}
<form method="post" action="/form"><input type="hidden" name="item" value="1"><input name="words" aria-label="a"></form>
<details><summary>more</summary><form id="two" method="post" action="/form"><input type="hidden" name="item" value="2"><input type="hidden" name="version" value="${wrong ? 8 : 7}">
<input name="words" aria-label="w"><textarea name="note" aria-label="n"></textarea><select name="kind" aria-label="k"><option>x</option><option>y</option></select>
<input type="radio" name="how" value="a" aria-label="ha" checked><input type="radio" name="how" value="b" aria-label="hb"><input type="checkbox" name="yes" value="1" aria-label="y">
<input type="password" name="word" aria-label="p"><button class="btn">send</button></form></details></div>`;
const whole = (inside = part()) => `<!doctype html><html lang="ja"><head><title>T</title><link rel="icon" href="/assets/favicon.svg"><link rel="stylesheet" href="/assets/app.css"><script src="/assets/theme.js"></script><script defer src="/assets/app.js"></script></head>
<body data-live-url="/live" data-sprite="/assets/icons.svg" data-t-copy="copy" data-t-cancel="cancel"><button class="btn" data-theme-switch hidden><svg class="icon"><use href="/assets/icons.svg#theme"></use></svg></button>
<div class="flashes"></div><main id="main">${inside}</main><dialog id="keys" class="dialog"><form method="dialog"><button>c</button></form></dialog></body></html>`;

function answer(q, r) {
	r.setHeader("Content-Security-Policy", CSP);
	if (q.url === "/live") {
		r.writeHead(200, { "Content-Type": "text/event-stream" });
		r.write("\n");
		streams.push(r);
	} else if (q.url.startsWith("/assets/")) {
		const name = q.url.slice("/assets/".length);
		r.setHeader("Content-Type", TYPES[name.split(".").pop()]);
		r.end(readFileSync(join(dist, name)));
	} else if (q.url === "/form") {
		r.writeHead(q.method === "POST" ? 400 : 200, { "Content-Type": "text/html; charset=utf-8" });
		r.end(whole(form(q.method === "POST")));
	} else if (q.method === "POST") {
		posted.push(q.url);
		r.writeHead(303, { Location: "/" });
		r.end();
	} else if (q.url.startsWith("/a/")) {
		r.end("<title>opened</title>");
	} else {
		r.setHeader("Content-Type", "text/html; charset=utf-8");
		r.end(q.headers["hx-request"] ? part() : whole());
	}
}

const say = (kind, id) => streams.forEach((r) => r.write(`event: ${kind}\ndata: {"kind":"${kind}","id":${id}}\n\n`));

test("the page's script", async (t) => {
	execFileSync(process.execPath, [join(here, "build.mjs"), dist]);
	const server = createServer(answer);
	await new Promise((done) => server.listen(0, "127.0.0.1", done));
	const base = `http://127.0.0.1:${server.address().port}/`;
	const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
	t.after(async () => {
		await browser.close();
		server.closeAllConnections();
		server.close();
		rmSync(dist, { recursive: true, force: true });
	});
	const p = await browser.newPage();
	const complaints = [];
	p.on("console", (m) => m.type() === "error" && complaints.push(m.text()));
	p.on("pageerror", (e) => complaints.push(e.message));
	const wait = (fn, arg) => p.waitForFunction(fn, arg, { timeout: 10_000 });
	const focus = () => p.evaluate(() => document.activeElement.textContent);
	const open = async () => {
		streams = [];
		await p.goto(base);
		while (!streams.length) await new Promise((done) => setTimeout(done, 10));
	};

	await t.test("j and k walk through rows", async () => {
		await open();
		assert.equal(await p.isVisible(".newbar-link"), false);
		await p.keyboard.press("j");
		assert.equal(await focus(), "row 1");
		await p.keyboard.press("j");
		assert.equal(await focus(), "row 2");
		await p.keyboard.press("k");
		assert.equal(await focus(), "row 1");
		await p.keyboard.press("j");
	});
	await t.test("new rows are offered and move nothing", async () => {
		const top = () => p.evaluate(() => document.querySelectorAll(".qrow")[1].getBoundingClientRect().top);
		const before = await top();
		rows = [9, 8, 1, 2];
		say("alert", 9);
		await p.waitForSelector(".newbar-link");
		assert.equal((await p.textContent(".newbar")).trim(), "2 new");
		assert.equal(await p.title(), "(2) T");
		assert.equal(await top(), before);
		assert.equal(await focus(), "row 2");
		assert.ok(await p.evaluate(() => document.querySelectorAll(".qrow")[2].classList.contains("qrow-done")), "row 3 is gone");
		say("sensor", 1);
		await wait(() => document.getElementById("fig").textContent === "n=4");
		assert.equal(await p.isVisible(".newbar-link"), true, "another part that changes takes the offer not away");
		assert.equal(await p.title(), "(2) T");
		await p.click(".newbar-link");
		await wait(() => document.querySelectorAll(".qrow").length === 4);
		assert.equal(await p.isVisible(".newbar-link"), false);
		assert.equal(await p.title(), "T");
	});
	await t.test("a figure changes in its place, an empty list fills at once", async () => {
		rows = [1];
		say("sensor", 1);
		await wait(() => document.getElementById("fig").textContent === "n=1");
		rows = [];
		await open();
		rows = [5];
		say("alert", 5);
		await wait(() => document.querySelectorAll(".qrow").length === 1);
	});
	await t.test("letters in a field are letters", async () => {
		await p.keyboard.press("/");
		await p.keyboard.type("jjj?");
		assert.equal(await p.inputValue("#s"), "jjj?");
		await p.keyboard.press("Escape");
		await p.keyboard.press("?");
		assert.ok(await p.isVisible("#keys"));
		await p.keyboard.press("Escape");
	});
	await t.test("a dangerous action asks, with “cancel” in focus", async () => {
		await p.click("details.confirm summary");
		assert.equal(await focus(), "cancel");
		await p.keyboard.press("Enter");
		assert.equal(await p.isVisible(".confirm-body"), false);
		assert.deepEqual(posted, []);
		await p.click("details.confirm summary");
		await p.click("dialog[open] .btn-danger");
		await p.waitForLoadState();
		assert.deepEqual(posted, ["/danger"]);
	});
	await t.test("a accepts the row, o opens it", async () => {
		await open();
		await p.keyboard.press("j");
		await Promise.all([p.waitForNavigation(), p.keyboard.press("a")]);
		assert.deepEqual(posted, ["/danger", "/accept/5"]);
		await p.keyboard.press("j");
		await Promise.all([p.waitForNavigation(), p.keyboard.press("o")]);
		assert.equal(await p.title(), "opened");
	});
	await t.test("what was typed is there when the form comes back, once", async () => {
		const values = () => p.evaluate(() => [...document.querySelectorAll("main form")].map((f) => [...new FormData(f)].map((row) => row.join("=")).join("&")));
		await p.goto(`${base}form`);
		await p.click("summary");
		await p.fill("#two [name=words]", "said");
		await p.fill("#two [name=note]", "long");
		await p.selectOption("#two [name=kind]", "y");
		await p.check("#two [value=b]");
		await p.check("#two [name=yes]");
		await p.fill("#two [name=word]", "secret");
		await p.click("#two button");
		await p.waitForSelector(".errors");
		await wait(() => document.querySelector("details").open);
		assert.deepEqual(await values(), ["item=1&words=", "item=2&version=8&words=said&note=long&kind=y&how=b&yes=1&word="]);
		await p.goto(`${base}form`);
		assert.equal((await values())[1], "item=2&version=7&words=&note=&kind=x&how=a&word=");
		complaints.splice(0, complaints.length, ...complaints.filter((text) => !text.includes("status of 400")));
	});
	await t.test("the theme is kept", async () => {
		await open();
		const now = () => p.evaluate(() => document.documentElement.dataset.theme);
		await p.click("[data-theme-switch]");
		assert.equal(await now(), "light");
		await p.click("[data-theme-switch]");
		await p.reload();
		assert.equal(await now(), "dark");
	});
	assert.deepEqual(complaints, []);
});
