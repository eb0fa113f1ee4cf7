// SPDX-License-Identifier: Apache-2.0
// The company's own pages as an owner uses them on a telephone, and the desk beside it: a question and its answer, a consent given and taken
// back, a device with a name, who looked; large enough to press, readable in both languages, and nothing for a screen reader to stumble over.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { Region, axeSource, signIn, until } from "./region.mjs";

const axe = readFileSync(axeSource, "utf8");
const TOUCH_MIN = 44; // CSS pixels: WCAG 2.2, 2.5.5

test("an owner and the desk", { timeout: 240000 }, async (t) => {
	const region = await Region.start();
	t.after(() => region.stop());
	region.enrol();
	region.sensor();
	const add = (...args) => /^password: (\S+)/m.exec(region.cli("user", "add", ...args))[1];
	const deskOnce = add("--login", "desk", "--name", "相談 花子", "--org", "1", "--role", "desk");
	const ownOnce = add("--login", "minato", "--name", "湊 浩一", "--org", "株式会社みなと製作所", "--role", "company");
	const desk = await region.browser();
	const own = await region.browser({ viewport: { width: 360, height: 740 }, hasTouch: true });
	const admin = await region.browser();
	await signIn(desk, region.base, "desk", deskOnce);
	await signIn(own, region.base, "minato", ownOnce);
	await signIn(admin, region.base, region.admin.login, region.admin.once);
	await admin.goto(`${region.base}/organisations/1`);
	await admin.fill("main input[name=phone]", "019-000-0000");
	await admin.locator("main form .btn-primary, main form button").first().click();
	await admin.waitForLoadState();
	const text = (page, selector) => page.locator(selector).first().innerText();
	let thread, number;

	await t.test("the first page answers how things stand, with the desk's number to press", async () => {
		await until("the sensor has found something", async () => {
			await own.goto(`${region.base}/`);
			return /light-(red|amber)/.test((await own.locator("#company-light").getAttribute("class")) ?? "");
		}, 90000);
		assert.ok((await text(own, ".light-word")).length > 5);
		assert.match(await own.locator(".own-actions a.btn-primary").first().getAttribute("href"), /^tel:/);
		assert.match(await text(own, "main"), /見つけたこと・したこと/);
	});

	await t.test("a question reaches the desk, the answer reaches the owner", async () => {
		await own.locator(".own-actions a", { hasText: "窓口に聞く" }).click();
		await own.waitForURL(/\/portal\/ask/);
		await own.fill("#f-body", "知らない画面が出て消えません。どうすればよいですか。");
		await own.locator("form .btn-primary").click();
		await own.waitForURL(/\/threads\/\d+/);
		thread = new URL(own.url()).pathname;
		assert.match(await text(own, "#talk"), /知らない画面が出て消えません/);
		await own.goto(`${region.base}/`); // an open thread reads by itself
		await desk.goto(`${region.base}/`);
		await desk.locator("#home-threads a.qrow-title").first().click();
		await desk.waitForURL(/\/threads\/\d+/);
		assert.match(await text(desk, "#talk"), /知らない画面が出て消えません/);
		number = /IW-\d{4}-\d{6}/.exec(await text(desk, "main"))[0];
		await desk.fill("#f-body", "画面の番号には電話しないでください。写真を撮ってください。");
		await desk.locator("form[action$='/messages'] .btn-primary").click();
		await desk.waitForLoadState();
		await own.goto(`${region.base}/`);
		assert.match(await text(own, "main"), /読んでください/);
		await own.locator(".qrow-amber a.qrow-title").first().click();
		await own.waitForURL(/\/threads\/\d+/);
		assert.match(await text(own, "#talk"), /写真を撮ってください/);
		await desk.reload();
		assert.match(await text(desk, "#talk"), /読んだ人[\s\S]*湊 浩一/);
	});

	await t.test("what is written to the police stays with the desk", async () => {
		await desk.goto(`${region.base}/cases/${number}/threads/new`);
		await desk.selectOption("#f-kind", "police");
		await desk.fill("#f-org-name", "県警サイバー犯罪対策課");
		await desk.locator("form .btn-primary").last().click();
		await desk.waitForURL(/\/threads\/\d+/);
		const secret = new URL(desk.url()).pathname;
		await desk.goto(`${region.base}${secret}?draft=ja`);
		assert.match(await desk.locator("#f-body").inputValue(), /みなと製作所/);
		await desk.locator("form[action$='/messages'] .btn-primary").click();
		await desk.waitForLoadState();
		assert.match(await text(desk, "#talk"), /みなと製作所/);
		assert.equal((await own.goto(`${region.base}${secret}`)).status(), 404);
		for (const path of [`/cases/${number}`, `/portal/cases/${number}`]) {
			await own.goto(`${region.base}${path}`);
			assert.doesNotMatch(await text(own, "main"), /県警/, path);
		}
	});

	await t.test("a consent is given and taken back", async () => {
		await own.goto(`${region.base}/portal/cases/${number}`);
		await own.locator("#consents > details > summary").click();
		await own.locator("#consents input[name=use_visit]").check({ force: true });
		await own.locator("#consents form[action$='/consents'] button").click();
		await own.waitForLoadState();
		assert.match(await text(own, "#consents"), /湊 浩一 が同意/);
		await own.locator("#consents .confirm summary").click();
		await own.locator("button.btn-danger:visible").click();
		await own.waitForLoadState();
		assert.match(await text(own, "#consents"), /取り消し済み/);
	});

	await t.test("a file is handed in", async () => {
		await own.goto(`${region.base}/portal/cases/${number}`);
		await own.locator("#files summary").click();
		await own.setInputFiles("#f-file", { name: "画面.txt", mimeType: "text/plain", buffer: Buffer.from("a photo of the screen") });
		await own.locator("#files form button").click();
		await own.waitForLoadState();
		assert.match(await text(own, "#files"), /画面\.txt/);
		await desk.goto(`${region.base}/cases/${number}/evidence`);
		assert.match(await text(desk, "main"), /画面\.txt/);
	});

	await t.test("a device gets a name", async () => {
		await own.goto(`${region.base}/portal/devices`);
		const one = own.locator(".own-list li", { hasText: "Galaxy-A54" }).first();
		const id = await one.getAttribute("id");
		if (!(await one.locator("details").evaluate((d) => d.open))) await one.locator("summary").click();
		await one.locator("input[name=name]").fill("社長のスマホ");
		await one.locator("select[name=kind]").selectOption("smartphone");
		await one.locator("input[value=yes]").check({ force: true });
		await one.locator("button").click();
		await own.waitForLoadState();
		assert.match(await text(own, `#${id}`), /社長のスマホ/);
		await desk.goto(`${region.base}/members/1/devices`);
		assert.match(await text(desk, "main"), /社長のスマホ/);
	});

	await t.test("who looked is told within seconds", async () => {
		await until("the desk's look is written down", async () => {
			await own.goto(`${region.base}/portal/seen`);
			return (await text(own, "main")).includes("相談 花子");
		}, 20000);
		assert.match(await text(own, "h1"), /1 つの組織の人/);
		assert.match(await text(own, "main"), new RegExp(`インシデント ${number} `));
	});

	await t.test("every page is readable, pressable and free of violations, wide and narrow, in both languages", async () => {
		const paths = ["/", `/portal/cases/${number}`, "/portal/ask", thread, "/portal/devices", "/portal/seen", "/portal/emergency"];
		const wide = await region.browser({ colorScheme: "dark" });
		await signIn(wide, region.base, "minato", "minato-no-tegami-7");
		const bad = [];
		own.errors.length = 0; // of the page that was not theirs
		for (const [page, narrow] of [[own, true], [wide, false]])
			for (const lang of ["ja", "en"]) {
				await page.goto(`${region.base}/`);
				await page.evaluate(async (to) => {
					const form = document.querySelector('form[action="/lang"]');
					const body = new URLSearchParams(new FormData(form));
					body.set("lang", to);
					await fetch("/lang", { method: "POST", body });
				}, lang);
				for (const path of paths) {
					const answer = await page.goto(`${region.base}${path}`);
					assert.equal(answer.status(), 200, path);
					assert.equal(await page.locator("html").getAttribute("lang"), lang);
					await page.evaluate(axe);
					const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
					for (const v of violations) bad.push(`${lang} ${path}: ${v.id} ${v.nodes.slice(0, 2).map((n) => n.target.join(" ")).join(", ")}`);
					assert.deepEqual(page.errors, [], `${path}: the browser complains`);
					const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
					if (over > 1) bad.push(`${lang} ${path}: ${over} px wider than the window`);
					if (narrow) {
						if (await page.locator("main table:visible").count()) bad.push(`${path}: a table on a telephone`);
						for (const box of await page.locator("main .btn-big:visible").all()) {
							const { height } = await box.boundingBox();
							if (height < TOUCH_MIN) bad.push(`${path}: a button of ${height} px`);
						}
					}
				}
			}
		assert.deepEqual(bad, []);
	});
});
