// SPDX-License-Identifier: Apache-2.0
// The console as a desk operator uses it, in a real browser on real programs: a log-in, an alert that arrives while one looks, a case with a call and
// a visit to its end, the statistics, the other language, and no page that a screen reader would stumble over.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { Region, axeSource, password, signIn, until } from "./region.mjs";

const axe = readFileSync(axeSource, "utf8");

test("the desk's first case", { timeout: 240000 }, async (t) => {
	const region = await Region.start();
	t.after(() => region.stop());
	region.enrol();
	const made = region.cli("user", "add", "--login", "desk", "--name", "相談 花子", "--org", "1", "--role", "desk");
	const once = /^password: (\S+)/m.exec(made)[1];
	const page = await region.browser();
	let number;

	const text = (selector) => page.locator(selector).first().innerText();
	const figure = async (name) => Number((await page.locator(`[data-figure=${name}]`).innerText()).replaceAll(",", ""));

	await t.test("a one-time password opens the door once, and is changed there", async () => {
		await signIn(page, region.base, "desk", once);
		assert.equal(new URL(page.url()).pathname, "/");
		assert.equal(await page.locator("html").getAttribute("lang"), "ja");
	});

	await t.test("an alert arrives without reloading", async () => {
		await page.goto(`${region.base}/alerts`);
		assert.equal(await page.locator("#queue .qrow").count(), 0, "nothing has been found yet");
		await page.evaluate(() => (window.notReloaded = true));
		region.sensor();
		await until("the queue fills by itself", async () => {
			const bar = page.locator(".newbar-link:visible");
			if (await bar.count()) await bar.first().click();
			return (await page.locator("#queue .qrow-title").allInnerTexts()).some((s) => s.includes("Galaxy-A54"));
		}, 60000);
		assert.equal(await page.evaluate(() => window.notReloaded), true);
		assert.match(await text("#queue"), /みなと製作所/);
		assert.doesNotMatch(await text("#queue"), /さくら食堂/);
	});

	await t.test("the card says in words what to do", async () => {
		await page.locator("#queue .qrow-title", { hasText: "危険と知られている" }).first().click();
		await page.waitForLoadState();
		const card = await text(".acard");
		for (const part of ["何が起きたか", "どのくらい深刻か", "いますること", "しないこと", "だれが何をしているか"]) assert.ok(card.includes(part), part);
		await page.locator(".acard-evidence summary").click();
		assert.match(await text(".acard-evidence"), /203\.0\.113\.66/);
	});

	await t.test("it becomes a case", async () => {
		await page.keyboard.press("a");
		await page.waitForLoadState();
		await page.locator("summary", { hasText: "インシデントにする" }).click();
		await page.locator(".drop[open] button", { hasText: "インシデントにする" }).click();
		await page.waitForURL(/\/cases\/IW-/);
		number = new URL(page.url()).pathname.split("/").pop();
		assert.match(number, /^IW-\d{4}-000001$/);
		assert.match(await text("#story"), /Galaxy-A54/);
	});

	await t.test("a call and a visit are recorded", async () => {
		for (const [channel, words, minutes, cost] of [["phone", "使っている人に電話し、Wi-Fi を切ってもらった", "12", "0"], ["visit", "訪問して端末を確認した", "90", "15000"]]) {
			await page.locator("#d-act summary").click();
			await page.locator(`#d-act input[value=${channel}]`).check({ force: true });
			await page.fill("#f-body", words);
			await page.fill("#f-minutes", minutes);
			await page.fill("#f-cost", cost);
			await page.locator("#d-act button.btn-primary").click();
			await page.waitForLoadState();
			assert.match(await text("#story"), new RegExp(words.slice(0, 10)));
		}
		assert.match(await text(".stats"), /15,000/);
	});

	await t.test("it is closed with cause and lesson, and the statistics change", async () => {
		await page.goto(`${region.base}/reports`);
		const before = [await figure("incidents"), await figure("visit")];
		assert.deepEqual(before, [1, 1]);
		await page.goto(`${region.base}/cases/${number}`);
		await page.locator("#d-close summary").click();
		await page.fill("#f-cause", "私物の端末が社内の Wi-Fi につながっていた");
		await page.fill("#f-lesson", "来客用の Wi-Fi を分ける");
		await page.locator("#d-close button.btn-primary").click();
		await page.waitForLoadState();
		assert.match(await text("main"), /来客用の Wi-Fi を分ける/);
		await page.goto(`${region.base}/reports`);
		assert.equal(await figure("phone_remote"), 1);
		assert.equal(await figure("both"), 1);
		assert.equal(await figure("handlings"), 2, "the pilot's way counts the first response and the visit");
	});

	await t.test("a case from a call takes at most 12 keystrokes beyond the caller's words", async () => {
		let keys = 0;
		const press = async (key) => {
			keys++;
			await page.keyboard.press(key);
		};
		await page.goto(`${region.base}/cases`);
		await press("n");
		await page.waitForURL(/\/cases\/new/);
		await page.waitForFunction(() => document.activeElement?.id === "f-q");
		await page.keyboard.type("さくら"); // what the caller says
		await page.waitForSelector("#companies input[type=radio]:checked");
		while (!(await page.evaluate(() => document.activeElement?.id === "f-words"))) {
			await press("Tab");
			assert.ok(keys < 12);
		}
		await page.keyboard.type("レジのパソコンに警告が出て消えない。"); // what the caller says
		while (!(await page.evaluate(() => document.activeElement?.matches("form .form-actions .btn-primary")))) {
			await press("Tab");
			assert.ok(keys < 12);
		}
		await press("Enter");
		await page.waitForURL(/\/cases\/IW-/);
		assert.ok(keys <= 12, `${keys} keystrokes`);
		assert.match(await text("h1"), /レジのパソコンに警告が出て消えない/);
		assert.match(await text("main"), /さくら食堂/);
		t.diagnostic(`${keys} keystrokes`);
	});

	await t.test("English at a switch", async () => {
		await page.locator('.lang button[value="en"], form[action="/lang"] button[value="en"]').first().click();
		await page.waitForLoadState();
		assert.equal(await page.locator("html").getAttribute("lang"), "en");
		await page.goto(`${region.base}/alerts`);
		assert.doesNotMatch((await text("main")).replaceAll(/株式会社みなと製作所|有限会社さくら食堂|相談 花子|岩手県|宮城県/g, ""), /[ぁ-んァ-ヶ]/, "no Japanese is left");
		await page.locator('form[action="/lang"] button[value="ja"]').first().click();
		await page.waitForLoadState();
	});

	await t.test("no page of the menu has an accessibility violation", async () => {
		const paths = ["/", "/alerts", "/alerts/1", "/alerts/1/mute", "/mutes", "/cases", "/search", "/search?q=IW", "/cases/new", `/cases/${number}`, `/cases/${number}/sheet`, "/reports", "/members", "/members/1", "/fleet", "/account"];
		const bad = [];
		const adminPage = await region.browser({ colorScheme: "dark", viewport: { width: 360, height: 740 } });
		await signIn(adminPage, region.base, region.admin.login, region.admin.once);
		for (const [p, more] of [[page, []], [adminPage, ["/people", "/people/new", "/organisations", "/audit", "/members/import"]]])
			for (const path of [...paths, ...more]) {
				const answer = await p.goto(`${region.base}${path}`);
				assert.equal(answer.status(), 200, path);
				await p.evaluate(axe);
				const { violations } = await p.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
				for (const v of violations) bad.push(`${path}: ${v.id} ${v.nodes.slice(0, 2).map((n) => n.target.join(" ")).join(", ")}`);
				assert.deepEqual(p.errors, [], `${path}: the browser complains`);
				const wide = await p.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
				if (wide > 1) bad.push(`${path}: ${wide} px wider than the window`);
			}
		assert.deepEqual(bad, []);
	});

	await t.test("after log-out nothing is shown", async () => {
		await page.goto(`${region.base}/`);
		await page.locator(".who summary").click();
		await page.locator('.who form[action="/logout"] button').click();
		await page.waitForLoadState();
		await page.goto(`${region.base}/cases/${number}`);
		assert.match(page.url(), /\/login/);
		assert.ok(password);
	});
});
