import t from 'tap'
import { canonicalAddress, isAddressLiteral, networkOf } from '../../plugin/connections/ip-address.js'

const LITERALS: Record<string, boolean> = {
  '192.0.2.1': true,
  '0.0.0.0': true,
  '::': true,
  '2001:db8::1': true,
  '::ffff:127.0.0.1': true,
  'fe80::1%eth0': false,
  '[::1]': false,
  '0x7f.1': false,
  127.1: false,
  '0177.0.0.1': false,
  2130706433: false,
  '127.0.0.1 ': false,
  'name.local': false,
  'example.com': false,
  '': false
}

for (const [address, expected] of Object.entries(LITERALS)) {
  t.test(`isAddressLiteral -> '${address}' -> ${expected}`, async t => {
    t.equal(isAddressLiteral(address), expected)
  })
}

const CANONICAL: Record<string, string> = {
  '192.0.2.1': '192.0.2.1',
  '::ffff:192.0.2.1': '192.0.2.1',
  '::FFFF:C000:0201': '192.0.2.1',
  '::192.0.2.1': '192.0.2.1',
  '2001:DB8:0:0:0:0:0:1': '2001:db8::1',
  '::': '::'
}

for (const [address, canonical] of Object.entries(CANONICAL)) {
  t.test(`canonicalAddress -> ${address} -> ${canonical}`, async t => {
    t.equal(canonicalAddress(address), canonical)
  })
}

const NETWORKS: Record<string, string | undefined> = {
  '192.0.2.1': '192.0.2.1',
  '::ffff:192.0.2.1': '192.0.2.1',
  '2001:db8:1:2:3:4:5:6': '2001:db8:1:2::/64',
  '2001:db8:1:2::': '2001:db8:1:2::/64',
  '2001:db8::6': '2001:db8:0:0::/64',
  '2001:db8::3:4:5:6:7': '2001:db8:0:3::/64',
  '::1': '0:0:0:0::/64',
  '::': '0:0:0:0::/64',
  '192.0.2.1:5000': '192.0.2.1',
  '[2001:db8::6]': '2001:db8:0:0::/64',
  '[2001:db8::6]:5000': '2001:db8:0:0::/64',
  'fe80::1%eth0': 'fe80:0:0:0::/64',
  '[fe80::1%eth0]:5000': 'fe80:0:0:0::/64',
  '::ffff:192.0.2.1%eth0': '192.0.2.1',
  unknown: undefined,
  _hidden: undefined,
  '192.0.2': undefined,
  '': undefined
}

for (const [address, network] of Object.entries(NETWORKS)) {
  t.test(`networkOf -> ${address} -> ${network}`, async t => {
    t.equal(networkOf(address), network)
  })
}
