// Runs the checking part of a verification page as it stands in the file, without a browser: cases in, verdicts out.
// node check.js PAGE CASES.json [--without-webcrypto]
'use strict';
const fs = require('node:fs');
const vm = require('node:vm');

const [page, cases, ...options] = process.argv.slice(2);
const script = fs.readFileSync(page, 'utf8').match(/<script>([\s\S]*)<\/script>/)[1];
const around = script.indexOf('// The page around the check');
if (around < 0) throw new Error('the page is not made as this runner expects');
const world = { TextEncoder, TextDecoder, Uint8Array, console, setTimeout, atob };
const { webcrypto } = require('node:crypto');
// a page from an address without TLS has random numbers and no cryptography
world.crypto = options.includes('--without-webcrypto')
  ? { getRandomValues: (room) => webcrypto.getRandomValues(room) } : webcrypto;
world.globalThis = world;
vm.createContext(world);
vm.runInContext(`${script.slice(0, around)}\nglobalThis.parts = { nightdesk, libraries };`, world);
const { nightdesk, libraries } = world.parts;
const bytes = (packed) => world.Uint8Array.from(Buffer.from(packed, 'base64'));

(async () => {
  const given = JSON.parse(fs.readFileSync(cases, 'utf8'));
  const verdicts = [];
  for (const one of given.checks || []) {
    const registers = [];
    for (const packed of one.registers) {
      await nightdesk.readRegister(bytes(packed)).then((read) => registers.push(read), () => {});
    }
    const { outcome, certificate, revocation } = await nightdesk.check(one.code, registers, one.now);
    verdicts.push({ outcome, certificate, reason: revocation && revocation.reason, registers: registers.length });
  }
  const codes = (given.pictures || []).map(({ width, height, grey }) => {
    const data = new Uint8Array(width * height * 4).fill(255);
    Buffer.from(grey, 'base64').forEach((light, at) => data.fill(light, at * 4, at * 4 + 3));
    try {
      return libraries.readQr({ width, height, data });
    } catch (error) {
      return null;
    }
  });
  console.log(JSON.stringify({ verdicts, codes, subtle: Boolean(world.crypto && world.crypto.subtle) }));
})();
