import fc from 'fast-check'
import { mutate, mutations } from './mutations.js'

const KEYS = ['type', 'sdp', 'candidates', 'candidate', 'sdpMid', 'sdpMLineIndex', 'trickle', 'remoteDescription', 'id', 'state', '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'then', 'toJSON', 'length', '$ref', '']
const VALID = ['{"candidates":[{"candidate":"candidate:1 1 udp 1 127.0.0.1 5000 typ host","sdpMid":"0","sdpMLineIndex":0},{"candidate":""}]}', '{"trickle":true}', '{}', '{"remoteDescription":{"type":"offer","sdp":"v=0\\r\\n"}}', '{"type":"answer","sdp":"v=0\\r\\n"}']
/** Each is put in the place of a value, or around one. */
const POLLUTION = [
  '{"__proto__":{"polluted":true}}', '{"constructor":{"prototype":{"polluted":true}}}', '{"\\u005f_proto__":{"polluted":true}}', '{"type":"answer","sdp":"v=0","__proto__":{"polluted":true}}',
  '{"remoteDescription":{"__proto__":{"polluted":true},"type":"offer","sdp":"v=0"}}', '{"remoteDescription":{"constructor":{"prototype":{"polluted":true}},"type":"offer","sdp":"v=0"}}',
  '{"__proto__":null}', '{"__proto__":[]}', '{"constructor":1}', '[{"__proto__":{"polluted":true}}]', '{"remoteDescription":{"type":{"__proto__":{"polluted":true}},"sdp":"v=0"}}'
]
const ODD = [
  '', ' ', '\n', '\ufeff{}', '\ufeff', '{', '}', '[', ']', '"', '{}{}', '{},', '{"a":1,}', '[1,]', '{a:1}', "{'a':1}", '// comment\n{}', 'NaN', 'Infinity', '-0', '1e999', '-1e999', '01', '0x10', '1'.repeat(5000), `0.${'1'.repeat(5000)}`, 'true', 'null', 'undefined',
  '"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\u0000"', '"\\x00"', '{"type":"answer","type":"offer","sdp":"v=0"}', '{"type":"answer","sdp":"v=0","sdp":1}', '{"remoteDescription":{},"remoteDescription":null}', '{"type":"answer","sdp":"\\ud83d"}'
]

const anyValue = fc.oneof(fc.jsonValue({ depthSize: 'medium' }).map(value => JSON.stringify(value)), fc.constantFrom(...POLLUTION, '1e999', '"\\ud800"', '-0'))
/** Written by hand, since an object cannot have a key twice, nor easily one that is `__proto__`. */
const object = fc.array(fc.tuple(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...KEYS) }, fc.string()), anyValue), { maxLength: 6 })
  .map(entries => `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`)
const nested = fc.tuple(fc.constantFrom(['[', ']'], ['{"a":', '}'], ['{"remoteDescription":', '}'], ['{"__proto__":', '}'], ['[{"type":', '}]'], ['[', ''], ['{"":', '']), fc.nat(6000), anyValue, fc.boolean())
  .map(([[open, close], depth, inner, isAsDeepAsFits]) => {
    const levels = isAsDeepAsFits ? Math.floor(32000 / (open!.length + close!.length)) : depth
    return open!.repeat(levels) + inner + close!.repeat(levels)
  })
const wrong = fc.tuple(anyValue, anyValue, fc.boolean(), fc.boolean()).map(([type, sdp, isInner, hasRightType]) => {
  const description = `{"type":${hasRightType ? '"answer"' : type},"sdp":${sdp}}`
  return isInner ? `{"remoteDescription":${description}}` : description
})
const mutated = fc.tuple(fc.constantFrom(...VALID, ...POLLUTION), mutations()).map(([body, list]) => mutate(body, list))
const large = fc.tuple(fc.constantFrom(32767, 32768, 32769, 40000, 200000), fc.constantFrom(' ', '"', '{', '[', '\\', 'a', 'é', '\0')).map(([length, character]) => character.repeat(length))

/** What may stand in the place of a body's JSON: every shape of it, much that is none, and bytes that are no UTF-8. */
export const bodies: fc.Arbitrary<string | Uint8Array> = fc.oneof(
  { weight: 4, arbitrary: fc.json({ depthSize: 'medium' }) },
  { weight: 4, arbitrary: object },
  { weight: 3, arbitrary: wrong },
  { weight: 3, arbitrary: mutated },
  { weight: 2, arbitrary: fc.constantFrom(...POLLUTION, ...ODD) },
  { weight: 1, arbitrary: nested },
  { weight: 1, arbitrary: large },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  { weight: 1, arbitrary: fc.constantFrom(...VALID).map(body => Buffer.from(body, 'utf16le')) }
)
