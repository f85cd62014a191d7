// The newsroom's editor: the text as it looks, in place of the markup. The form works without it; what is sent is HTML, which the
// server reads into blocks.
const field = document.getElementById("than-bai"), bar = document.getElementById("than-bai-cong-cu");
const {Editor, Node, StarterKit, TableKit, OfficePaste} = await import(bar.dataset.tiptap);

// A picture of the article with its caption; without a file it is a caption that waits for one.
const Photo = Node.create({
	name: "photo", group: "block", content: "text*", marks: "bold italic", isolating: true,
	addAttributes: () => ({tep: {default: ""}, src: {default: ""}, alt: {default: ""}}),
	parseHTML: () => [{tag: "figure", contentElement: "figcaption", getAttrs: e => {
		const img = e.querySelector("img");
		return {tep: img?.dataset.tep ?? "", src: img?.getAttribute("src") ?? "", alt: img?.alt ?? ""};
	}}],
	renderHTML: ({node: {attrs: a}}) => a.tep
		? ["figure", {}, ["img", {src: a.src, alt: a.alt, "data-tep": a.tep}], ["figcaption", {}, 0]]
		: ["figure", {}, ["figcaption", {}, 0]],
});

const safe = /^(https?:\/\/|mailto:|\/(?!\/)|(so-lieu|ho-so|chi-dao|hoi-nghi):)/;
const box = document.createElement("div");
box.className = "tt-write tt-body";
field.after(box);
const editor = new Editor({
	element: box, injectCSS: false,
	content: document.getElementById("than-bai-nhin").innerHTML,
	editorProps: {attributes: {"aria-labelledby": "than-bai-ten", role: "textbox", "aria-multiline": "true", lang: document.getElementById("ngon-ngu").value}},
	extensions: [
		StarterKit.configure({heading: {levels: [2, 3]}, code: false, codeBlock: false, horizontalRule: false, strike: false, underline: false,
			link: {openOnClick: false, autolink: false, isAllowedUri: to => safe.test(to), HTMLAttributes: {target: null}}}),
		TableKit.configure({table: {resizable: false}}), OfficePaste, Photo,
	],
});

const run = {
	bold: c => c.toggleBold(), italic: c => c.toggleItalic(), h2: c => c.toggleHeading({level: 2}), h3: c => c.toggleHeading({level: 3}),
	ul: c => c.toggleBulletList(), ol: c => c.toggleOrderedList(), quote: c => c.toggleBlockquote(),
	table: c => c.insertTable({rows: 3, cols: 2, withHeaderRow: true}), undo: c => c.undo(), redo: c => c.redo(),
	link: c => {
		const to = document.getElementById("than-bai-lien-ket").value.trim();
		return safe.test(to) ? c.extendMarkRange("link").setLink({href: to}) : c.extendMarkRange("link").unsetLink();
	},
};
bar.addEventListener("click", e => {
	const button = e.target.closest("button[data-lenh]");
	if (button) run[button.dataset.lenh](editor.chain().focus()).run();
});
const marks = {bold: ["bold"], italic: ["italic"], h2: ["heading", {level: 2}], h3: ["heading", {level: 3}], ul: ["bulletList"], ol: ["orderedList"], quote: ["blockquote"], link: ["link"]};
editor.on("transaction", () => {
	for (const [name, what] of Object.entries(marks)) bar.querySelector(`[data-lenh=${name}]`).setAttribute("aria-pressed", editor.isActive(...what));
});

// What was typed in the field before the script came stays: the template holds the same text.
const html = document.createElement("input");
html.type = "hidden";
html.name = "noi-dung-html";
field.form.append(html);
field.form.addEventListener("submit", () => { html.value = editor.getHTML(); });
field.hidden = true;
bar.hidden = false;
