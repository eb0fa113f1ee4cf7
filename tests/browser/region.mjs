// SPDX-License-Identifier: Apache-2.0
// A region of its own for a browser test: hub, people, companies, a sensor with a capture, all real programs on free ports in a
// temporary folder. Everything is stopped and removed by stop().
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
export const root = resolve(here, "../..");
export const bin = process.env.OTASUKE_BIN ?? join(root, "build/src");
const require = createRequire(join(root, "web/package.json"));
export const { chromium } = require("playwright-core");
export const axeSource = require.resolve("axe-core/axe.min.js");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export const password = "minato-no-tegami-7";

export const freePort = () =>
	new Promise((ok) => {
		const s = createServer().listen(0, "127.0.0.1", () => {
			const { port } = s.address();
			s.close(() => ok(port));
		});
	});

export const until = async (what, fn, ms = 30000) => {
	for (const end = Date.now() + ms; Date.now() < end; await new Promise((ok) => setTimeout(ok, 100))) {
		const found = await fn();
		if (found) return found;
	}
	throw new Error(`gave up waiting: ${what}`);
};

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

export const chrome = (executablePath = CHROMIUM) => chromium.launch({ executablePath, args: FLAGS });

const COMPANIES = `会員番号,会社名,フリガナ,都道府県,市区町村,業種,従業員数,電話番号
A001,株式会社みなと製作所,ミナトセイサクショ,岩手県,盛岡市,E,32,019-000-0001
A002,有限会社さくら食堂,サクラショクドウ,宮城県,仙台市,M,8,022-000-0002
`;

// Pages of one Chromium, each a person's of its own. `executablePath` may be a script that starts it elsewhere.
export class Browsers {
	executablePath = CHROMIUM;

	async browser(options = {}) {
		this.chrome ??= await chrome(this.executablePath);
		const context = await this.chrome.newContext({ locale: "ja-JP", timezoneId: "Asia/Tokyo", viewport: { width: 1280, height: 900 }, ...options });
		context.setDefaultTimeout(60000); // of a busy machine
		const page = await context.newPage();
		page.errors = [];
		page.on("console", (m) => m.type() === "error" && page.errors.push(m.text()));
		page.on("pageerror", (e) => page.errors.push(String(e)));
		return page;
	}
}

export class Region extends Browsers {
	static async start() {
		const r = new Region();
		r.dir = mkdtempSync(join(tmpdir(), "otasuke-browser-"));
		r.state = join(r.dir, "hub");
		r.port = await freePort();
		r.sensorPort = await freePort();
		r.base = `http://127.0.0.1:${r.port}`;
		r.children = [];
		const set = { "hub.https_address": "", "hub.http_address": `127.0.0.1:${r.port}`, "hub.sensor_address": `127.0.0.1:${r.sensorPort}`, "hub.public_sensor_host": "127.0.0.1" };
		const said = r.hub("--init", "--demo", "--region", "IW", "--region-name", "岩手", ...Object.entries(set).flatMap(([k, v]) => ["--set", `${k}=${v}`]));
		r.admin = { login: "admin", once: /^password: (\S+)/m.exec(said)[1] };
		r.run("otasuke-hub", "--state", r.state);
		await until("the hub answers", async () => (await fetch(`${r.base}/login`).catch(() => null))?.ok);
		writeFileSync(join(r.dir, "companies.csv"), COMPANIES);
		r.cli("company", "import", join(r.dir, "companies.csv"));
		return r;
	}

	hub(...args) {
		return execFileSync(join(bin, "otasuke-hub"), [...args, "--state", this.state], { encoding: "utf8", env: { ...process.env, LANG: "C.UTF-8" } });
	}

	cli(...args) {
		return execFileSync(join(bin, "otasuke"), [...args, "--state", this.state], { encoding: "utf8", env: { ...process.env, LANG: "ja_JP.UTF-8" } });
	}

	run(program, ...args) {
		const child = spawn(join(bin, program), args, { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, LANG: "C.UTF-8" } });
		child.log = "";
		child.stderr.on("data", (d) => (child.log = (child.log + d).slice(-20000)));
		this.children.push(child);
		return child;
	}

	// A sensor for the first company, enrolled with a printed code; it reads the capture when sensor() is called.
	enrol() {
		const said = this.cli("sensor", "code", "1");
		const url = /otasuke:\/\/\S+/.exec(said)[0];
		this.sensorState = join(this.dir, "sensor");
		mkdirSync(this.sensorState);
		execFileSync(join(bin, "otasuke-sensor"), ["enrol", url, "--state", this.sensorState], { stdio: "pipe" });
		this.capture = join(this.dir, "day.pcap");
		execFileSync("/usr/bin/python3", [join(root, "tests/gen/office_day.py"), this.capture, "--minutes", "60", "--pcs", "4", "--phone-at", "10"], { stdio: "pipe" });
		this.indicators = join(this.dir, "indicators.csv");
		writeFileSync(this.indicators, "ip,203.0.113.66,botnet\n");
	}

	sensor() {
		const conf = join(this.dir, "sensor.conf");
		writeFileSync(conf, `state = ${this.sensorState}\nreplay = ${this.capture}\nreplay_shift = now\nprobe.indicators = ${this.indicators}\nheartbeat = 1s\n`);
		return this.run("otasuke-sensor", "run", "--config", conf);
	}

	async stop() {
		await this.chrome?.close();
		for (const c of this.children.reverse()) {
			c.kill("SIGTERM");
			await until("a program ends", () => c.exitCode !== null || c.signalCode !== null, 15000).catch(() => c.kill("SIGKILL"));
		}
		rmSync(this.dir, { recursive: true, force: true });
	}
}

// Signs in; a one-time password is changed to `password`, the second factor is put off (the demonstration lets one).
export async function signIn(page, base, login, once) {
	await page.goto(`${base}/login`);
	await page.fill("input[name=login]", login);
	await page.fill("input[name=password]", once);
	await page.click("main form button.btn-primary");
	await page.waitForLoadState();
	if (page.url().endsWith("/account/password")) {
		await page.fill("main input[type=password]", password);
		await page.click("main form button.btn-primary");
		await page.waitForLoadState();
	}
	const later = page.locator('form[action="/account/totp/later"] button');
	if (await later.count()) await later.first().click();
	await page.waitForLoadState();
}
