// SPDX-License-Identifier: Apache-2.0
// Two people of the desk at one case, each in their own browser: what one writes shows at the other, and nothing that either has typed is lost.
import assert from "node:assert/strict";
import test from "node:test";
import { Region, signIn, until } from "./region.mjs";

test("two people at one case", { timeout: 120000 }, async (t) => {
	const region = await Region.start();
	t.after(() => region.stop());
	const add = (login, name) => /^password: (\S+)/m.exec(region.cli("user", "add", "--login", login, "--name", name, "--org", "1", "--role", "desk"))[1];
	const once = { hanako: add("hanako", "相談 花子"), taro: add("taro", "窓口 太郎") };
	const [one, two] = [await region.browser(), await region.browser()];
	await Promise.all([signIn(one, region.base, "hanako", once.hanako), signIn(two, region.base, "taro", once.taro)]);
	const text = (page, selector = "main") => page.locator(selector).first().innerText();
	const press = async (page, selector) => {
		await page.locator(selector).first().click();
		await page.waitForLoadState();
	};
	await one.goto(`${region.base}/cases/new`);
	await one.fill("#f-q", "みなと");
	await one.waitForSelector("#companies input[type=radio]:checked");
	await one.fill("#f-words", "印刷ができない。");
	await press(one, "form .form-actions .btn-primary");
	await one.waitForURL(/\/cases\/IW-/);
	const path = new URL(one.url()).pathname;

	await t.test("a line of the first shows at the second, who goes on typing", async () => {
		await two.goto(`${region.base}${path}`);
		await press(two, "#d-act summary");
		await two.fill("#f-body", "プリンターの電源を入れ直してもら");
		await press(one, "#d-act summary");
		await one.fill("#f-body", "折り返し電話した");
		await press(one, "#d-act button.btn-primary");
		await until("the line shows", async () => (await text(two, "#story")).includes("折り返し電話した"));
		await two.locator("#f-body").pressSequentially("った");
		assert.equal(await two.inputValue("#f-body"), "プリンターの電源を入れ直してもらった");
		await press(two, "#d-act button.btn-primary");
		assert.match(await text(two, "#story"), /折り返し電話した[\s\S]*入れ直してもらった/);
	});

	await t.test("of two who mend the record the second sees what has changed, and keeps what was typed", async () => {
		await Promise.all([one.goto(`${region.base}${path}/edit`), two.goto(`${region.base}${path}/edit`)]);
		await one.fill("#f-title", "複合機で印刷ができない");
		await two.fill("#f-contact_name", "湊 良子");
		await press(one, "main form .btn-primary");
		await one.waitForURL(`**${path}`);
		await press(two, "main form .btn-primary");
		assert.match(await text(two, ".errors"), /ほかの人/);
		assert.equal(await two.inputValue("#f-title"), "複合機で印刷ができない", "what was left as it was does not undo the other's work");
		assert.equal(await two.inputValue("#f-contact_name"), "湊 良子");
		await press(two, "main form .btn-primary");
		await two.waitForURL(`**${path}`);
		assert.match(await text(two), /複合機で印刷ができない[\s\S]*湊 良子/);
	});

	await t.test("both texts stand beside each other where they differ, and saving again is a decision", async () => {
		await Promise.all([one.goto(`${region.base}${path}/edit`), two.goto(`${region.base}${path}/edit`)]);
		await one.fill("#f-title", "複合機の故障");
		await two.fill("#f-title", "2 階のプリンターの故障");
		await press(one, "main form .btn-primary");
		await one.waitForURL(`**${path}`);
		await press(two, "main form .btn-primary");
		assert.match(await text(two), /いまの記録:\s*複合機の故障/);
		assert.equal(await two.inputValue("#f-title"), "2 階のプリンターの故障");
		await press(two, "main form .btn-primary");
		await two.waitForURL(`**${path}`);
		assert.match(await text(two, "h1"), /2 階のプリンターの故障/);
		await two.goto(`${region.base}${path}/edit`);
		assert.match(await text(two, "[aria-labelledby=s-was]"), /相談 花子[\s\S]*窓口 太郎|窓口 太郎[\s\S]*相談 花子/);
		assert.match(await text(two, "[aria-labelledby=s-was]"), /複合機の故障/);
	});
});
