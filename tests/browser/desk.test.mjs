// SPDX-License-Identifier: Apache-2.0
// What the desk does many times a day, in a real browser: a call taken down with few keys, many rows at once by keyboard, two people at one case, a
// fact that is told late.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { Region, axeSource, signIn, until } from "./region.mjs";

const axe = readFileSync(axeSource, "utf8");

test("the desk's day", { timeout: 240000 }, async (t) => {
	const region = await Region.start();
	t.after(() => region.stop());
	region.enrol();
	const person = async (login, name) => {
		const said = region.cli("user", "add", "--login", login, "--name", name, "--org", "1", "--role", "desk");
		const page = await region.browser();
		await signIn(page, region.base, login, /^password: (\S+)/m.exec(said)[1]);
		return page;
	};
	const page = await person("desk", "相談 花子");
	const other = await person("desk2", "電話 太郎");
	const sound = async (p) => {
		await p.evaluate(axe);
		const found = await p.evaluate(async () => (await globalThis.axe.run()).violations.map((v) => `${v.id}: ${v.nodes[0]?.html}`));
		assert.deepEqual(found, []);
	};
	const press = async (p, selector) => {
		await p.locator(selector).first().click();
		await p.waitForLoadState();
	};
	const numbers = [];

	await t.test("a call is taken down in seconds: company by telephone number, words, Ctrl+Enter", async () => {
		for (const words of ["パソコンが急に遅くなったとのこと", "あやしい請求書のメールが届いた", "複合機が動かない"]) {
			await page.goto(`${region.base}/cases`);
			const start = Date.now();
			let keys = 0;
			const type = async (text) => {
				await page.keyboard.type(text);
				keys += text.length;
			};
			const key = async (name) => {
				await page.keyboard.press(name);
				keys++;
			};
			await page.keyboard.press("n");
			keys++;
			await page.waitForURL(/\/cases\/new/);
			assert.equal(await page.evaluate(() => document.activeElement.id), "f-q", "the first field has the keyboard");
			await type("0190000001");
			await until("the company is found", async () => (await page.locator("#companies").innerText()).includes("みなと製作所"));
			if (!(await page.locator("#companies input[name=company]:checked").count())) {
				await key("Tab");
				await key("Space");
			}
			await page.focus("#f-words");
			keys++;
			await type(words);
			await page.keyboard.press("Control+Enter");
			keys++;
			await page.waitForURL(/\/cases\/IW-/);
			numbers.push(new URL(page.url()).pathname.split("/").pop());
			assert.ok(keys - words.length <= 16, `${keys - words.length} keys beside the words`);
			assert.ok(Date.now() - start < 15000, "in seconds");
			assert.match(await page.locator("main").innerText(), new RegExp(words));
		}
		assert.equal(new Set(numbers).size, 3);
	});

	await t.test("many cases at once, by keyboard; all that are shown; what was not done is said with its reason", async () => {
		await page.goto(`${region.base}/cases`);
		await page.keyboard.press("j");
		await page.keyboard.press("x");
		await page.keyboard.press("j");
		await page.keyboard.press("x");
		assert.equal(await page.locator("input[name=n]:checked").count(), 2);
		await page.locator("#bulk summary").click();
		assert.equal(await page.locator("#bulk [data-count]").innerText(), "2");
		await sound(page);
		await page.locator("#bulk [data-all] input").check();
		assert.equal(await page.locator("input[name=n]:checked").count(), 3);
		await page.selectOption("#b-severity", "4");
		await press(page, "#bulk button[value=severity]");
		assert.equal(new URL(page.url()).pathname, "/cases", "all was done: back to the list");
		assert.ok(await page.locator(".flash").count(), "and it is said");
		for (const n of numbers) {
			const got = await page.evaluate(async (url) => (await fetch(url, { headers: { Accept: "application/json" } })).json(), `/cases/${n}`);
			assert.equal(got.cases[0].severity, 4);
		}
		// One is merged into another; the rest cannot be: its number and why are said.
		await page.locator("#bulk summary").click();
		await page.locator("#bulk [data-all] input").check();
		await page.fill("#b-other", numbers[0]);
		await press(page, "#bulk button[value=merge]");
		const said = await page.locator("main").innerText();
		assert.ok(said.includes(numbers[0]), said);
		assert.match(said, /2/);
		await sound(page);
		await page.goto(`${region.base}/cases/${numbers[2]}`);
		assert.ok(page.url().endsWith(numbers[0]), "the number leads to the whole");
		assert.ok((await page.locator("main").innerText()).includes(numbers[2]), "which still says it");
	});

	await t.test("two people at one case: the second is told what changed, nothing is lost", async () => {
		const edit = `${region.base}/cases/${numbers[0]}/edit`;
		await page.goto(edit);
		await other.goto(edit);
		await page.fill("#f-title", "請求書のメールと遅いパソコン");
		await press(page, "main form button.btn-primary");
		await other.fill("#f-title", "メールの件");
		await other.fill("#f-contact_name", "湊 浩一");
		await press(other, "main form button.btn-primary");
		const told = await other.locator("main").innerText();
		assert.ok(told.includes("請求書のメールと遅いパソコン"), "what the first one wrote is shown");
		assert.equal(await other.inputValue("#f-title"), "メールの件", "what the second one typed is still there");
		assert.equal(await other.inputValue("#f-contact_name"), "湊 浩一");
		await sound(other);
		await press(other, "main form button.btn-primary");
		await other.waitForURL(new RegExp(`/cases/${numbers[0]}$`));
		const end = await other.locator("main").innerText();
		assert.ok(end.includes("メールの件") && end.includes("湊 浩一"));
		await other.goto(edit);
		assert.ok((await other.locator("del").allInnerTexts()).join().includes("請求書のメールと遅いパソコン"), "the story keeps what was replaced");
		assert.ok(other.url().includes(numbers[0]), "the number is the same");
	});

	await t.test("a fact told late keeps both times", async () => {
		await page.goto(`${region.base}/cases/${numbers[0]}`);
		const form = page.locator(`form[action="/cases/${numbers[0]}/notes"]`);
		if (!(await form.isVisible())) await page.locator("details:has(form[action$='/notes']) > summary").first().click();
		await form.locator("[name=body]").fill("先週から遅かったそうです");
		await form.locator("[name=happened]").evaluate((el) => {
			for (let d = el.closest("details"); d; d = d.parentElement?.closest("details")) d.open = true;
			const then = new Date(Date.now() - 7 * 86400e3 + 9 * 3600e3);
			el.value = then.toISOString().slice(0, 16);
		});
		await form.locator("button").last().click();
		await page.waitForLoadState();
		const line = page.locator(".tl", { hasText: "先週から遅かったそうです" }).first();
		const day = (ms) => new Date(ms + 9 * 3600e3).getUTCDate();
		const facts = (await line.locator(".tl-facts").innerText()).replace(/\s/g, "");
		assert.match(facts, new RegExp(`あとから記録.*/${String(day(Date.now())).padStart(2, "0")}`), "when it was written down");
		const before = await line.evaluate((el) => {
			const all = [...el.parentElement.children];
			return all.slice(0, all.indexOf(el) + 1).map((l) => l.innerText).join(" ");
		});
		assert.match(before, new RegExp(`(月|/)0?${day(Date.now() - 7 * 86400e3)}(日|\\b)`), "when it happened");
	});

	await t.test("many alerts at once become one case", async () => {
		region.sensor();
		await page.goto(`${region.base}/alerts`);
		await until("two alerts", async () => {
			await page.goto(`${region.base}/alerts`);
			return (await page.locator("#queue input[name=n]").count()) >= 2;
		}, 60000);
		const n = await page.locator("#queue input[name=n]").count();
		await page.locator("#bulk summary").click();
		await page.locator("#bulk [data-all] input").check();
		assert.equal(await page.locator("#bulk [data-count]").innerText(), String(n));
		await sound(page);
		await press(page, "#bulk button[value=case]");
		await page.waitForURL(/\/cases\/IW-/);
		const got = await page.evaluate(async () => (await fetch("/alerts?state=case", { headers: { Accept: "application/json" } })).json());
		assert.ok(got.alerts.length >= n, `${got.alerts.length} of ${n}`);
	});
	assert.deepEqual([...page.errors, ...other.errors].filter((e) => !/409|400/.test(e)), []);
});
