// Trụ Cột: conferences. Everything works without this file: a button checks in, and the screen reloads by itself.
"use strict";
// At the door: the code on an invitation was opened by the officer, so the guest is here.
document.querySelector("form[data-at-once]")?.requestSubmit();

// In the hall: the screen is renewed in place, and stays as it is while the line is down.
const screen = document.querySelector("main[data-renew]");
if (screen) setInterval(async () => {
	try {
		const answer = await fetch(location.href, {credentials: "same-origin"});
		if (!answer.ok) return;
		const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main[data-renew]");
		if (fresh && fresh.innerHTML !== screen.innerHTML) screen.replaceChildren(...fresh.childNodes);
	} catch { /* the next time */ }
}, screen.dataset.renew * 1000);
