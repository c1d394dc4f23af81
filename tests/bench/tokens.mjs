// tokens: what a retrieval under load needs. One citizen signs in and consents
// the ordinary way; the grant is then laid down again COUNT times with an access
// token for each, as that many consents would have left them, all bound to one
// app's DPoP key. Writes FOLDER/tokens (a line each) and FOLDER/key.pem.
//   scripts/node tests/bench/tokens.mjs FOLDER COUNT ITEM   (. DIR/env before)
// SPDX-License-Identifier: Apache-2.0
import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as oauth from 'openid-client'
import { App, details, granted, sql, until } from '../story/lib.mjs'

const [folder, count, item] = process.argv.slice(2)
const app = await App.register()
app.dpopKey = await oauth.randomDPoPKeyPair('ES256', { extractable: true })
app.DPoP = oauth.getDPoPHandle(app.config, app.dpopKey)
await granted(app, details({ items: [item], access: until() }), { persona: 'kenji' })
const first = await app.retrieve()
if (first.body?.items?.[0]?.status !== 'provided')
	throw new Error(`the first retrieval: ${first.status} ${first.text}`)

const [[grant, bucket]] = sql`SELECT id, bucket FROM grants WHERE client = '${app.clientId}'`
const [[jkt]] = sql`SELECT jkt FROM token WHERE kind = 'access' AND grant_id = '${grant}'`
const [[placeKey]] = sql`SELECT encode(key, 'hex') FROM place_key`

// A handle as src/store/place.c makes it: the bucket hidden by an HMAC of the rest.
function handle() {
	const rest = randomBytes(32)
	const mask = createHmac('sha256', Buffer.from(placeKey, 'hex')).update(rest).digest()
	const place = Buffer.alloc(2)
	place.writeInt16BE(Number(bucket))
	return Buffer.concat([Buffer.from([place[0] ^ mask[0], place[1] ^ mask[1]]), rest])
}

const made = Array.from({ length: Number(count) }, () => ({ id: randomUUID(), token: handle() }))
const rows = made.map((m) => `('${m.id}'::uuid, '\\x${createHash('sha256').update(m.token).digest('hex')}'::bytea)`)
const columns = sql`SELECT string_agg(column_name, ', ') FROM information_schema.columns
	WHERE table_name = 'grants' AND column_name <> 'id'`[0][0]
sql(`BEGIN;
CREATE TEMP TABLE made (id uuid, hash bytea);
INSERT INTO made VALUES ${rows.join(',\n')};
INSERT INTO grants (id, ${columns}) SELECT made.id, ${columns.replace(/\w+/g, 'g.$&')}
	FROM made, grants g WHERE g.id = '${grant}';
INSERT INTO token (bucket, hash, kind, grant_id, client, jkt, scope, created, expires)
	SELECT t.bucket, made.hash, 'access', made.id, t.client, t.jkt, t.scope, t.created, t.created + interval '1 hour'
	FROM made, token t WHERE t.kind = 'access' AND t.grant_id = '${grant}';
COMMIT;
ANALYZE grants; ANALYZE token;`)
writeFileSync(join(folder, 'tokens'), made.map((m) => `${m.token.toString('base64url')}\n`).join(''), { mode: 0o600 })
writeFileSync(join(folder, 'grants'), made.map((m) => `${m.id}\n`).join(''))
writeFileSync(join(folder, 'bucket'), `${bucket}\n`)
writeFileSync(join(folder, 'hashes'), made.map((m) => `${createHash('sha256').update(m.token).digest('hex')}\n`).join(''))
const der = await crypto.subtle.exportKey('pkcs8', app.dpopKey.privateKey)
writeFileSync(join(folder, 'key.pem'), '-----BEGIN PRIVATE KEY-----\n' +
	`${Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`, { mode: 0o600 })
console.log(`${made.length} grants for item ${item}, key ${jkt.slice(0, 8)}`)
process.exit()
