// What the verification page takes from libraries; everything else of it is our own and stands in kiosk/certificates/page.
export { decode as decodeCbor, encode as encodeCbor } from 'cborg';
export { verify as verifyEd25519, hashes } from '@noble/ed25519';
export { sha512 } from '@noble/hashes/sha2.js';
export { default as readQr } from 'qr/decode.js';
export { sm2 } from 'sm-crypto-v2';
