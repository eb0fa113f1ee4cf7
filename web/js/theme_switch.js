// SPDX-License-Identifier: Apache-2.0
// The button that goes system → light → dark. The choice stays in this browser.
const ORDER = ["system", "light", "dark"];
const ICON = { system: "theme", light: "sun", dark: "moon" };

export function theme() {
	const root = document.documentElement;
	const show = () => {
		const now = root.dataset.theme ?? "system";
		for (const b of document.querySelectorAll("[data-theme-switch]")) {
			b.hidden = false;
			const words = document.body.dataset[`tTheme${now[0].toUpperCase()}${now.slice(1)}`];
			if (words) {
				b.setAttribute("aria-label", words);
				b.title = words;
			}
			const use = b.querySelector("use");
			use?.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${ICON[now]}`));
		}
		document.dispatchEvent(new CustomEvent("themechange"));
	};
	document.addEventListener("click", (e) => {
		if (!e.target.closest("[data-theme-switch]")) return;
		const next = ORDER[(ORDER.indexOf(root.dataset.theme ?? "system") + 1) % ORDER.length];
		if (next === "system") delete root.dataset.theme;
		else root.dataset.theme = next;
		try {
			localStorage.setItem("theme", next);
		} catch {
			// not kept; it holds for this page
		}
		show();
	});
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
	show();
}
