import t from 'tap'

t.test('the addresses of the host -> asked for once a second, and again at once where the system has not told them', async t => {
  let [asked, now, isTold] = [0, 5000, true]
  const networkInterfaces = () => {
    asked++
    if (!isTold) throw new Error('uv_interface_addresses returned Unknown system error 24')
    return { eth0: [{ address: `192.0.2.${asked}` }] }
  }
  const { hostAddresses } = await t.mockImport<typeof import('../../plugin/connections/host-addresses.js')>('../../plugin/connections/host-addresses.js', { 'node:os': { networkInterfaces } })
  t.intercept(performance, 'now', { value: () => now })
  const read = () => hostAddresses().map(({ address }) => address)

  t.strictSame([read(), read()], [['192.0.2.1'], ['192.0.2.1']])
  now += 999
  t.strictSame(read(), ['192.0.2.1'])
  now += 1
  t.strictSame(read(), ['192.0.2.2'])
  now += 1000
  isTold = false
  t.strictSame([read(), read()], [[], []])
  isTold = true
  t.strictSame(read(), ['192.0.2.5'])
})
