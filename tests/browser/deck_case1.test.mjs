// SPDX-License-Identifier: Apache-2.0
// The deck's first case with real parts: packets of a private smartphone, the box that sees and stops them, the hub, and the people at it in
// their browsers, from the first call to the figures and the files that leave the house. OTASUKE_SHOTS=FOLDER keeps a picture of each step.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { root, signIn, until } from "./region.mjs";
import { Stage } from "./stage.mjs";

const CUT_MS = 2000; // from the click to the telephone's last packet
const MASTER = "203.0.113.66";
const CLICKS_MAX = 20; // the desk's, from the queue to the end of the case

test("the private smartphone", { timeout: 240000 }, async (t) => {
	const stage = await Stage.start();
	t.after(() => stage.stop());
	if (stage.skip) return t.skip(stage.skip);
	const { base, once } = stage;
	const desk = await stage.browser();
	const own = await stage.browser({ viewport: { width: 360, height: 740 }, hasTouch: true });
	const other = await stage.browser();
	const admin = await stage.browser();
	let shots = 0, clicks = 0, number;
	const text = (page, selector = "main") => page.locator(selector).first().innerText();
	const json = (page, path) => page.evaluate(async (p) => (await fetch(p, { headers: { Accept: "application/json" } })).json(), path);
	const shot = async (page, name) => process.env.OTASUKE_SHOTS && page.screenshot({ path: join(process.env.OTASUKE_SHOTS, `${String(++shots).padStart(2, "0")}-${name}.png`), fullPage: true });
	const click = async (what) => {
		clicks++;
		await (typeof what === "string" ? desk.locator(what) : what).first().click();
		await desk.waitForLoadState();
	};
	const flows = () => stage.ask("flows");
	// So many frames of the honest PC later: the time in which something of the telephone would have come.
	const later = async (frames) => {
		const { pc } = await flows();
		return until("the PC goes on talking", async () => {
			const now = await flows();
			return now.pc.count >= pc.count + frames && now;
		});
	};

	await t.test("an honest office is quiet", async () => {
		await Promise.all([[desk, "desk"], [own, "minato"], [other, "kitakami"], [admin, "admin"]].map(([page, login]) => signIn(page, base, login, once[login])));
		await desk.goto(`${base}/alerts`);
		assert.equal(await desk.locator("html").getAttribute("lang"), "ja");
		assert.equal(await desk.locator("#queue .qrow").count(), 0);
		assert.ok((await later(10)).pc.count > 0);
	});

	await t.test("the telephone calls: its alert stands in the desk's queue by itself", async () => {
		await desk.evaluate(() => (window.notReloaded = true));
		await stage.ask("phone");
		await until("the queue fills", async () => (await desk.locator("#queue .qrow-title").allInnerTexts()).some((s) => s.includes("Galaxy-A54")));
		assert.equal(await desk.evaluate(() => window.notReloaded), true);
		assert.doesNotMatch(await text(desk, "h1"), /ありません/, "the headline counts it as well");
		assert.match(await text(desk, ".tabs [aria-current]"), /1/);
		await shot(desk, "queue");
	});

	await t.test("the card says what happened, and whom to call", async () => {
		await click(desk.locator("#queue .qrow-title", { hasText: "Galaxy-A54" }));
		const card = await text(desk, ".acard");
		assert.match(card, new RegExp(MASTER.replaceAll(".", "\\.")));
		assert.match(card, /「Galaxy-A54」を社内のネットワークから切り離して/);
		assert.match(await text(desk, "aside"), /湊 浩一[\s\S]*019-000-0102/);
		await shot(desk, "alert");
	});

	await t.test("it becomes a case of the right kind, with words for the telephone", async () => {
		await click(desk.locator("summary", { hasText: "インシデントにする" }));
		clicks++;
		await desk.selectOption("#f-pkind", "unauthorised_device");
		await click(desk.locator(".drop[open] button", { hasText: "インシデントにする" }));
		await desk.waitForURL(/\/cases\/IW-/);
		number = new URL(desk.url()).pathname.split("/").pop();
		assert.match(number, /^IW-\d{4}-000001$/);
		assert.match(await text(desk, "#playbook"), /まず聞くこと[\s\S]*お伝えすること[\s\S]*言わない/);
		await shot(desk, "case");
	});

	await t.test("the call is noted", async () => {
		await click("#d-act summary");
		await desk.fill("#f-body", "湊社長に電話。社長の私物のスマートフォンを社内 Wi-Fi につないだとのこと。");
		await desk.fill("#f-minutes", "12");
		await shot(desk, "call");
		await click("#d-act button.btn-primary");
		assert.match(await text(desk, "#story"), /私物のスマートフォンを社内 Wi-Fi/);
	});

	await t.test("isolating asks for the consent first: who, how, what for, until when", async () => {
		await click("#remote button[value=isolate]");
		await shot(desk, "isolate-without-consent");
		assert.equal(await desk.locator("form[action$='/orders'] .btn-danger").count(), 0, "nothing to press before there is a consent");
		await click(desk.locator("main a", { hasText: "同意を記録する" }));
		assert.equal(await desk.locator("input[name=what][value=isolate]").isChecked(), true);
		clicks += 2;
		await desk.locator("input[name=what][value=visit]").check();
		await desk.locator("input[name=until][value=day]").check({ force: true });
		await desk.fill("#f-by", "湊 浩一");
		await desk.fill("#f-role", "社長");
		await shot(desk, "consent");
		await click(desk.locator("main button", { hasText: "記録する" }));
		await shot(desk, "isolate");
		assert.match(new URL(desk.url()).pathname, /\/orders\/new$/, "back at what it was asked for");
	});

	await t.test("the company sees its consent on its own page", async () => {
		await own.goto(`${base}/`);
		await shot(own, "own-home");
		await own.locator(`.qrow-title[href="/portal/cases/${number}"]`).click();
		await own.waitForURL(/\/portal\/cases\//);
		const given = await text(own, "#consents");
		assert.match(given, /機器の隔離、訪問[\s\S]*湊 浩一 が同意[\s\S]*期限/);
		await shot(own, "own-case");
	});

	await t.test("one click cuts the telephone off, and nobody else", async () => {
		const before = await flows();
		assert.ok(before.phone.count > 0 && !before.phone.held);
		assert.match(await text(desk, "h1"), /Galaxy-A54/, "the device is chosen already");
		const clicked = Date.now();
		await click("form[action$='/orders'] .btn-danger");
		await until("the order is done", async () => /隔離中/.test(await text(desk, "#remote-orders")));
		const cut = await later(100);
		t.diagnostic(`last packet ${Math.round(cut.phone.last_ms - clicked)} ms after the click`);
		assert.ok(cut.phone.last_ms - clicked < CUT_MS, `a packet came ${cut.phone.last_ms - clicked} ms after the click`);
		assert.ok(cut.phone.held && !cut.pc.held);
		const still = await later(100);
		assert.equal(still.phone.count, cut.phone.count, "no packet of the telephone comes through");
		await shot(desk, "isolated");
		await own.goto(`${base}/`);
		assert.match(await text(own), /切り離しています/);
		await shot(own, "own-isolated");
	});

	await t.test("a visit is noted: when, how long, what was done", async () => {
		await click("#d-act summary");
		await click(desk.locator("#d-act label", { has: desk.locator("input[value=visit]") }));
		await desk.fill("#f-body", "訪問してスマートフォンを確認し、不審なアプリを削除した。");
		await desk.fill("#f-minutes", "90");
		await desk.fill("#f-cost", "15000");
		await click("#d-act button.btn-primary");
		assert.match(await text(desk, "#story"), /不審なアプリを削除した/);
		assert.match(await text(desk, ".stats"), /15,000/);
	});

	await t.test("released, it is back", async () => {
		const before = await flows();
		await click(desk.locator("#remote-orders button", { hasText: "隔離を解く" }));
		await until("its packets come through", async () => (await flows()).phone.count > before.phone.count + 20);
		await until("the page says so", async () => !/隔離中/.test(await text(desk, "#remote-orders")));
		assert.equal((await flows()).phone.held, false);
		await shot(desk, "released");
	});

	await t.test("the company says whose device it is", async () => {
		await own.goto(`${base}/portal/devices`);
		const one = own.locator(".own-list li", { hasText: "Galaxy-A54" }).first();
		await one.locator("summary").click();
		await one.locator("input[name=name]").fill("社長の私物スマホ");
		await one.locator("select[name=kind]").selectOption("smartphone");
		await one.locator("input[value=no]").check({ force: true });
		await shot(own, "own-device");
		await one.locator("button").click();
		await own.waitForLoadState();
		assert.match(await text(own, ".own-list"), /社長の私物スマホ/);
	});

	await t.test("the case is closed, and its story has everything in its order", async () => {
		await desk.goto(`${base}/cases/${number}`);
		await click("#d-close summary");
		await desk.fill("#f-cause", "社長の私物のスマートフォンが社内の Wi-Fi につながっていた");
		await desk.fill("#f-lesson", "私物の機器には来客用の Wi-Fi を使う");
		await click("#d-close button.btn-primary");
		const story = await text(desk, "#story");
		await shot(desk, "closed");
		const order = [/センサーが最初に見つけました/, /受け付けました/, /湊 浩一/, /相談 花子 の指示で「Galaxy-A54.*」を隔離しました（同意: 湊 浩一/, /隔離を解きました/, /終え/];
		let at = 0;
		for (const step of order) {
			const found = story.slice(at).search(step);
			assert.ok(found >= 0, `${step} after ${story.slice(0, at)}`);
			at += found + 1;
		}
		for (const part of [/私物のスマートフォンを社内 Wi-Fi[\s\S]*?12 分/, /不審なアプリを削除した[\s\S]*?1 時間 30 分[\s\S]*?15,000/]) assert.match(story, part);
		const times = await desk.locator("#story .tl-head time").evaluateAll((all) => all.map((e) => e.dateTime));
		assert.deepEqual(times, times.toSorted(), "in the order in which it happened");
		t.diagnostic(`${clicks} clicks of the desk`);
		assert.ok(clicks <= CLICKS_MAX, `${clicks} clicks`);
	});

	await t.test("the statistics count exactly this case", async () => {
		await desk.goto(`${base}/reports`);
		const shown = Object.fromEntries(await desk.locator("[data-figure]").evaluateAll((all) => all.map((e) => [e.dataset.figure, Number(e.textContent.replaceAll(",", ""))])));
		assert.deepEqual(shown, { incidents: 1, phone_remote: 1, visit: 1, both: 1, handlings: 2 });
		const want = { incidents: 1, phone_remote: 1, visit: 1, both: 1, untouched: 0, handlings: 2, minutes: 102, cost_yen: 15000 };
		const figures = await json(desk, "/reports");
		assert.deepEqual([figures.all, figures.kind, figures.prefecture], [want, { unauthorised_device: want }, { "03": want }]);
		await shot(desk, "reports");
	});

	await t.test("each file that leaves the house carries the facts", async () => {
		const made = async (page, path, kind) => {
			if (!page.url().endsWith(path)) await page.goto(`${base}${path}`);
			await page.locator(`input[name=kind][value=${kind}]`).check({ force: true });
			await page.fill("#f-to", "JPCERT/CC");
			await page.fill("#f-purpose", "被害の届け出");
			const [download] = await Promise.all([page.waitForEvent("download"), page.locator("main form .btn-primary").first().click()]);
			return download.path();
		};
		const ofCase = `/cases/${number}/export`;
		await desk.goto(`${base}${ofCase}`);
		await shot(desk, "export");
		for (const [page, kind] of [[desk, "full_pdf"], [own, "company_pdf"]]) {
			const words = execFileSync("pdftotext", ["-raw", await made(page, ofCase, kind), "-"], { encoding: "utf8" }).replaceAll(/\s/g, "");
			for (const part of [number, "みなと製作所", "不審なアプリを削除した", "来客用のWi-Fi"]) assert.ok(words.includes(part), `${kind}: ${part}\n${words}`);
		}
		const checked = async (kind) => {
			const path = await made(desk, ofCase, kind);
			execFileSync("/usr/bin/python3", [join(root, "tests/schemas/check.py"), kind, path], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
			return readFileSync(path, "utf8");
		};
		const iodef = await checked("iodef");
		assert.match(iodef, new RegExp(`<(?:\\w+:)?IncidentID[^>]*>${number}<`));
		const files = { iodef, stix: await checked("stix"), misp: await checked("misp"), veris: await checked("veris") };
		for (const kind of ["iodef", "stix", "misp"]) assert.ok(files[kind].includes(MASTER), `${kind} names the botnet's address`);
		for (const [kind, file] of Object.entries(files)) assert.doesNotMatch(file, /湊|みなと/, `${kind} goes out without names`);
		const veris = [JSON.parse(files.veris)].flat();
		assert.deepEqual([veris[0].reference, veris[0].plus.response_minutes, veris[0].impact.overall_amount], [number, 102, 15000]);
		const rows = (path) => readFileSync(path, "utf8").trimEnd().split("\r\n");
		const actions = rows(await made(desk, ofCase, "actions_csv"));
		assert.equal(actions.filter((line) => line.includes("不審なアプリを削除した") && line.includes("15000")).length, 1, actions.join("\n"));
		assert.ok(rows(await made(desk, ofCase, "indicators_csv")).some((line) => line.includes(MASTER)));
	});

	await t.test("the company reads who looked at what of it", async () => {
		await until("the desk's looks are written down", async () => {
			await own.goto(`${base}/portal/seen`);
			return (await text(own)).includes(`インシデント ${number}`);
		});
		assert.match(await text(own), /岩手サイバーセキュリティお助け隊[\s\S]*相談 花子/);
		await shot(own, "own-seen");
	});

	await t.test("another company sees nothing of it", async () => {
		const fetched = (path) => other.evaluate(async (p) => {
			const answer = await fetch(p, { headers: { Accept: "text/html" } });
			return { status: answer.status, body: await answer.text() };
		}, path);
		const alert = (await json(desk, "/alerts?state=closed")).alerts[0].id;
		for (const path of [`/cases/${number}`, `/cases/${number}/sheet`, `/cases/${number}/consents`, `/cases/${number}/orders`, `/cases/${number}/export`, `/portal/cases/${number}`, `/alerts/${alert}`, "/orders/1", "/members/1"])
			assert.equal((await fetched(path)).status, 404, path);
		for (const path of ["/", "/alerts", "/alerts?state=closed", "/cases", "/orders", "/portal/devices", "/portal/seen", "/reports", "/search?q=Galaxy"]) {
			const { status, body } = await fetched(path);
			assert.ok([200, 403, 404].includes(status), path);
			assert.doesNotMatch(body, /みなと|湊|IW-\d{4}-|スマホ/, path);
		}
	});

	await t.test("the chain of the audit log holds", async () => {
		await admin.goto(`${base}/audit`);
		await admin.locator(".head-actions a").first().click();
		await admin.waitForURL(/check=1/);
		assert.equal(await admin.locator(".note-red").count(), 0);
		assert.equal(await admin.locator(".note .state-green").count(), 1);
	});

	await t.test("nothing is left behind", async () => {
		assert.deepEqual([desk.errors, own.errors], [[], []]);
		await stage.stop();
		assert.doesNotMatch(execFileSync("ip", ["netns"], { encoding: "utf8" }), new RegExp(stage.network));
		for (const path of [stage.folder, stage.dir]) assert.equal(existsSync(path), false, path);
	});
});
