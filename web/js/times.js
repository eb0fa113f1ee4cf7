// SPDX-License-Identifier: Apache-2.0
// Keeps "12 minutes ago" true while a page stays open. The exact time stays in the title.
const STEPS = [
	[60, 1, "second"],
	[3600, 60, "minute"],
	[86400, 3600, "hour"],
	[86400 * 30, 86400, "day"],
];

export function times() {
	const format = new Intl.RelativeTimeFormat(document.documentElement.lang || "ja", { numeric: "always" });
	const refresh = () => {
		const now = Date.now();
		for (const t of document.querySelectorAll("time[datetime][title]")) {
			const s = (now - Date.parse(t.dateTime)) / 1000;
			const step = STEPS.find(([limit]) => Math.abs(s) < limit);
			// younger than a minute: the server's words ("just now") are better than a count of seconds
			if (!step || step[2] === "second") continue;
			const text = format.format(-Math.trunc(s / step[1]), step[2]);
			if (t.textContent !== text) t.textContent = text;
		}
	};
	setInterval(refresh, 20_000);
	document.addEventListener("visibilitychange", () => document.hidden || refresh());
}
