// SPDX-License-Identifier: Apache-2.0
// Keyboard: j/k through rows, o opens, any [data-key] by its letter, ? shows the list, Ctrl+Enter sends a form.
const rows = () => [...document.querySelectorAll("[data-row]")].filter((r) => r.offsetParent !== null);
const link = (row) => row.querySelector(".qrow-title, a[href], button");
const current = () => document.activeElement?.closest?.("[data-row]");
const place = () => `row:${location.pathname}`;

function select(row) {
	link(row)?.focus();
	row.scrollIntoView({ block: "nearest" });
	if (row.id) sessionStorage.setItem(place(), row.id);
}

function move(step) {
	const all = rows();
	if (!all.length) return;
	const kept = sessionStorage.getItem(place());
	const from = all.indexOf(current() ?? all.find((r) => kept && r.id === kept));
	const to = from < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, from + step));
	select(all[to]);
}

function press(key) {
	const find = (root) => root?.querySelector(`[data-key="${CSS.escape(key)}"]`);
	const at = find(current()) ?? [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((e) => !e.closest("[data-row]"));
	if (!at || at.offsetParent === null) return false;
	if (at.matches("input:not([type=checkbox]), textarea, select")) {
		at.focus();
		at.select?.();
	} else {
		at.click();
	}
	return true;
}

function typing(e) {
	return e.target.matches?.("textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox]):not([type=submit])");
}

export function keys() {
	document.addEventListener("keydown", (e) => {
		if (e.isComposing || e.keyCode === 229) return; // the reader is choosing kanji
		if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && e.target.form) {
			e.preventDefault();
			e.target.form.requestSubmit();
			return;
		}
		if (e.key === "Escape" && typing(e)) return void e.target.blur();
		if (e.ctrlKey || e.metaKey || e.altKey || typing(e) || document.querySelector("dialog[open]")) return;
		if (e.key === "j" || e.key === "k") move(e.key === "j" ? 1 : -1);
		else if (e.key === "o" && current()) link(current())?.click();
		else if (e.key === "?" && document.getElementById("keys")) document.getElementById("keys").showModal();
		else if (e.key.length !== 1 || !press(e.key)) return;
		e.preventDefault();
	});
}
