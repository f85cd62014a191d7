// Sends the files of a form in pieces, so that a broken line costs one piece and a reloaded page goes on where it
// stopped. Without it the form works as it stands.
(() => {
  const piece = 1 << 20, patience = 8;
  const form = document.querySelector('form[data-tai-len]');
  if (!form || !window.fetch) return;
  const status = form.querySelector('.kh-sending'), bar = status.querySelector('progress'), words = status.querySelector('span');
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, k) => values[k]);
  const say = (text, values) => { status.hidden = false; words.textContent = fill(text, values); };
  const wait = ms => new Promise(done => setTimeout(done, ms));
  const remembered = key => { try { return localStorage.getItem(key); } catch { return null; } };
  const remember = (key, at) => { try { at ? localStorage.setItem(key, at) : localStorage.removeItem(key); } catch { /* goes without */ } };

  class Refused extends Error {}

  // refusal is the server's sentence; a fault of the line or of the machine is worth another try.
  async function check(answer) {
    if (answer.ok) return answer;
    if (answer.status >= 500 || answer.status === 429) throw new Error(answer.status);
    let text = '';
    try { text = (await answer.json()).text; } catch { /* not from our handler */ }
    const e = new Refused(text || fill(form.dataset.loi, { name: '' }));
    e.status = answer.status;
    throw e;
  }

  // begin finds the upload that broke off, or opens a new one; it gives its address and how much is there.
  async function begin(file, data, key) {
    const old = remembered(key);
    if (old) {
      const answer = await fetch(old, { method: 'HEAD' });
      if (answer.ok) return [old, Number(answer.headers.get('Upload-Offset'))];
      if (answer.status >= 500) throw new Error(answer.status);
      remember(key, null);
    }
    const body = new URLSearchParams({ noi: data.get('noi'), muc: data.get('muc') || '', ten: file.name, co: file.size });
    const at = (await check(await fetch(form.dataset.taiLen, { method: 'POST', body }))).headers.get('Location');
    remember(key, at);
    return [at, 0];
  }

  async function send(file, data) {
    const key = ['kh-tep', data.get('noi'), data.get('muc'), file.name, file.size, file.lastModified].join('|');
    let sent = 0;
    for (let failed = 0; ;) {
      try {
        const [at, offset] = await begin(file, data, key);
        sent = offset;
        for (;;) {
          bar.value = Math.floor(sent * 100 / file.size);
          say(form.dataset.gui, { name: file.name, n: bar.value });
          const answer = await check(await fetch(at, {
            method: 'PATCH', headers: { 'Upload-Offset': String(sent), 'Content-Type': 'application/offset+octet-stream' },
            body: file.slice(sent, sent + piece) }));
          failed = 0;
          sent = Number(answer.headers.get('Upload-Offset'));
          if (answer.status === 201) { remember(key, null); say(form.dataset.xong, { name: file.name }); return; }
        }
      } catch (e) {
        if (e instanceof Refused && e.status !== 409) { remember(key, null); throw e; }
        if (++failed > patience) throw new Refused(fill(form.dataset.loi, { name: file.name }));
        const seconds = Math.min(30, 2 ** failed);
        say(form.dataset.cho, { name: file.name, n: seconds, p: Math.floor(sent * 100 / file.size) });
        await wait(seconds * 1000);
      }
    }
  }

  form.addEventListener('submit', async event => {
    const files = [...form.elements.tep.files], data = new FormData(form), button = form.querySelector('button[type=submit]');
    if (!files.length || files.some(f => !f.size)) return; // the server says what is missing
    event.preventDefault();
    button.disabled = true;
    try {
      for (const file of files) await send(file, data);
      const to = new URL(form.dataset.ve, location.href);
      if (to.pathname + to.search === location.pathname + location.search) location.reload(); else location.assign(to);
    } catch (e) {
      bar.hidden = true;
      status.setAttribute('role', 'alert');
      words.className = 'kh-field-fault';
      words.textContent = e.message;
      button.disabled = false;
    }
  });
})();
