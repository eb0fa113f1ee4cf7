// SPDX-License-Identifier: Apache-2.0
// What the browser runs: every page works without it. One file a concern; no state outside the page.
import htmx from "htmx.org/dist/htmx.esm.js";
import { charts } from "./charts_load.js";
import { enhance } from "./enhance.js";
import { keys } from "./keys.js";
import { live } from "./live.js";
import { theme } from "./theme_switch.js";
import { times } from "./times.js";
import { typed } from "./typed.js";

Object.assign(htmx.config, {
	allowEval: false,
	allowScriptTags: false,
	includeIndicatorStyles: false,
	selfRequestsOnly: true,
	historyCacheSize: 0,
	refreshOnHistoryMiss: true,
	scrollIntoViewOnBoost: false,
	defaultSwapDelay: 0,
	defaultSettleDelay: 0,
});
window.htmx = htmx;

theme();
typed();
keys();
times();
enhance(document.body);
charts(document.body);
live(htmx);

document.body.addEventListener("htmx:load", (e) => {
	enhance(e.detail.elt);
	charts(e.detail.elt);
});
// A session that has ended answers a fragment with the log-in page: go there properly.
document.body.addEventListener("htmx:beforeSwap", (e) => {
	if (e.detail.xhr.status === 401 || e.detail.xhr.responseURL.includes("/login")) {
		e.detail.shouldSwap = false;
		location.reload();
		return;
	}
	// A part that the answer does not have stays as it is.
	const id = e.detail.elt.getAttribute("hx-select")?.match(/^#([\w-]+)$/)?.[1];
	if (id && !e.detail.serverResponse.includes(`id="${id}"`)) e.detail.shouldSwap = false;
});
for (const name of ["htmx:responseError", "htmx:sendError"])
	document.body.addEventListener(name, (e) => {
		if (e.detail.elt?.hasAttribute?.("data-live")) return; // the next event tries again
		const p = document.createElement("p");
		p.className = "flash flash-bad";
		p.setAttribute("role", "alert");
		p.textContent = document.body.dataset.tError ?? "";
		(document.querySelector(".flashes") ?? document.querySelector("main"))?.prepend(p);
	});
