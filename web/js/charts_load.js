// SPDX-License-Identifier: Apache-2.0
// Fetches the drawing code when a page first has something to draw.
let asked = false;

export function charts(root) {
	if (!root.querySelector("figure.chart[data-chart]:not([data-drawn])")) return;
	if (asked) return void document.dispatchEvent(new CustomEvent("charts", { detail: root }));
	const url = document.body.dataset.charts;
	if (!url) return;
	asked = true;
	const s = document.createElement("script");
	s.src = url;
	document.head.append(s);
}
