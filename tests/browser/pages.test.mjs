// SPDX-License-Identifier: Apache-2.0
// Every page as every role, on the demonstration's region: no accessibility violation, nothing wider than the window, no complaint of the
// browser. PLACES says where each GET route is seen, or why it is no page: a route that stands in neither fails the test.
// In Japanese light at 1280 and English dark at 360; OTASUKE_PAGES=other the other way round, =all both. Without it, all but the desk and the
// company see every fourth page in each look, so that the whole stays within minutes. OTASUKE_PAGES_AS=hoken,sensei looks as these only.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { axeSource, bin, chrome, freePort, root, signIn, until } from "./region.mjs";

const axe = readFileSync(axeSource, "utf8");
const all = process.env.OTASUKE_PAGES, only = process.env.OTASUKE_PAGES_AS?.split(",");
const C = "/cases/IW-2026-000012"; // the one that holds everything
const OWN = "/cases/IW-2026-000014"; // of the company whose owner looks
const FILE = "a file", PART = "a part of another page", DATA = "data for programs", DOOR = "stands before the door", LEADS = "leads to another page";
const NOT = { FILE, PART, DATA, DOOR, LEADS };
const PLACES = {
	"/": ["/"], "/live": PART, "/health": DATA, "/assets/{name}": FILE, "/admin/check": DATA,
	"/login": DOOR, "/login/totp": DOOR, "/r/{token}": DOOR,
	"/account": ["/account"], "/account/password": ["/account/password"], "/account/tokens": ["/account/tokens"], "/account/totp": ["/account/totp"],
	"/people": ["/people"], "/people/new": ["/people/new"], "/people/{id}": ["/people/2"], "/audit": ["/audit"],
	"/organisations": ["/organisations"], "/organisations/new": ["/organisations/new"], "/organisations/{id}": ["/organisations/1"],
	"/search": ["/search", "/search?q=%E5%8C%97%E4%B8%8A", "/search?q=nothing"],
	"/members": ["/members"], "/members.csv": FILE, "/members/import": ["/members/import"], "/members/new": ["/members/new"], "/members/{id}": ["/members/1"],
	"/members/{id}/edit": ["/members/1/edit"], "/members/{id}/contacts/{contact}": ["/members/1/contacts/new", "/members/1/contacts/1"],
	"/members/{id}/contracts/new": ["/members/1/contracts/new"], "/members/{id}/relations/new": ["/members/1/relations/new"],
	"/members/{id}/sites/new": ["/members/1/sites/new"], "/members/{id}/consents/new": ["/members/1/consents/new"],
	"/members/{id}/codes": ["/members/1/codes"], "/members/{id}/devices": ["/members/1/devices"], "/fleet": ["/fleet"], "/fleet/{id}": ["/fleet/1"],
	"/intel": ["/intel"], "/intel/feeds/new": ["/intel/feeds/new"], "/intel/feeds/{id}": ["/intel/feeds/1"], "/intel/feeds/{id}/edit": ["/intel/feeds/1/edit"],
	"/intel/find": ["/intel/find", "/intel/find?q=203.0.113.66"], "/intel/held": ["/intel/held"], "/intel/one": ["/intel/one?type=ip&value=203.0.113.66"],
	"/intel/own/new": ["/intel/own/new"],
	"/alerts": ["/alerts", "/alerts?state=all"], "/alerts.csv": FILE, "/alerts/{id}": ["/alerts/1", "/alerts/2"], "/alerts/{id}/mute": ["/alerts/1/mute"], "/mutes": ["/mutes"],
	"/cases": ["/cases", "/cases?state=closed", "/cases?q=nothing"], "/cases.csv": FILE, "/cases/new": ["/cases/new"], "/cases/new/companies": PART,
	"/cases/{number}": [C, OWN, "/cases/IW-2026-000001"], "/cases/{number}/sheet": [`${C}/sheet`], "/cases/{number}/edit": [`${C}/edit`],
	"/cases/{number}/entries/{id}": [`${C}/entries/@entry`],
	"/playbooks": ["/playbooks"], "/playbooks/{kind}": ["/playbooks/ransomware"], "/playbooks/{kind}/text": FILE, "/tasks": ["/tasks", "/tasks?late=1"],
	"/cases/{number}/tasks": [`${C}/tasks`, `${OWN}/tasks`], "/cases/{number}/tasks/{id}": [`${C}/tasks/@task`],
	"/cases/{number}/evidence": [`${C}/evidence`, `${OWN}/evidence`], "/cases/{number}/evidence/{no}": [`${C}/evidence/1`, `${C}/evidence/2`],
	"/cases/{number}/evidence/{no}/custody.csv": FILE, "/cases/{number}/evidence/{no}/download": FILE, "/cases/{number}/costs.csv": FILE,
	"/cases/{number}/evidence/{no}/packets": [`${C}/evidence/1/packets`], "/cases/{number}/evidence/{no}/sheet": [`${C}/evidence/1/sheet`],
	"/cases/{number}/related": [`${C}/related`], "/related/seen": ["/related/seen", "/related/seen?type=address&value=198.51.100.77"],
	"/threads": ["/threads"], "/threads/{id}": ["/threads/1", "/threads/2"], "/cases/{number}/threads/new": [`${C}/threads/new`],
	"/duties": ["/duties"], "/cases/{number}/duties": [`${C}/duties`, `${OWN}/duties`], "/cases/{number}/report/{form}": [`${C}/report/nine`],
	"/cases/{number}/report/{form}/csv": FILE,
	"/orders": ["/orders"], "/orders/{id}": ["/orders/1", "/orders/2"], "/orders/{id}/file": FILE, "/cases/{number}/orders": [`${C}/orders`, `${OWN}/orders`],
	"/cases/{number}/orders/new": [`${OWN}/orders/new?type=isolate`, `${OWN}/orders/new?type=block`, `${OWN}/orders/new?type=capture`],
	"/cases/{number}/consents": [`${C}/consents`, `${OWN}/consents`], "/cases/{number}/consents/new": [`${C}/consents/new`],
	"/steps": ["/steps"], "/steps/{procedure}": ["/steps/unplug"], "/cases/{number}/steps/{procedure}": [`${C}/steps/unplug`],
	"/cases/{number}/screens": LEADS, "/screens/{id}": ["/screens/1"], "/screens/{id}/log": FILE,
	"/cases/{number}/export": [`${C}/export`], "/cases/export": ["/cases/export"], "/cases/history": ["/cases/history"], "/cases/history/refused": FILE,
	"/outbox": ["/outbox"], "/outbox/hooks/new": ["/outbox/hooks/new"], "/outbox/hooks/{id}": ["/outbox/hooks/1"],
	"/portal": LEADS, "/portal/ask": ["/portal/ask"], "/portal/cases/{number}": [`/portal${OWN}`], "/portal/devices": ["/portal/devices"],
	"/portal/emergency": ["/portal/emergency"], "/portal/seen": ["/portal/seen"], "/portal/seen.csv": FILE,
	"/reports": ["/reports"], "/reports.csv": FILE, "/api": ["/api"], "/api/openapi.json": DATA,
};
const ROLES = { admin: 1, uketsuke: 2, kanshi: 4, kakaritsuke: 8, hoken: 16, sensei: 64, minato: 128 };
const LOOKS = [["ja", "light", 1280], ["en", "dark", 360], ["en", "light", 1280], ["ja", "dark", 360]];
const looks = { all: LOOKS, other: LOOKS.slice(2) }[all] ?? LOOKS.slice(0, 2);
const EVERYONE = ["/nothing"]; // the page that is not there

const routes = JSON.parse(execFileSync(join(bin, "otasuke-hub"), ["--routes"], { encoding: "utf8" })).filter((r) => r.method === "GET");

test("each GET route is seen here, or says why it is no page", () => {
	assert.deepEqual(routes.map((r) => r.pattern).filter((p) => !PLACES[p]), [], "put the route into PLACES");
	const known = new Set(routes.map((r) => r.pattern));
	assert.deepEqual(Object.keys(PLACES).filter((p) => !known.has(p)), [], "PLACES names a route that is gone");
	for (const [p, where] of Object.entries(PLACES)) assert.ok(Array.isArray(where) || Object.values(NOT).includes(where), p);
});

class Show {
	static async start() {
		const s = new Show();
		s.dir = mkdtempSync(join(tmpdir(), "otasuke-pages-"));
		s.state = join(s.dir, "demo");
		const [https, http, sensor] = [await freePort(), await freePort(), await freePort()];
		s.base = `http://127.0.0.1:${http}`;
		s.said = "";
		s.child = spawn("/usr/bin/python3", ["-B", join(root, "tests/demo/show.py"), "--no-browser", "--state", s.state, "--port", https, "--http-port", http, "--sensor-port", sensor].map(String),
			{ stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, LC_ALL: "", LANG: "en_US.UTF-8", OTASUKE_BIN: bin } });
		for (const out of [s.child.stdout, s.child.stderr]) out.on("data", (d) => (s.said += d));
		await until("the demonstration is there", () => s.said.includes("was told by mail") || s.child.exitCode !== null, 180000);
		assert.equal(s.child.exitCode, null, s.said);
		const [once, people] = JSON.parse(readFileSync(join(s.state, "first.json"), "utf8"));
		s.once = { admin: once, ...Object.fromEntries(people.map(([, , login, password]) => [login, password])) };
		return s;
	}

	async stop() {
		this.child.kill("SIGINT");
		await until("the demonstration ends", () => this.child.exitCode !== null || this.child.signalCode !== null, 60000).catch(() => this.child.kill("SIGKILL"));
		if (existsSync(this.dir)) rmSync(this.dir, { recursive: true, force: true });
	}
}

async function language(page, base, lang) {
	await page.goto(`${base}/account`);
	await page.evaluate(async (to) => {
		const body = new URLSearchParams(new FormData(document.querySelector('form[action="/lang"]')));
		body.set("lang", to);
		await fetch("/lang", { method: "POST", body });
	}, lang);
}

// What is wrong with the page that stands there.
async function faults(page) {
	await page.evaluate(axe);
	const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
	const bad = violations.map((v) => `${v.id} ${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join(", ")}`);
	const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	if (wide > 1) bad.push(`${wide} px wider than the window`);
	const primary = await page.locator("main .btn-primary:visible").count();
	if (primary > 1) bad.push(`${primary} primary buttons`);
	return bad;
}

test("every page, every role", { timeout: 3600000 }, async (t) => {
	const show = await Show.start();
	t.after(() => show.stop());
	const browser = await chrome();
	t.after(() => browser.close());
	const seen = new Set();
	const found = {};

	const open = async (login) => {
		const context = await browser.newContext({ locale: "ja-JP", timezoneId: "Asia/Tokyo", reducedMotion: "reduce" });
		const page = await context.newPage();
		page.errors = [];
		page.on("console", (m) => m.type() === "error" && !/status of 40\d/.test(m.text()) && page.errors.push(m.text()));
		page.on("pageerror", (e) => page.errors.push(String(e)));
		if (login) await signIn(page, show.base, login, show.once[login]);
		return page;
	};
	const look = async (page, paths, [lang, colorScheme, width], bad, wanted) => {
		await page.emulateMedia({ colorScheme });
		await page.setViewportSize({ width, height: width < 500 ? 740 : 900 });
		for (const [path, pattern] of paths) {
			page.errors.length = 0;
			const answer = await page.goto(`${show.base}${path.replace(/@(\w+)/, (_, k) => found[k])}`);
			if (wanted(answer.status(), pattern)) seen.add(pattern);
			for (const what of [...(await faults(page)), ...page.errors]) bad.push(`${lang} ${colorScheme} ${width} ${path} (${answer.status()}): ${what}`);
		}
	};

	for (const [login, bit] of Object.entries(ROLES).filter(([name]) => !only || only.includes(name)))
		await t.test(`as ${login}`, async () => {
			const page = await open(login);
			const mine = routes.filter((r) => r.roles & bit && Array.isArray(PLACES[r.pattern]));
			const paths = [...mine.flatMap((r) => PLACES[r.pattern].map((p) => [p, r.pattern])), ...EVERYONE.map((p) => [p, ""])];
			const bad = [];
			if (!found.entry) {
				await page.goto(`${show.base}${C}`);
				found.entry = /entries\/(\d+)/.exec(await page.content())[1];
				found.task = /tasks\/(\d+)/.exec(await page.content())[1];
			}
			const whole = all || login === "uketsuke" || login === "minato";
			for (const [n, one] of looks.entries()) {
				await language(page, show.base, one[0]);
				await look(page, paths.filter((_, i) => whole || i % 4 === 2 * n), one, bad, (status) => status === 200);
			}
			assert.deepEqual(bad, []);
		});

	await t.test("before the door", async () => {
		const page = await open();
		const bad = [];
		const letter = /http:\/\/\S+(\/r\/\S+)/.exec(show.said)[1];
		for (const one of looks) {
			await page.context().addCookies([{ name: "otasuke_lang", value: one[0], url: show.base }]);
			await look(page, [["/login", "/login"], [letter, "/r/{token}"], ["/r/nobody", ""]], one, bad, (status) => status === 200);
		}
		assert.deepEqual(bad, []);
	});

	await t.test("each page was really seen by somebody", () => {
		if (!all || only) return; // a part of them may miss one
		assert.deepEqual(Object.keys(PLACES).filter((p) => Array.isArray(PLACES[p]) && !seen.has(p)), []);
	});
});
