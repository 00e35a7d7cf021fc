/** The element of the page's frame that has this id. */
export function byId (id: string): HTMLElement {
  const found = document.getElementById(id)
  if (!found) throw new Error(`expected an element with the id ${id} in the page`)
  return found
}

/** A new element with its properties and its children. */
export function element<Name extends keyof HTMLElementTagNameMap> (name: Name, properties: Partial<HTMLElementTagNameMap[Name]> = {}, ...children: (Node | string)[]): HTMLElementTagNameMap[Name] {
  const made = Object.assign(document.createElement(name), properties)
  made.append(...children)
  return made
}
