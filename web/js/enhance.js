// SPDX-License-Identifier: Apache-2.0
// Small comforts on markup that works without them: copy, dialogs, fields that send their form.
const word = (name) => document.body.dataset[name] ?? "";

function each(root, selector, fn) {
	for (const el of [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)]) {
		if (el.dataset.ready?.includes(fn.name)) continue;
		el.dataset.ready = `${el.dataset.ready ?? ""} ${fn.name}`;
		fn(el);
	}
}

function copyable(el) {
	const b = document.createElement("button");
	b.type = "button";
	b.className = "copy-btn";
	b.setAttribute("aria-label", `${word("tCopy")}: ${el.textContent}`);
	const sprite = word("sprite");
	b.innerHTML = '<svg class="icon" aria-hidden="true"><use></use></svg>';
	const show = (name) => b.querySelector("use").setAttribute("href", `${sprite}#${name}`);
	show("copy");
	b.addEventListener("click", async () => {
		try {
			await navigator.clipboard.writeText(el.dataset.copy || el.textContent);
		} catch {
			getSelection()?.selectAllChildren(el); // without the permission: ready for Ctrl+C
			return;
		}
		show("check");
		b.title = word("tCopied");
		setTimeout(() => show("copy"), 1500);
	});
	el.after(b);
}

// <details class="confirm"> becomes a dialog; its body is the same element, so forms stay as they are.
function confirmation(el) {
	el.querySelector("summary").addEventListener("click", (e) => {
		e.preventDefault();
		const body = el.querySelector(".confirm-body");
		const dialog = document.createElement("dialog");
		dialog.className = "dialog";
		const title = body.querySelector("h2, h3");
		if (title) dialog.setAttribute("aria-label", title.textContent);
		const cancel = document.createElement("button");
		cancel.type = "button";
		cancel.className = "btn btn-quiet";
		cancel.textContent = word("tCancel");
		cancel.addEventListener("click", () => dialog.close());
		(body.querySelector(".form-actions") ?? body).append(cancel);
		dialog.append(body);
		dialog.addEventListener("close", () => {
			cancel.remove();
			el.append(body);
			dialog.remove();
		});
		document.body.append(dialog);
		dialog.showModal();
		cancel.focus();
	});
}

function opener(el) {
	el.hidden = false;
	el.addEventListener("click", () => document.getElementById(el.dataset.dialog)?.showModal());
}

function auto(el) {
	el.addEventListener("change", () => el.form.requestSubmit());
}

// A second press while the first is under way does nothing, unless something else is asked for.
function once(form) {
	let timer;
	const free = () => {
		clearTimeout(timer);
		delete form.dataset.busy;
		for (const pressed of form.querySelectorAll("[aria-busy]")) pressed.removeAttribute("aria-busy");
	};
	form.addEventListener("submit", (e) => {
		if (form.dataset.busy) return void e.preventDefault();
		form.dataset.busy = "1";
		e.submitter?.setAttribute("aria-busy", "true");
		timer = setTimeout(free, 4000);
	});
	form.addEventListener("input", free);
}

// A form that folds out is there to be typed into.
function drop(el) {
	el.querySelector("summary").addEventListener("click", () => {
		if (!el.open) setTimeout(() => el.querySelector(".drop-body :is(input:not([type=hidden]), select, textarea)")?.focus());
	});
}

// A tick for all rows that are shown, with how many are chosen: <label data-all="n"> in the form that the rows belong to.
function all(el) {
	const form = el.closest("form");
	const box = el.querySelector("input");
	const rows = () => [...form.elements].filter((e) => e.type === "checkbox" && e.name === el.dataset.all);
	const tell = () => {
		const chosen = rows().filter((r) => r.checked).length;
		box.checked = chosen > 0 && chosen === rows().length;
		box.indeterminate = chosen > 0 && !box.checked;
		el.querySelector("[data-count]").textContent = chosen;
	};
	el.hidden = false;
	box.addEventListener("change", () => {
		for (const r of rows()) r.checked = box.checked;
		tell();
	});
	document.addEventListener("change", (e) => e.target !== box && e.target.form === form && tell());
	tell();
}

function summary(el) {
	el.tabIndex = -1;
	el.focus();
}

export function enhance(root) {
	each(root, "[data-copy]", copyable);
	each(root, "details.confirm", confirmation);
	each(root, "details.drop", drop);
	each(root, "[data-dialog]", opener);
	each(root, "[data-auto]", auto);
	each(root, "form[method=post]", once);
	each(root, "[data-all]", all);
	each(root, ".form .errors", summary);
}

// one open menu at a time; a click elsewhere or Escape closes it
document.addEventListener("click", (e) => {
	for (const d of document.querySelectorAll(".who[open]")) if (!d.contains(e.target)) d.open = false;
});
document.addEventListener("keydown", (e) => {
	if (e.key === "Escape") for (const d of document.querySelectorAll(".who[open]")) d.open = false;
});
let closed = [];
addEventListener("beforeprint", () => {
	closed = [...document.querySelectorAll("details.fold:not([open])")];
	for (const d of closed) d.open = true;
});
addEventListener("afterprint", () => {
	for (const d of closed) d.open = false;
});
