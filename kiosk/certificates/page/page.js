// The page around the check: camera, picture or pasted text in; the verdict out, in Chinese or English.
'use strict';

(async () => {
  const SIGNS = { valid: '✓', forged: '✕', expired: '✕', revoked: '✕', not_yet_valid: '!', unknown_issuer: '?',
    unreadable: '?', revocation_unknown: '!' };
  const TONES = { valid: 'good', forged: 'bad', expired: 'bad', revoked: 'bad' };
  const SIDES = [1600, 1000, 640];  // pixels: fine print wants many, a shaky hand few
  const LOOK_EVERY_MS = 200;
  const at = (id) => document.getElementById(id);
  let language = (navigator.language || '').toLowerCase().startsWith('zh') ? 0 : 1;
  let shown = null, camera = null;

  const say = (key) => NIGHTDESK.words[key][language];
  const registers = [];
  for (const packed of NIGHTDESK.registers) {
    const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
    try {
      registers.push(await nightdesk.readRegister(bytes));
    } catch {
      // a register that was changed counts for nothing: its certificates are of an unknown issuer
    }
  }

  function moment(seconds, isDay) {
    const local = new Date(seconds * 1000);
    const two = (number) => String(number).padStart(2, '0');
    const day = `${local.getFullYear()}-${two(local.getMonth() + 1)}-${two(local.getDate())}`;
    return isDay ? day : `${day} ${two(local.getHours())}:${two(local.getMinutes())}`;
  }

  function rows({ certificate, register, revocation }) {
    if (!certificate) return [];
    const kind = register.kinds.get(certificate.kind) || [certificate.kind, certificate.kind];
    const told = [['kind', kind[language]], ['issuer', register.name[language]], ['number', certificate.number],
      ['holder', certificate.holder], ['id_tail', certificate.idTail], ['issued', moment(certificate.issued)]];
    if (certificate.notBefore !== certificate.issued) told.push(['from', moment(certificate.notBefore)]);
    told.push(['until', moment(certificate.expires - 1, true)]);
    if (revocation) {
      told.push(['revoked_at', moment(revocation.at)], ['revoked_why', say(`reason.${revocation.reason}`)]);
    }
    return told;
  }

  function element(name, text) {
    const made = document.createElement(name);
    made.textContent = text;
    return made;
  }

  function draw() {
    document.documentElement.lang = language === 0 ? 'zh-CN' : 'en';
    document.title = say('title');
    for (const one of document.querySelectorAll('[data-word]')) one.textContent = say(one.dataset.word);
    at('other').textContent = NIGHTDESK.words['page.language'][1 - language];
    at('known').replaceChildren(...registers.flatMap((one) => [
      element('p', `${one.name[language]}: ${say('page.revocations')} ${moment(one.issued)} – ${moment(one.nextUpdate)}`),
      element('p', `${say('page.root')} ${one.root}`),
    ]));
    at('verdict').hidden = shown === null;
    if (shown === null) return;
    at('verdict').className = TONES[shown.outcome] || 'doubt';
    at('verdict').dataset.outcome = shown.outcome;
    at('outcome').textContent = `${SIGNS[shown.outcome]} ${say(`outcome.${shown.outcome}`)}`;
    at('advice').textContent = say(`advice.${shown.outcome}`);
    at('facts').replaceChildren(...rows(shown).flatMap(([key, value]) => [element('dt', say(key)), element('dd', value)]));
  }

  async function check(code) {
    shown = await nightdesk.check(code, registers, Date.now() / 1000);
    draw();
    at('verdict').scrollIntoView({ block: 'nearest' });
  }

  const detector = 'BarcodeDetector' in globalThis ? new BarcodeDetector({ formats: ['qr_code'] }) : null;

  // The text of the QR code in a picture or a video's frame; null where none is seen.
  async function read(source, width, height, sides) {
    if (detector) {
      const found = await detector.detect(source).catch(() => []);
      if (found.length) return found[0].rawValue;
    }
    for (const side of sides) {
      const scale = Math.min(1, side / Math.max(width, height));
      const canvas = element('canvas', '');
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
      const context = canvas.getContext('2d', { willReadFrequently: true });
      context.drawImage(source, 0, 0, canvas.width, canvas.height);
      try {
        return libraries.readQr(context.getImageData(0, 0, canvas.width, canvas.height));
      } catch {
        // nothing seen at this size
      }
    }
    return null;
  }

  async function readFile(file) {
    const picture = await createImageBitmap(file).catch(() => null);
    await check((picture && await read(picture, picture.width, picture.height, SIDES)) || '');
  }

  function stop() {
    if (camera) for (const track of camera.getTracks()) track.stop();
    camera = null;
    at('video').hidden = at('stop').hidden = true;
    at('scan').hidden = false;
  }

  async function scan() {
    try {
      camera = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1280 } } });
    } catch {
      at('no_camera').hidden = false;
      return;
    }
    const video = at('video');
    video.srcObject = camera;
    video.hidden = at('stop').hidden = false;
    at('scan').hidden = at('no_camera').hidden = true;
    await video.play();
    while (camera) {
      const code = await read(video, video.videoWidth, video.videoHeight, SIDES.slice(1, 2));
      if (code && camera) {
        stop();
        await check(code);
      }
      await new Promise((done) => { setTimeout(done, LOOK_EVERY_MS); });
    }
  }

  at('scan').hidden = !(navigator.mediaDevices && navigator.mediaDevices.getUserMedia);
  at('scan').onclick = scan;
  at('stop').onclick = stop;
  at('picture').onchange = ({ target }) => {
    if (target.files.length) readFile(target.files[0]);
    target.value = '';
  };
  at('check').onclick = () => check(at('text').value);
  at('other').onclick = () => { language = 1 - language; draw(); };
  const fromLink = () => { if (location.hash.length > 1) check(decodeURIComponent(location.hash.slice(1))); };
  globalThis.onhashchange = fromLink;
  draw();
  fromLink();
})();
