// check: what a browser, a validator and axe say about the rendered pages.
//   node check.mjs HTML_DIR [PICTURES_DIR]
// Each page at 320, 768 and 1280 px: no sideways scroll, no axe finding, text
// of 16 px at least, targets of 44 px at least, one h1, nothing refused by the
// pages' own policy; the keyboard meets every control. Valid HTML and the sizes of pages-P1, too.
// Needs Node 20, chromium, and playwright-core, axe-core and html-validate in
// the node_modules of this folder or of $NODE_MODULES_OF.
// Called by tests/pages/run.
// SPDX-License-Identifier: Apache-2.0
import { createServer } from 'node:http'
import { readFileSync, readdirSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'

const require = createRequire(pathToFileURL(join(process.env.NODE_MODULES_OF ?? process.cwd(), 'package.json')))
const { chromium } = require('playwright-core')
const { HtmlValidate } = require('html-validate')
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

const [dir, pictures] = process.argv.slice(2)
const files = readdirSync(dir).filter(f => f.endsWith('.html')).sort()
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
const widths = [320, 768, 1280]
let passed = 0, failed = 0

function claim(ok, what, detail) {
  if (ok) { passed++; return }
  failed++
  console.log(`not ok: ${what}${detail ? '\n    ' + detail : ''}`)
}

// In the page: what can be measured without axe.
function measure() {
  const seen = e => e.checkVisibility({ visibilityProperty: true })
  const small = [], thin = []
  for (const e of document.body.querySelectorAll('*')) {
    if (!seen(e)) continue
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())
    if (own && parseFloat(getComputedStyle(e).fontSize) < 16) small.push(e.outerHTML.slice(0, 80))
  }
  const target = 'button, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), .language, .button, .bottom a, .choice label'
  for (const e of document.querySelectorAll(target))
    if (seen(e) && e.getBoundingClientRect().height < 44) thin.push(e.outerHTML.slice(0, 80))
  return {
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    h1: document.querySelectorAll('h1').length, small, thin,
    title: document.title, lang: document.documentElement.lang,
    active: [...document.querySelectorAll('*')].filter(e => /^(script|style|iframe|img|object)$/i.test(e.tagName) ||
      [...e.attributes].some(a => /^(on|style$)/i.test(a.name) || /^(javascript|data):/i.test(a.value))).map(e => e.outerHTML.slice(0, 80)),
    decided: document.querySelector('.decision')?.getBoundingClientRect().bottom ?? 0,
    background: getComputedStyle(document.querySelector('.bottom')).backgroundColor,
  }
}

const validator = new HtmlValidate({ extends: ['html-validate:recommended', 'html-validate:a11y'], rules: {
  'no-trailing-whitespace': 'off', 'void-style': 'off', 'long-title': 'off',
  // a telephone number is a value of the configuration; the frame turns detection off
  'tel-non-breaking': 'off',
  'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'submit', 'button', 'reset'] }],
  'doctype-style': ['error', { style: 'lowercase' }],
} })

async function validate(file, html) {
  const report = await validator.validateString(html, file)
  const said = report.results.flatMap(r => r.messages).map(m => `${m.line}: ${m.ruleId}: ${m.message}`)
  claim(said.length === 0, `${file}: valid HTML`, said.join('\n    '))
}

async function look(browser, origin, file, width) {
  const context = await browser.newContext({ viewport: { width, height: 640 } })
  const page = await context.newPage()
  const refused = []
  page.on('console', m => { if (m.type() === 'error') refused.push(m.text()) })
  await page.goto(`${origin}/${file}`)
  const m = await page.evaluate(measure)
  const at = `${file} at ${width} px`
  claim(m.wide <= 0, `${at}: no sideways scroll`, `${m.wide} px too wide`)
  claim(m.small.length === 0, `${at}: text of 16 px`, m.small.join('\n    '))
  claim(m.thin.length === 0, `${at}: targets of 44 px`, m.thin.join('\n    '))
  claim(m.h1 === 1 && m.title.includes(' - ') && m.lang === file.split('.')[2], `${at}: heading, title, language`)
  claim(m.active.length === 0, `${at}: nothing active, no inline style`, m.active.join('\n    '))
  claim(m.background !== 'rgba(0, 0, 0, 0)', `${at}: the style sheet is used`)
  claim(refused.length === 0, `${at}: nothing refused by the policy`, refused.join('\n    '))
  await page.evaluate(axeSource)
  const said = await page.evaluate(() => axe.run({ resultTypes: ['violations'] }))
  claim(said.violations.length === 0, `${at}: axe`, said.violations.map(v =>
    `${v.id}: ${v.help}: ${v.nodes.map(n => n.html.slice(0, 100) + ' ' + (n.any[0]?.message ?? '')).join(' | ')}`).join('\n    '))
  if (pictures) await page.screenshot({ path: join(pictures, `${basename(file, '.html')}.${width}.png`), fullPage: true })
  await context.close()
  return m
}

// P7: what must hold at 400 % zoom (320 px wide at 1280) is width 320 above;
// here forced colours keep every control visible.
async function forced(browser, origin, file) {
  const context = await browser.newContext({ viewport: { width: 768, height: 640 }, forcedColors: 'active' })
  const page = await context.newPage()
  await page.goto(`${origin}/${file}`)
  const bare = await page.evaluate(() => [...document.querySelectorAll('button, input[type=text], .asker, .summary')]
    .filter(e => e.checkVisibility() && parseFloat(getComputedStyle(e).borderTopWidth) === 0).map(e => e.outerHTML.slice(0, 80)))
  claim(bare.length === 0, `${file} in forced colours: every control has an edge`, bare.join('\n    '))
  await context.close()
}

// Tab goes through every control in the order of the source and each shows it.
async function walk(browser, origin, file) {
  const context = await browser.newContext({ viewport: { width: 320, height: 640 } })
  const page = await context.newPage()
  await page.goto(`${origin}/${file}`)
  const order = await page.evaluate(() => {
    const radios = new Set()
    return [...document.querySelectorAll('a[href], button:not([disabled]), input:not([type=hidden])')].filter(e => {
      if (e.type !== 'radio') return true
      if (radios.has(e.name)) return false
      return radios.add(e.name)
    }).map(e => e.outerHTML.slice(0, 60))
  })
  const met = [], faint = []
  for (let i = 0; i < order.length; i++) {
    await page.keyboard.press('Tab')
    const on = await page.evaluate(() => {
      const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect()
      return { html: e.outerHTML.slice(0, 60), outline: s.outlineStyle + s.outlineWidth, shown: r.bottom > 0 && r.top < innerHeight && r.right > 0 }
    })
    met.push(on.html)
    if (on.outline !== 'solid4px' || !on.shown) faint.push(on.html + ' ' + on.outline)
  }
  claim(JSON.stringify(met) === JSON.stringify(order), `${file}: the keyboard meets all in order`, `${met.join(' > ')}\n    ${order.join(' > ')}`)
  claim(faint.length === 0, `${file}: focus is seen`, faint.join('\n    '))
  await context.close()
}

const server = createServer((request, answer) => {
  const name = basename(new URL(request.url, 'http://x').pathname)
  try {
    const body = readFileSync(join(dir, name))
    answer.writeHead(200, { 'content-type': name.endsWith('.css') ? 'text/css' : 'text/html; charset=utf-8', 'content-security-policy': policy })
    answer.end(body)
  } catch {
    answer.writeHead(name === 'favicon.ico' ? 204 : 404).end()
  }
})
await new Promise(done => server.listen(0, '127.0.0.1', done))
const origin = `http://127.0.0.1:${server.address().port}`
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
if (pictures) mkdirSync(pictures, { recursive: true })

try {
  const css = readdirSync(dir).filter(f => f.endsWith('.css'))
  claim(css.length === 1 && readFileSync(join(dir, css[0])).length <= 24 * 1024, 'one style sheet of at most 24 KiB')
  for (const file of files) {
    const html = readFileSync(join(dir, file), 'utf8')
    claim(Buffer.byteLength(html) <= 30 * 1024, `${file}: at most 30 KiB`)
    claim(!html.includes('{{') && !html.includes('}}'), `${file}: no hole left`)
    await validate(file, html)
    for (const width of widths) await look(browser, origin, file, width)
    await forced(browser, origin, file)
    await walk(browser, origin, file)
  }
  // pages-P18: five items within two screens of 360 x 640
  for (const file of files.filter(f => f.startsWith('consent.five.'))) {
    const { decided } = await look(browser, origin, file, 360)
    claim(decided <= 1280, `${file}: decided within two screens of 360 x 640`, `${decided} px`)
  }
} finally {
  await browser.close()
  server.close()
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
