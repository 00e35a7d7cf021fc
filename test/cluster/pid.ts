/** Writes the number of its process, and ends. */
console.log(process.pid)
