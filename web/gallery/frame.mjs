// SPDX-License-Identifier: Apache-2.0
// The frame of the console as static HTML, for the gallery. The real one is src/hub/page.html.
export const icon = (n) => `<svg class="icon" aria-hidden="true" focusable="false"><use href="/assets/icons.svg#${n}"></use></svg>`;

export function frame(lang, { title, body, menu, company = false, people = "佐藤 健" }) {
	const L = (ja, en) => (lang === "ja" ? ja : en);
	const items = company
		? [["home", "/home", L("ホーム", "Home")], ["device", "/devices", L("機器", "Devices")], ["list", "/story", L("できごと", "What happened")], ["document", "/documents", L("書類", "Documents")]]
		: [["home", "/", L("ホーム", "Home")], ["alert", "/alerts", L("知らせ", "Alerts"), "3"], ["case", "/cases", L("インシデント", "Cases")], ["company", "/members", L("会社", "Companies")], ["sensor", "/fleet", L("センサー", "Sensors")], ["report", "/reports", L("統計", "Statistics")], ["people", "/people", L("利用者", "People")], ["audit", "/audit", L("操作の記録", "Audit")]];
	const rail = items
		.map(([i, href, t, n]) => `<a href="${href}"${href === menu ? ' aria-current="page"' : ""}>${icon(i)}<span>${t}</span>${n ? `<span class="count">${n}</span>` : ""}</a>`)
		.join("\n");
	const brand = `<a class="brand" href="/">${icon("brand")}<span>otasuke<small>${L("岩手お助け隊", "Iwate help desk")}</small></span></a>`;
	return `<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – otasuke</title><link rel="icon" href="/assets/favicon.svg"><link rel="stylesheet" href="/assets/app.css"><script src="/assets/theme.js"></script><script src="/assets/app.js" defer></script></head>
<body class="app" data-sprite="/assets/icons.svg" data-charts="/assets/charts.js" data-t-copy="${L("コピー", "Copy")}" data-t-copied="${L("コピーしました", "Copied")}"
 data-t-cancel="${L("やめる", "Cancel")}" data-t-table="${L("表を見る", "Show the table")}" data-t-error="${L("サーバーにつながりません。もう一度お試しください。", "The server cannot be reached. Please try again.")}"
 data-t-theme-system="${L("表示: 端末に合わせる", "Theme: as the system")}" data-t-theme-light="${L("表示: 明るい", "Theme: light")}" data-t-theme-dark="${L("表示: 暗い", "Theme: dark")}">
<a class="skip" href="#main">${L("本文へ", "Skip to content")}</a>
<nav class="rail" aria-label="${L("メニュー", "Menu")}">${brand}
${rail}
<p class="rail-foot">otasuke 0.1.0</p></nav>
<header class="top">${brand}
<form class="top-search" role="search" action="/search">${icon("search")}<label class="sr-only" for="top-q">${L("さがす", "Search")}</label><input class="input" id="top-q" name="q" type="search" data-key="/" placeholder="${L("会社、電話番号、インシデント番号", "Company, telephone, case number")}"></form>
<div class="top-tools">
<form class="lang" method="post" action="/lang"><button name="lang" value="ja" lang="ja"${lang === "ja" ? ' aria-current="true"' : ""}>日本語</button><button name="lang" value="en" lang="en"${lang === "en" ? ' aria-current="true"' : ""}>English</button></form>
<button class="btn btn-icon" type="button" data-theme-switch hidden>${icon("theme")}</button>
<details class="who"><summary>${icon("person")}<span class="who-name">${people}<small>${company ? "株式会社みなと製作所" : L("岩手商工会議所・窓口", "Iwate Chamber, desk")}</small></span></summary>
<div class="who-menu"><a href="/me">${icon("settings")}${L("自分の設定", "My settings")}</a><form method="post" action="/logout"><button>${icon("logout")}${L("ログアウト", "Log out")}</button></form></div></details>
</div></header>
<main id="main" class="main" tabindex="-1">
${body}
</main>
<dialog id="keys" class="dialog" aria-labelledby="keys-t"><h2 id="keys-t">${L("キーボードで使う", "Keyboard")}</h2>
<dl class="keys"><dt><kbd>j</kbd> <kbd>k</kbd></dt><dd>${L("次の行・前の行", "Next row, previous row")}</dd><dt><kbd>o</kbd></dt><dd>${L("開く", "Open")}</dd><dt><kbd>a</kbd></dt><dd>${L("引き受ける", "Accept")}</dd><dt><kbd>n</kbd></dt><dd>${L("電話を受ける", "New call")}</dd><dt><kbd>/</kbd></dt><dd>${L("さがす", "Search")}</dd><dt><kbd>Ctrl</kbd> <kbd>Enter</kbd></dt><dd>${L("送信する", "Send the form")}</dd></dl>
<form method="dialog"><button class="btn">${L("閉じる", "Close")}</button></form></dialog>
</body></html>`;
}

export function door(lang, { title, body }) {
	const L = (ja, en) => (lang === "ja" ? ja : en);
	return `<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – otasuke</title><link rel="icon" href="/assets/favicon.svg"><link rel="stylesheet" href="/assets/app.css"><script src="/assets/theme.js"></script><script src="/assets/app.js" defer></script></head>
<body class="door" data-sprite="/assets/icons.svg"><header class="door-top"><a class="brand" href="/">${icon("brand")}<span>otasuke<small>${L("岩手お助け隊", "Iwate help desk")}</small></span></a>
<form class="lang" method="post" action="/lang"><button name="lang" value="ja" lang="ja"${lang === "ja" ? ' aria-current="true"' : ""}>日本語</button><button name="lang" value="en" lang="en"${lang === "en" ? ' aria-current="true"' : ""}>English</button></form></header>
<main id="main" class="door-main">${body}</main>
<footer class="door-foot">${L("お困りのときは、お電話ください", "In trouble? Please call")}　<a class="tel" href="tel:0300000000">03-0000-0000</a></footer>
</body></html>`;
}
