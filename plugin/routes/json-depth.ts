const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN = [0x5b, 0x7b]
const CLOSE = [0x5d, 0x7d]

/** Whether the JSON has objects or lists within each other for more than so many levels. It may be no JSON at all. */
export function isDeeperThan (levels: number, json: string): boolean {
  let depth = 0
  let isString = false
  for (let index = 0; index < json.length; index++) {
    const code = json.charCodeAt(index)
    if (code === QUOTE) isString = !isString
    else if (isString && code === BACKSLASH) index++
    else if (!isString && OPEN.includes(code) && ++depth > levels) return true
    else if (!isString && CLOSE.includes(code)) depth--
  }
  return false
}
