// SPDX-License-Identifier: Apache-2.0
// Runs before the first paint: the reader's own choice of light or dark, if there is one.
try {
	const t = localStorage.getItem("theme");
	if (t === "light" || t === "dark") document.documentElement.dataset.theme = t;
} catch {
	// storage is switched off: the system's choice stays
}
document.documentElement.classList.add("js");
