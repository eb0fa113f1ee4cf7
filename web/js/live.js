// SPDX-License-Identifier: Apache-2.0
// One event stream a page. What is being read never moves: a list learns of new rows and offers them in a
// bar; rows it already shows change in their place; small marked parts fetch themselves again.
const WAIT_MS = 250;

// A row is known by its id, or by where it leads.
function ids(root) {
	const name = (r) => r.id || r.querySelector(".qrow-title, a[href]")?.getAttribute("href") || r.textContent;
	return new Map([...root.querySelectorAll("[data-row]")].map((r) => [name(r), r]));
}

function bare(row) {
	const copy = row.cloneNode(true);
	for (const t of copy.querySelectorAll("time")) t.textContent = "";
	copy.removeAttribute("class");
	return copy.innerHTML;
}

// Brings rows that are on both pages up to date in place, marks those that are gone, counts those that are new.
function compare(list, fresh, htmx) {
	const [old, now] = [ids(list), ids(fresh)];
	let added = 0;
	for (const [id, row] of now) {
		const mine = old.get(id);
		if (!mine) added++;
		else if (bare(mine) !== bare(row) && !mine.contains(document.activeElement)) {
			mine.replaceWith(row);
			htmx.process(row);
		}
	}
	for (const [id, row] of old) if (!now.has(id)) row.classList.add("qrow-done");
	return added;
}

async function look(bar, htmx) {
	const a = bar.querySelector("[hx-get]");
	const list = document.querySelector(a?.getAttribute("hx-target") ?? "#queue");
	const answer = await fetch(a.getAttribute("hx-get"), { headers: { Accept: "text/html", "HX-Request": "true" } });
	if (!answer.ok || answer.redirected) return;
	const page = new DOMParser().parseFromString(await answer.text(), "text/html");
	const fresh = page.querySelector(a.getAttribute("hx-select") ?? "#queue");
	if (!fresh) return;
	if (!list?.querySelector("[data-row]") && fresh.querySelector("[data-row]")) return void a.click(); // nothing there to disturb
	if (!list) return;
	const n = compare(list, fresh, htmx);
	for (const c of bar.querySelectorAll("[data-count]")) c.textContent = String(n);
	bar.hidden = n === 0;
	document.title = document.title.replace(/^\(\d+\) /, "");
	if (n) document.title = `(${n}) ${document.title}`;
}

export function live(htmx) {
	const url = document.body.dataset.liveUrl;
	const marked = () => [...document.querySelectorAll("[data-live]")];
	if (!url || !marked().length) return;
	const timers = new WeakMap();
	const later = (el, fn) => {
		if (timers.has(el)) return;
		timers.set(el, setTimeout(() => (timers.delete(el), fn()), WAIT_MS));
	};
	const tell = (kind, id) => {
		for (const el of marked()) {
			if (kind && !el.dataset.live.split(" ").includes(kind)) continue;
			if (id && el.dataset.liveId && el.dataset.liveId !== String(id)) continue;
			later(el, () => {
				if (el.classList.contains("newbar")) look(el, htmx).catch(() => {});
				else if (!el.contains(document.activeElement)) htmx.trigger(el, "live");
			});
		}
	};
	const kinds = new Set(marked().flatMap((el) => el.dataset.live.split(" ")));
	const stream = new EventSource(url);
	let broken = false;
	for (const kind of kinds)
		stream.addEventListener(kind, (e) => {
			let id = e.data;
			try {
				id = JSON.parse(e.data)?.id ?? id;
			} catch {
				// the bare number
			}
			tell(kind, id);
		});
	stream.addEventListener("lost", () => tell(null, null));
	stream.addEventListener("error", () => {
		broken = true;
		document.body.classList.add("offline");
	});
	stream.addEventListener("open", () => {
		document.body.classList.remove("offline");
		if (broken) tell(null, null); // something may have been missed
		broken = false;
	});
	// What was unfolded stays unfolded.
	let open = [];
	document.body.addEventListener("htmx:beforeSwap", (e) => {
		open = [...e.detail.target.querySelectorAll("details")].map((d) => d.open);
	});
	document.body.addEventListener("htmx:afterSwap", (e) => {
		const now = document.getElementById(e.detail.target.id) ?? e.detail.target;
		[...now.querySelectorAll("details")].forEach((d, i) => (d.open = open[i] ?? d.open));
		for (const bar of document.querySelectorAll(".newbar")) {
			if (bar.querySelector("[hx-target]")?.getAttribute("hx-target") !== `#${e.detail.target.id}`) continue;
			bar.hidden = true;
			document.title = document.title.replace(/^\(\d+\) /, "");
		}
	});
	addEventListener("pagehide", () => stream.close());
}
