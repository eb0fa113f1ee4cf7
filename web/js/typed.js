// SPDX-License-Identifier: Apache-2.0
// A form that comes back because something in it is wrong still holds what was typed. Kept in this tab for one page only; passwords and codes are not.
const KEY = "typed";
const path = (url) => new URL(url, location).pathname;
const secret = (el) => ["password", "file", "hidden", "submit", "button"].includes(el.type) || el.autocomplete === "one-time-code";
const hidden = (form) => [...form.elements].filter((el) => el.type === "hidden" && !["csrf", "version", "seen"].includes(el.name)).map((el) => `${el.name}=${el.value}`).join("&");

function keep(e) {
	const form = e.target;
	if (e.defaultPrevented || form.method !== "post") return;
	const open = [...form.elements].filter((el) => el.name && !secret(el));
	const rows = open.map((el) => [el.name, el.value, ["radio", "checkbox"].includes(el.type) ? el.checked : null]);
	if (rows.length) sessionStorage.setItem(KEY, JSON.stringify({ action: path(form.action), hidden: hidden(form), rows }));
}

function fill(form, rows) {
	for (const el of form.elements) {
		if (!el.name || secret(el)) continue;
		const choice = ["radio", "checkbox"].includes(el.type);
		const row = rows.find(([name, value]) => name === el.name && (!choice || value === el.value));
		if (row && choice) el.checked = row[2];
		else if (row) el.value = row[1];
	}
	for (let d = form.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
}

export function typed() {
	addEventListener("submit", keep);
	const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
	sessionStorage.removeItem(KEY);
	if (!kept || kept.action !== location.pathname || !document.querySelector("main :is(.errors, .flash-bad, .field-bad)")) return;
	const form = [...document.forms].find((f) => f.method === "post" && path(f.action) === kept.action && hidden(f) === kept.hidden);
	if (form) fill(form, kept.rows);
}
