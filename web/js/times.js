// SPDX-License-Identifier: Apache-2.0
// Keeps "12 minutes ago" true while a page stays open, in the hub's own words. The exact time stays in the title.
const STEPS = [
	[3600, 60, "Minutes"],
	[86400, 3600, "Hours"],
	[86400 * 30, 86400, "Days"],
];

export function times() {
	const words = document.body.dataset;
	const refresh = () => {
		const now = Date.now();
		for (const t of document.querySelectorAll("time[datetime][title]")) {
			const s = (now - Date.parse(t.dateTime)) / 1000;
			const [, unit, name] = STEPS.find(([limit]) => Math.abs(s) < limit) ?? [];
			// younger than a minute, older than a month: what the hub wrote is better
			const text = unit && Math.abs(s) >= 60 && words[`${s < 0 ? "in" : "ago"}${name}`];
			if (!text) continue;
			const fresh = text.replace("{0}", Math.trunc(Math.abs(s) / unit));
			if (t.textContent !== fresh) t.textContent = fresh;
		}
	};
	setInterval(refresh, 20_000);
	document.addEventListener("visibilitychange", () => document.hidden || refresh());
}
