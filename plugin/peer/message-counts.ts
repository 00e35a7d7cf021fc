/** What has gone through a channel, in the words of https://www.w3.org/TR/webrtc-stats/#dcstats-dict* */
export class MessageCounts {
  messagesSent = 0
  bytesSent = 0
  /** That the native channel has handed over. */
  messagesReceived = 0
  bytesReceived = 0

  sent (size: number): void {
    this.messagesSent++
    this.bytesSent += size
  }

  received (size: number): void {
    this.messagesReceived++
    this.bytesReceived += size
  }
}
