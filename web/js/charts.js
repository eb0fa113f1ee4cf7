// SPDX-License-Identifier: Apache-2.0
// Draws a figure's own table as a chart. The table stays the truth: it is one button away, and all there is without script.
import uPlot from "uplot";

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
// The hub's zone, not the browser's: the table beside the chart is in it. Seconds are shifted and then read as UTC.
const ZONE_S = Number(document.body.dataset.zone ?? 540) * 60;
const COLORS = ["--s1", "--s2", "--s3"];

function read(table) {
	const head = [...table.tHead.rows[0].cells].slice(1).map((c) => c.textContent.trim());
	const rows = [...table.tBodies[0].rows];
	const value = (c) => (c?.dataset.v === undefined || c.dataset.v === "" ? null : Number(c.dataset.v));
	return {
		names: head,
		labels: rows.map((r) => r.cells[0].textContent.trim()),
		x: rows.map((r) => (r.cells[0].dataset.x ? Number(r.cells[0].dataset.x) + ZONE_S : null)),
		series: head.map((_, i) => rows.map((r) => value(r.cells[i + 1]))),
	};
}

function axes(unit, xs) {
	const base = { stroke: css("--ink-3"), font: `12px ${css("--sans")}`, grid: { stroke: css("--line"), width: 1 }, ticks: { show: false } };
	return [
		{ ...base, grid: { show: false }, size: 28, gap: 4, ...xs },
		{ ...base, size: 60, values: (_, v) => v.map((n, i) => (Number.isInteger(n) ? n.toLocaleString() + (unit && unit.length < 4 && i === v.length - 1 ? ` ${unit}` : "") : "")) },
	];
}

function clock() {
	const lang = document.documentElement.lang || "ja";
	const day = new Intl.DateTimeFormat(lang, { month: "numeric", day: "numeric", timeZone: "UTC" });
	const time = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "UTC" });
	return (_, splits, _i, _s, incr) => splits.map((s) => (incr >= 86400 ? day : time).format(s * 1000));
}

// Stacked: each series is drawn from its running sum, the tallest first, so that the lower ones cover it.
function bars(d, unit) {
	const sums = [];
	d.series.forEach((s, i) => sums.push(s.map((v, k) => (v ?? 0) + (i ? sums[i - 1][k] : 0))));
	const order = d.series.map((_, i) => i).reverse();
	return {
		data: [d.labels.map((_, i) => i), ...order.map((i) => sums[i])],
		series: [{}, ...order.map((i) => ({ fill: css(COLORS[i % 3]), width: 0, points: { show: false }, paths: uPlot.paths.bars({ size: [0.62, 40] }) }))],
		scales: { x: { time: false, range: [-0.6, d.labels.length - 0.4] }, y: { range: (_, _lo, hi) => [0, Math.max(4, hi * 1.1)] } },
		axes: axes(unit, {
			splits: (u) => d.labels.map((_, i) => i).filter((i) => i % Math.ceil((d.labels.length * 64) / u.width) === 0),
			values: (_, v) => v.map((i) => d.labels[i] ?? ""),
		}),
	};
}

function line(d, unit) {
	return {
		data: [d.x, ...d.series],
		series: [{}, ...d.series.map((_, i) => ({ stroke: css(COLORS[i % 3]), width: 2, points: { show: d.x.length < 40, size: 5 }, fill: i ? undefined : `${css("--s1")}14` }))],
		scales: { y: { range: (_, _lo, hi) => [0, Math.max(4, hi * 1.1)] } },
		axes: axes(unit, { values: clock(), space: 64 }),
	};
}

function events(d, unit) {
	return {
		data: [d.x, ...d.series],
		series: [{}, ...d.series.map((_, i) => ({ stroke: css(COLORS[i % 3]), fill: css(COLORS[i % 3]), width: 0, points: { show: false }, paths: uPlot.paths.bars({ size: [0.001, 2, 2] }) }))],
		scales: { y: { range: (_, _lo, hi) => [0, Math.max(1, hi * 1.15)] } },
		axes: axes(unit, { values: clock(), space: 64 }),
	};
}

const KINDS = { bars, line, events };

function legend(list, d, i, unit) {
	list.replaceChildren(
		...(i == null ? [] : [item("chart-x", d.labels[i])]),
		...d.names.map((n, k) => item(`s${(k % 3) + 1}`, n, i == null ? undefined : `${d.series[k][i] ?? "–"}${unit ?? ""}`)),
	);
}

function item(cls, text, value) {
	const li = document.createElement("li");
	li.className = cls;
	li.append(text);
	if (value !== undefined) {
		const b = document.createElement("b");
		b.textContent = value;
		li.append(" ", b);
	}
	return li;
}

function toggle(table) {
	const b = document.createElement("button");
	b.type = "button";
	b.className = "btn btn-quiet btn-small chart-toggle";
	b.textContent = document.body.dataset.tTable ?? "";
	b.setAttribute("aria-expanded", "false");
	const fold = document.createElement("div");
	fold.setAttribute("role", "group");
	fold.setAttribute("aria-label", b.textContent);
	fold.className = "chart-table sr-only";
	b.addEventListener("click", () => {
		const folded = fold.classList.toggle("sr-only");
		b.setAttribute("aria-expanded", String(!folded));
		fold.tabIndex = folded ? -1 : 0;
	});
	table.before(b, fold);
	fold.append(table);
}

function draw(figure) {
	const table = figure.querySelector("table");
	const kind = KINDS[figure.dataset.chart];
	if (!table?.tHead || !table.tBodies[0]?.rows.length || !kind) return;
	const d = read(table);
	const list = document.createElement("ul");
	list.className = "chart-legend";
	list.setAttribute("aria-hidden", "true");
	const plot = document.createElement("div");
	plot.className = "chart-plot";
	plot.setAttribute("aria-hidden", "true");
	figure.querySelector("figcaption").after(list, plot);
	toggle(table);
	const height = Number(figure.dataset.chartHeight ?? 220);
	let u;
	const make = () => {
		u?.destroy();
		const made = kind(d, figure.dataset.unit);
		u = new uPlot(
			{
				width: plot.clientWidth,
				height,
				legend: { show: false },
				cursor: { drag: { x: false, y: false }, points: { show: false } },
				hooks: { setCursor: [(p) => legend(list, d, p.cursor.idx, figure.dataset.unit)] },
				tzDate: (s) => uPlot.tzDate(new Date(s * 1000), "UTC"),
				padding: [8, 12, 0, 0],
				series: made.series,
				scales: made.scales,
				axes: made.axes,
			},
			made.data,
			plot,
		);
		legend(list, d, null);
	};
	make();
	new ResizeObserver(() => plot.clientWidth && u.width !== plot.clientWidth && u.setSize({ width: plot.clientWidth, height })).observe(plot);
	document.addEventListener("themechange", make);
	plot.addEventListener("mouseleave", () => legend(list, d, null));
}

function charts(root) {
	for (const f of root.querySelectorAll("figure.chart[data-chart]:not([data-drawn])")) {
		f.dataset.drawn = "1";
		draw(f);
	}
}

document.addEventListener("charts", (e) => charts(e.detail));
charts(document.body);
