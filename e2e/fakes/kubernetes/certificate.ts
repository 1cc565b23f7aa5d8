import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** A certificate and its key, PEM. */
export interface Certificate {
  certificate: string;
  privateKey: string;
}

const TAG = {
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  text: 0x0c,
  sequence: 0x30,
  set: 0x31,
  time: 0x18,
};
const OID = {
  ecdsaWithSha256: "2a8648ce3d040302",
  commonName: "550403",
  basicConstraints: "551d13",
  keyUsage: "551d0f",
  extendedKeyUsage: "551d25",
  subjectAltName: "551d11",
  serverAuth: "2b06010505070301",
};

function der(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length =
    body.length < 0x80
      ? [body.length]
      : body.length < 0x100
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const sequence = (...parts: Buffer[]): Buffer => der(TAG.sequence, ...parts);
const oid = (hex: string): Buffer => der(TAG.oid, Buffer.from(hex, "hex"));
const bits = (body: Buffer, unused = 0): Buffer => der(TAG.bits, Buffer.from([unused]), body);
const time = (date: Date): Buffer =>
  der(TAG.time, Buffer.from(`${date.toISOString().replace(/[-:T]|\.\d+/g, "")}`));
const TRUE = Buffer.from([0x01, 0x01, 0xff]);

function extension(name: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(name), ...(critical ? [TRUE] : []), der(TAG.octets, value));
}

const YEARS_10_MS = 10 * 365 * 86_400_000;

/** Makes a certificate for loopback that is its own authority: clients trust it by being given it. */
export function selfSignedCertificate(commonName: string): Certificate {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const privateKey = keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const publicKey = createPublicKey(createPrivateKey(privateKey)).export({ type: "spki", format: "der" });
  const name = sequence(der(TAG.set, sequence(oid(OID.commonName), der(TAG.text, Buffer.from(commonName)))));
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const serial = randomBytes(15);
  const names = sequence(
    der(0x82, Buffer.from("localhost")),
    der(0x87, Buffer.from([127, 0, 0, 1])),
    der(0x87, Buffer.from("00000000000000000000000000000001", "hex")),
  );
  const extensions = sequence(
    extension(OID.basicConstraints, true, sequence(TRUE)),
    extension(OID.keyUsage, true, bits(Buffer.from([0x84]), 2)),
    extension(OID.extendedKeyUsage, false, sequence(oid(OID.serverAuth))),
    extension(OID.subjectAltName, false, names),
  );
  const body = sequence(
    der(0xa0, der(TAG.integer, Buffer.from([2]))),
    der(TAG.integer, Buffer.from([0x01]), serial),
    algorithm,
    name,
    sequence(time(new Date(Date.now() - 3_600_000)), time(new Date(Date.now() + YEARS_10_MS))),
    name,
    Buffer.from(publicKey),
    der(0xa3, extensions),
  );
  const signed = sequence(body, algorithm, bits(sign("sha256", body, privateKey)));
  const base64 = signed.toString("base64").replace(/.{64}(?=.)/g, "$&\n");
  return { certificate: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`, privateKey };
}
