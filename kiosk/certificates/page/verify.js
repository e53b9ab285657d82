// Whether a certificate is good, by the registers that stand in this page. No document, no network: tested as it is.
'use strict';

const nightdesk = (() => {
  const PREFIX = 'ND1:', LONGEST_CODE = 1500, LONGEST_TEXT = 500, LATEST_S = 253402300799;
  const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
  const TAG_BYTE = 0xd2, CONTEXT = 'Signature1', CLOCKS_DIFFER_S = 300, OURS = -65537, KEY_UNSAFE = 'key_unsafe';
  const SM2_IDENTITY = '1234567812345678';
  const COSE = { ed25519: -8, sm2: -65537 };
  const REASONS = ['error', 'replaced', 'withdrawn', 'holder_asked', KEY_UNSAFE];
  libraries.hashes.sha512 = libraries.sha512;

  class Malformed extends Error {}

  function must(is, what) {
    if (!is) throw new Malformed(what);
  }

  function base45(text) {
    const bytes = [];
    for (let start = 0; start < text.length; start += 3) {
      const group = [...text.slice(start, start + 3)].map((sign) => ALPHABET.indexOf(sign));
      must(group.length > 1 && group.every((value) => value >= 0), 'Base45');
      const number = group.reduce((sum, value, place) => sum + value * 45 ** place, 0);
      must(number < 256 ** (group.length - 1), 'Base45');
      if (group.length === 3) bytes.push(number >> 8);
      bytes.push(number & 255);
    }
    return Uint8Array.from(bytes);
  }

  function cbor(bytes) {
    let value, again;
    try {
      value = libraries.decodeCbor(bytes, {
        strict: true, useMaps: true, rejectDuplicateMapKeys: true, allowIndefinite: false, allowUndefined: false,
        allowInfinity: false, allowNaN: false, allowBigInt: false,
      });
      again = libraries.encodeCbor(value);
    } catch {
      throw new Malformed('CBOR');
    }
    must(again.length === bytes.length && again.every((byte, at) => byte === bytes[at]), 'CBOR in another way');
    return value;
  }

  function cose(bytes) {
    must(bytes[0] === TAG_BYTE, 'COSE_Sign1');
    const parts = cbor(bytes.subarray(1));
    must(Array.isArray(parts) && parts.length === 4, 'COSE_Sign1');
    const [header, open, payload, signature] = parts;
    must([header, payload, signature].every((part) => part instanceof Uint8Array), 'COSE_Sign1');
    must(open instanceof Map && open.size === 0, 'COSE_Sign1');
    const known = cbor(header);
    must(known instanceof Map && known.size === 2, 'header');
    const algorithm = known.get(1), keyId = known.get(4);
    must(Number.isInteger(algorithm) && keyId instanceof Uint8Array, 'header');
    const message = libraries.encodeCbor([CONTEXT, header, new Uint8Array(0), payload]);
    return { algorithm, keyId, payload, signature, message };
  }

  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

  async function isEd25519(publicKey, signature, told) {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    const subtle = globalThis.crypto && globalThis.crypto.subtle;
    if (subtle) {
      try {
        const key = await subtle.importKey('raw', publicKey, { name: 'Ed25519' }, false, ['verify']);
        return await subtle.verify({ name: 'Ed25519' }, key, signature, told);
      } catch {
        // an older browser, or a key that is none: the library says which
      }
    }
    try {
      return libraries.verifyEd25519(signature, told, publicKey, { zip215: false });
    } catch {
      return false;
    }
  }

  function isSm2(publicKey, signature, told) {
    try {
      return libraries.sm2.doVerifySignature(told, hex(signature), hex(publicKey), {
        hash: true, der: false, userId: SM2_IDENTITY,
      });
    } catch {
      return false;
    }
  }

  async function isSigned(signed, algorithm, publicKey) {
    if (signed.algorithm !== COSE[algorithm]) return false;
    const is = algorithm === 'sm2' ? isSm2 : isEd25519;
    return await is(publicKey, signed.signature, signed.message);
  }

  function text(untrusted) {
    must(typeof untrusted === 'string' && [...untrusted].length <= LONGEST_TEXT, 'text');
    must(!/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(untrusted), 'text');
    return untrusted;
  }

  function moment(untrusted) {
    must(Number.isInteger(untrusted) && untrusted > 0 && untrusted <= LATEST_S, 'moment');
    return untrusted;
  }

  function list(untrusted, size) {
    must(Array.isArray(untrusted) && (size === undefined || untrusted.length === size), 'list');
    return untrusted;
  }

  function claims(payload, ...optional) {
    const told = cbor(payload);
    must(told instanceof Map, 'claims');
    const known = [1, 4, 6, OURS, ...optional];
    must([...told.keys()].every((key) => known.includes(key)), 'claims');
    return told;
  }

  function certificateOf(payload) {
    const told = claims(payload, 5, 7);
    const [kind, holder, idTail] = list(told.get(OURS), 3).map(text);
    must(told.get(7) instanceof Uint8Array, 'number');
    let number;
    try {
      number = text(new TextDecoder('utf-8', { fatal: true }).decode(told.get(7)));
    } catch {
      throw new Malformed('number');
    }
    const issued = moment(told.get(6));
    return {
      issuer: text(told.get(1)), number, kind, holder, idTail, issued,
      notBefore: told.has(5) ? moment(told.get(5)) : issued, expires: moment(told.get(4)),
    };
  }

  function keyOf(untrusted) {
    const [keyId, algorithm, publicKey, notBefore, notAfter, revoked] = list(untrusted, 6);
    must(keyId instanceof Uint8Array && publicKey instanceof Uint8Array && algorithm in COSE, 'key');
    return {
      keyId: hex(keyId), algorithm, publicKey, notBefore: moment(notBefore), notAfter: moment(notAfter),
      revoked: revoked === 0 ? null : moment(revoked),
    };
  }

  function revocationOf(untrusted) {
    const [number, at, reason] = list(untrusted, 3);
    must(REASONS.includes(reason), 'reason');
    return { number: text(number), at: moment(at), reason };
  }

  // A register whose signature is good, with the public key it is good by. Throws Malformed.
  async function readRegister(bytes) {
    const signed = cose(bytes);
    must(await isSigned(signed, 'ed25519', signed.keyId), 'signature');
    const told = claims(signed.payload);
    const [name, keys, kinds, revoked] = list(told.get(OURS), 4);
    return {
      issuer: text(told.get(1)), issued: moment(told.get(6)), nextUpdate: moment(told.get(4)), root: hex(signed.keyId),
      name: list(name, 2).map(text), keys: list(keys).map(keyOf), revoked: list(revoked).map(revocationOf),
      kinds: new Map(list(kinds).map((kind) => [text(list(kind, 3)[0]), kind.slice(1).map(text)])),
    };
  }

  function byTime(certificate, register, now) {
    if (now < certificate.notBefore - CLOCKS_DIFFER_S) return 'not_yet_valid';
    if (now >= certificate.expires) return 'expired';
    if (now < register.issued - CLOCKS_DIFFER_S || now >= register.nextUpdate) return 'revocation_unknown';
    return 'valid';
  }

  // The verdict on a code at `now` (seconds since 1970). The certificate is told only where its signature is good.
  async function check(untrusted, registers, now) {
    let signed, certificate;
    try {
      const code = untrusted.replace(/^[\r\n\t ]+|[\r\n\t ]+$/g, '');
      must(code.startsWith(PREFIX) && code.length <= LONGEST_CODE, PREFIX);
      signed = cose(base45(code.slice(PREFIX.length)));
      certificate = certificateOf(signed.payload);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      return { outcome: 'unreadable' };
    }
    const found = registers
      .filter((register) => register.issuer === certificate.issuer)
      .map((register) => ({ register, key: register.keys.find((key) => key.keyId === hex(signed.keyId)) }))
      .filter((one) => one.key)
      .sort((one, other) => other.register.issued - one.register.issued)[0];
    if (!found) return { outcome: 'unknown_issuer' };
    const { register, key } = found;
    const isInTime = key.notBefore - CLOCKS_DIFFER_S <= certificate.issued
      && certificate.issued <= key.notAfter + CLOCKS_DIFFER_S;
    if (!isInTime || !(await isSigned(signed, key.algorithm, key.publicKey))) return { outcome: 'forged' };
    const revocation = key.revoked !== null
      ? { number: certificate.number, at: key.revoked, reason: KEY_UNSAFE }
      : register.revoked.find((one) => one.number === certificate.number);
    const outcome = revocation ? 'revoked' : byTime(certificate, register, now);
    return { outcome, certificate, register, revocation };
  }

  return { check, readRegister };
})();
