// Trụ Cột: what a keyboard adds. Every page works without this file; it only shortens the way.
(() => {
"use strict";
const $ = (s, in_ = document) => in_.querySelector(s), $$ = (s, in_ = document) => [...in_.querySelectorAll(s)];
const typing = e => e.target.closest("input:not([type=checkbox]),textarea,select,[contenteditable]");

// part fetches a part of a page; only the last one asked for counts.
let asked = 0;
async function part(url) {
	const mine = ++asked;
	const answer = await fetch(url, {headers: {"X-Part": "1"}, credentials: "same-origin"});
	if (mine !== asked || !answer.ok) return null;
	const text = await answer.text();
	return mine === asked ? text : null;
}

// The palette: quick search over everything the reader may open.
const find = $(".kh-find");
if (find) {
	const field = $("input", find), list = document.createElement("div");
	list.className = "kh-found"; list.hidden = true; list.id = "tim-duoc";
	find.append(list);
	let wait;
	const links = () => $$("a", list);
	const shut = () => { list.hidden = true; };
	const look = async () => {
		if (!field.value.trim()) return shut();
		const html = await part("/tim?q=" + encodeURIComponent(field.value));
		if (html !== null) { list.innerHTML = html; list.hidden = false; }
	};
	field.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(look, 150); });
	find.addEventListener("keydown", e => {
		const all = links(), at = all.indexOf(document.activeElement);
		if (e.key === "Escape") { shut(); field.focus(); }
		else if (e.key === "ArrowDown" && all.length) { e.preventDefault(); all[Math.min(at + 1, all.length - 1)].focus(); }
		else if (e.key === "ArrowUp" && at >= 0) { e.preventDefault(); at ? all[at - 1].focus() : field.focus(); }
	});
	find.addEventListener("focusout", e => { if (!find.contains(e.relatedTarget)) shut(); });
	document.addEventListener("keydown", e => {
		if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k") { e.preventDefault(); field.focus(); field.select(); }
	});
}

// In a field of several lines Enter is a new line; with Ctrl it sends, as Enter does in any other field of the form.
document.addEventListener("keydown", e => {
	const sent = e.key === "Enter" && (e.ctrlKey || e.metaKey) && e.target.matches("textarea") && e.target.closest("form[data-send]");
	if (sent) { e.preventDefault(); sent.requestSubmit($("[type=submit]", sent)); }
});

// Lists: rows by keyboard, a look beside the list.
const rows = () => $$("[data-open]");
const form = $("[data-list]");
let peek, from;

function step(by) {
	const all = rows(), at = all.indexOf(document.activeElement), near = at < 0 && from ? all.indexOf(from) : at;
	const to = all[Math.max(0, Math.min(all.length - 1, near < 0 ? (by > 0 ? 0 : all.length - 1) : near + by))];
	if (!to) return;
	to.focus(); from = to;
	if (peek) open(to);
}

async function open(link) {
	from = link;
	const html = await part(link.getAttribute("href") + "/xem");
	if (html === null) { if (!peek) location.href = link.href; return; }
	if (!peek) {
		peek = document.createElement("aside");
		peek.className = "kh-peek"; peek.setAttribute("aria-labelledby", "xem-nhanh-dau"); peek.tabIndex = -1;
		document.body.append(peek);
		document.body.classList.add("kh-peeking");
	}
	peek.innerHTML = html;
	$$("[data-row]").forEach(r => r.classList.toggle("kh-seen", r.contains(link)));
	const back = $("[name=ve]", peek);
	if (back && back.value) back.value = location.pathname + location.search;
	if (live) live.textContent = link.textContent;
}

function shut() {
	if (!peek) return false;
	peek.remove(); peek = null;
	document.body.classList.remove("kh-peeking");
	$$(".kh-seen").forEach(r => r.classList.remove("kh-seen"));
	from?.focus();
	return true;
}

// live tells screen readers what moved outside of the focus.
let live;
if (rows().length) {
	live = document.createElement("p");
	live.className = "visually-hidden"; live.setAttribute("role", "status");
	$("main").append(live);
}

function count() {
	const say = $(".kh-chosen", form || document);
	if (say) say.textContent = say.dataset.chosen.replace("{n}", $$("[name=chon]:checked", form).length);
}
// The same by mouse: a click beside the title looks, the title itself opens the page.
form?.addEventListener("click", e => {
	const row = e.target.closest("[data-row]");
	if (row && !e.target.closest("a,input,label,button")) open($("[data-open]", row));
});
document.addEventListener("click", e => { if (e.target.closest("[data-shut]")) shut(); });
form?.addEventListener("change", e => { if (e.target.name === "chon") count(); });

function tick() {
	const link = rows().includes(document.activeElement) ? document.activeElement : from;
	const box = link?.closest("tr")?.querySelector("[name=chon]");
	if (box) { box.checked = !box.checked; count(); }
}

function toggle(id, focus) {
	const d = $(id);
	if (!d) return false;
	d.open = !d.open;
	if (d.open) { d.scrollIntoView({block: "nearest"}); ($(focus, d) || $("summary", d)).focus(); }
	return true;
}

// g and a letter go to a place of the rail: its address's first letter, as its title says.
let going = 0;
const places = {h: "/ho-so", v: "/viec", c: "/chi-dao", b: "/bao-cao", s: "/so-lieu", t: "/thu-tuc", g: "/"};

document.addEventListener("keydown", e => {
	if (e.ctrlKey || e.metaKey || e.altKey) return;
	if (e.key === "Escape") {
		if (shut()) return;
		$$(".kh-filter[open],.kh-keys[open],.kh-me[open]").forEach(d => { d.open = false; $("summary", d)?.focus(); });
		return;
	}
	if (typing(e)) return;
	if (Date.now() - going < 1500 && places[e.key]) { going = 0; e.preventDefault(); location.href = places[e.key]; return; }
	const now = rows().includes(document.activeElement) ? document.activeElement : null;
	const done = {
		j: () => step(1), k: () => step(-1),
		o: () => { if (now && form) open(now); else if (now) location.href = now.href; },
		x: tick,
		f: () => toggle("#loc", "input:not([type=hidden])"),
		"?": () => toggle("#phim"),
		g: () => { going = Date.now(); },
		"/": () => $(".kh-find input")?.focus(),
	}[e.key];
	if (done && (e.key === "g" || e.key === "/" || e.key === "?" || rows().length || $("#loc"))) { e.preventDefault(); done(); }
});
})();
