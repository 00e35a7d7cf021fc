import { Type, type Static } from '@sinclair/typebox'
import { StringEnum } from './string-enum.js'

/** The W3C's RTCSessionDescriptionInit, of which only the two types of JSEP's offer/answer exchange can be sent: https://www.w3.org/TR/webrtc/#rtcsessiondescription-class */
export const WebRtcSessionDescriptionSchema = Type.Object({
  type: StringEnum(['offer', 'answer'], 'Which half of the offer/answer exchange this is'),
  sdp: Type.String({ minLength: 1, maxLength: 32768, description: 'The session description (RFC 8866), lines ended by CRLF' })
}, {
  $id: 'WebRtcSessionDescription',
  additionalProperties: false,
  description: 'A session description, as RTCSessionDescription serializes itself'
})

export type WebRtcSessionDescription = Static<typeof WebRtcSessionDescriptionSchema>
