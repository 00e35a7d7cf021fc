// Made by `npm run generate`; do not edit.
/* eslint-disable -- as openapi-typescript writes it */
export interface paths {
    "/connections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the connections
         * @description Ids and states alone, of the caller's own connections where the server tells callers apart. Off unless the server turns it on: whoever has an id can use the connection.
         */
        get: operations["listConnections"];
        put?: never;
        /**
         * Create a connection
         * @description Without a body the server offers: localDescription is its offer, to be answered with setRemoteDescription. With an offer in remoteDescription the server answers it: localDescription is the answer.
         */
        post: operations["createConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/connections/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a connection */
        get: operations["getConnection"];
        put?: never;
        post?: never;
        /** Close a connection */
        delete: operations["deleteConnection"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/connections/{id}/local-description": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the server's description */
        get: operations["getLocalDescription"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/connections/{id}/remote-description": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the client's description */
        get: operations["getRemoteDescription"];
        put?: never;
        /**
         * Answer the server's offer, or offer again
         * @description An offer is taken once the connection is connected, and changes audio and video: localDescription is the answer then, of which an event tells as well. While an offer of the server is not answered it is refused with 409: the client takes its own back and answers. Candidates may be part of the answer. Those with names in place of addresses, over TCP, or for addresses to which the server does not send are left out.
         */
        post: operations["setRemoteDescription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ice-servers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the ICE servers for clients
         * @description STUN and TURN servers for the client's own peer, with credentials that may be of a limited time: to be asked for when a peer is made. A client that lets the server offer gets them with its connection.
         */
        get: operations["listIceServers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/connections/{id}/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get statistics
         * @description What the server's peer has sent and received so far, over which pair of addresses, and when it made each step of the handshake.
         */
        get: operations["getConnectionStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/connections/{id}/remote-candidates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add the client's candidates
         * @description Before or after its description; an empty one says that no more will come. Those with names in place of addresses, over TCP, for addresses to which the server does not send, and more than 30 with those of the description, are left out.
         */
        post: operations["addRemoteCandidates"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/connections/{id}/local-candidates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the server's candidates
         * @description For clients that cannot read events: those after a cursor, with the cursor for the next time. The last one is empty.
         */
        get: operations["listLocalCandidates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/connections/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what happens to a connection
         * @description Server-sent events, each with its id, its type as the name of the event, and all of it as data in JSON: the server's descriptions and candidates, the states of its peer, and the end. Begins after the header Last-Event-ID, or else lastEventId, or else with the current peer, and ends with the event closed.
         */
        get: operations["streamEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/connections/{id}/reconnect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a connection a new peer
         * @description For a client that has lost its peer, whether or not the server has noticed. The new peer takes the place of the one there is; localDescription is its offer, or the answer to the offer in remoteDescription. Needs the reconnectToken of the last answer and brings the next one. What fails leaves the connection's peer as it was.
         */
        post: operations["reconnectConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Why a request was refused */
        WebRtcError: {
            /** @description The HTTP status */
            statusCode: number;
            /** @description The cause, stable across versions, for instance FST_WEBRTC_CONNECTION_NOT_FOUND. Absent where the server answers before it looks at the operation */
            code?: string;
            /** @description The status in words */
            error: string;
            /** @description What was expected and what was found */
            message: string;
        };
        /** @description A session description, as RTCSessionDescription serializes itself */
        WebRtcSessionDescription: {
            /**
             * @description Which half of the offer/answer exchange this is
             * @enum {string}
             */
            type: "offer" | "answer";
            /** @description The session description (RFC 8866), lines ended by CRLF */
            sdp: string;
        };
        /** @description A STUN or TURN server, as RTCConfiguration.iceServers has it */
        WebRtcIceServer: {
            urls: string[];
            /** @description For TURN */
            username?: string;
            /** @description For TURN: the password. A secret, usually of a limited time */
            credential?: string;
        };
        /** @description STUN and TURN servers for the client's own peer: a part of its RTCConfiguration */
        WebRtcIceServers: {
            iceServers: components["schemas"]["WebRtcIceServer"][];
        };
        /** @description A connection and the state of the server's peer. A description is absent until there is one, and in a list */
        WebRtcConnection: {
            /** @description The connection's id. Whoever has it can use the connection */
            id: string;
            /**
             * @description Whether the server still keeps the connection
             * @enum {string}
             */
            state: "open" | "closed";
            /**
             * @description RTCPeerConnection.connectionState of the server's peer
             * @enum {string}
             */
            connectionState: "new" | "connecting" | "connected" | "disconnected" | "failed" | "closed";
            /**
             * @description RTCPeerConnection.iceConnectionState of the server's peer
             * @enum {string}
             */
            iceConnectionState: "new" | "checking" | "connected" | "completed" | "disconnected" | "failed" | "closed";
            /**
             * @description RTCPeerConnection.iceGatheringState of the server's peer
             * @enum {string}
             */
            iceGatheringState: "new" | "gathering" | "complete";
            /**
             * @description RTCPeerConnection.signalingState of the server's peer
             * @enum {string}
             */
            signalingState: "stable" | "have-local-offer" | "have-remote-offer" | "closed";
            /** @description The last event that is in what is said here: whoever reads the events from here on misses none and sees none twice */
            lastEventId: number;
            localDescription?: components["schemas"]["WebRtcSessionDescription"];
            remoteDescription?: components["schemas"]["WebRtcSessionDescription"];
            /** @description STUN and TURN servers for the client's own peer. In the answers of createConnection and reconnectConnection alone, where the server has any */
            iceServers?: components["schemas"]["WebRtcIceServer"][];
            /** @description A secret of whoever made the connection, by which reconnectConnection gives it a new peer. Present in the answers of createConnection and reconnectConnection alone */
            reconnectToken?: string;
        };
        /**
         * @description Who offers: with remoteDescription (an offer) the server answers it, without it the server offers
         * @default {}
         */
        WebRtcConnectionRequest: {
            remoteDescription?: components["schemas"]["WebRtcSessionDescription"];
            /** @description Whether the server's candidates come as events, and not in its description. With true the answer does not wait for them. Default false */
            trickle?: boolean;
        };
        /** @description Who asks, and who offers: with remoteDescription (an offer) the server answers it, without it the server offers */
        WebRtcReconnectRequest: {
            /** @description The reconnectToken of the last answer that had one */
            reconnectToken: string;
            remoteDescription?: components["schemas"]["WebRtcSessionDescription"];
            /** @description Whether the server's candidates come as events, and not in its description. With true the answer does not wait for them. Default false */
            trickle?: boolean;
        };
        /** @description One end of the pair in use, as RTCIceCandidateStats */
        WebRtcCandidateStats: {
            /** @description An IP address */
            address: string;
            port: number;
            /**
             * @description The transport
             * @enum {string}
             */
            protocol: "udp" | "tcp";
            /**
             * @description How the address was found
             * @enum {string}
             */
            candidateType: "host" | "srflx" | "prflx" | "relay";
        };
        /** @description The candidate pair in use, as RTCIceCandidatePairStats. localCandidate is the end of the server */
        WebRtcCandidatePairStats: {
            localCandidate: components["schemas"]["WebRtcCandidateStats"];
            remoteCandidate: components["schemas"]["WebRtcCandidateStats"];
            /**
             * Format: double
             * @description The latest round-trip time, in seconds, of SCTP's. Absent while none is known, and below a millisecond
             */
            currentRoundTripTime?: number;
        };
        /** @description A data channel that has not closed, as RTCDataChannelStats */
        WebRtcDataChannelStats: {
            /** @description Its first 256 characters */
            label: string;
            /** @description Its first 256 characters */
            protocol: string;
            /** @description The stream. Absent until it is known */
            dataChannelIdentifier?: number;
            /**
             * @description RTCDataChannel.readyState at the server
             * @enum {string}
             */
            state: "connecting" | "open" | "closing";
            /**
             * Format: int64
             * @description By the server
             */
            messagesSent: number;
            /**
             * Format: int64
             * @description By the server, of messages alone
             */
            bytesSent: number;
            /**
             * Format: int64
             * @description By the server
             */
            messagesReceived: number;
            /**
             * Format: int64
             * @description By the server, of messages alone
             */
            bytesReceived: number;
        };
        /** @description When each step of the handshake was made for the first time. A step is absent until then */
        WebRtcHandshakeStats: {
            /**
             * Format: double
             * @description When the peer was made, in milliseconds since 1970
             */
            created: number;
            /**
             * Format: double
             * @description When the server's description was made, in milliseconds since `created`
             */
            localDescription?: number;
            /**
             * Format: double
             * @description When the far end's description came, in milliseconds since `created`
             */
            remoteDescription?: number;
            /**
             * Format: double
             * @description When DTLS was connected too, in milliseconds since `created`
             */
            connected?: number;
            /**
             * Format: double
             * @description When the first data channel opened, in milliseconds since `created`
             */
            dataChannelOpen?: number;
        };
        /** @description Statistics of the server's peer, in the names of W3C's getStats() where it has them. selectedCandidatePair is absent while the peer is not connected */
        WebRtcStats: {
            /**
             * Format: double
             * @description When this was read, in milliseconds since 1970
             */
            timestamp: number;
            selectedCandidatePair?: components["schemas"]["WebRtcCandidatePairStats"];
            /**
             * Format: int64
             * @description Of all messages that the server has sent
             */
            bytesSent: number;
            /**
             * Format: int64
             * @description Of all messages that the server has received
             */
            bytesReceived: number;
            /** @description How many data channels have opened, as in RTCPeerConnectionStats */
            dataChannelsOpened: number;
            /** @description How many of them have closed, as in RTCPeerConnectionStats */
            dataChannelsClosed: number;
            dataChannels: components["schemas"]["WebRtcDataChannelStats"][];
            handshake: components["schemas"]["WebRtcHandshakeStats"];
        };
        /** @description A candidate, as RTCIceCandidate serializes itself, without what is null */
        WebRtcIceCandidate: {
            /** @description The candidate attribute (RFC 8839), beginning with candidate:. The empty string says that no more will come */
            candidate: string;
            /** @description The mid of a media section. All of them share one transport, so nothing depends on it */
            sdpMid?: string;
            /** @description The index of a media section */
            sdpMLineIndex?: number;
            /** @description The ice-ufrag of the description that the candidate belongs to. Of another one, it is left out */
            usernameFragment?: string;
        };
        /** @description Candidates of the client, oldest first */
        WebRtcIceCandidates: {
            candidates: components["schemas"]["WebRtcIceCandidate"][];
        };
        /** @description The candidates that the server uses of those that it was sent, as it uses them */
        WebRtcAppliedIceCandidates: {
            candidates: components["schemas"]["WebRtcIceCandidate"][];
        };
        /** @description Candidates of the server, oldest first. The last of all is empty */
        WebRtcLocalIceCandidates: {
            candidates: components["schemas"]["WebRtcIceCandidate"][];
            /** @description What to ask for next, as `after` */
            cursor: number;
        };
        /** @description What has happened to a connection */
        WebRtcEvent: components["schemas"]["WebRtcDescriptionEvent"] | components["schemas"]["WebRtcCandidateEvent"] | components["schemas"]["WebRtcStateEvent"] | components["schemas"]["WebRtcClosedEvent"];
        /** @description The server has made an offer or an answer */
        WebRtcDescriptionEvent: {
            /** @description Grows by one with each event of a connection */
            id: number;
            /**
             * @description What happened (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "description";
            description: components["schemas"]["WebRtcSessionDescription"];
        };
        /** @description The server has gathered a candidate that was in no description that it sent; an empty one is the last */
        WebRtcCandidateEvent: {
            /** @description Grows by one with each event of a connection */
            id: number;
            /**
             * @description What happened (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "candidate";
            candidate: components["schemas"]["WebRtcIceCandidate"];
        };
        /** @description The server's peer is in another state */
        WebRtcStateEvent: {
            /** @description Grows by one with each event of a connection */
            id: number;
            /**
             * @description What happened (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "state";
            /**
             * @description RTCPeerConnection.connectionState of the server's peer
             * @enum {string}
             */
            connectionState: "new" | "connecting" | "connected" | "disconnected" | "failed" | "closed";
            /**
             * @description RTCPeerConnection.iceConnectionState of the server's peer
             * @enum {string}
             */
            iceConnectionState: "new" | "checking" | "connected" | "completed" | "disconnected" | "failed" | "closed";
            /**
             * @description RTCPeerConnection.iceGatheringState of the server's peer
             * @enum {string}
             */
            iceGatheringState: "new" | "gathering" | "complete";
            /**
             * @description RTCPeerConnection.signalingState of the server's peer
             * @enum {string}
             */
            signalingState: "stable" | "have-local-offer" | "have-remote-offer" | "closed";
        };
        /** @description The connection has closed. No event comes after this one */
        WebRtcClosedEvent: {
            /** @description Grows by one with each event of a connection */
            id: number;
            /**
             * @description What happened (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "closed";
            /**
             * @description Why the server has closed the connection. application: it wanted to; deleted: DELETE; peer: the client closed, or was gone for too long; timeout: it did not connect in time; aborted: the client was gone before it was told of the connection; handler-error: the application failed; limit-exceeded: the client did more than it may; peer-error: a description was refused, or no peer could be made; shutdown: the server is closing
             * @enum {string}
             */
            reason: "application" | "deleted" | "peer" | "timeout" | "aborted" | "handler-error" | "limit-exceeded" | "peer-error" | "shutdown";
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listConnections: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The connections */
            200: {
                headers: {
                    /** @description There where some of several servers have not answered: their connections are not in the list */
                    "Webrtc-Partial"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcConnection"][];
                };
            };
            /** @description The server does not list its connections, does not let pages of another origin ask for this, or knows another reconnectToken */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The application failed, in preparing its peer for instance, or no peer could be made */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The server is closing, has as many connections as it may, is overloaded, or does not reach the one that has the connection. Retry-After says when to ask again */
            503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other refusal, for instance 401: the host has not let the request through */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other failure, for instance 502: a proxy does not reach the server */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
        };
    };
    createConnection: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["WebRtcConnectionRequest"];
            };
        };
        responses: {
            /** @description The connection. Location has its path */
            201: {
                headers: {
                    /** @description The path of the connection */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcConnection"];
                };
            };
            /** @description The request, or the description in it, is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The server does not list its connections, does not let pages of another origin ask for this, or knows another reconnectToken */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The body is larger than 32768 bytes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The caller has as many connections as it may, or asks too often for a new peer. Retry-After says when to ask again */
            429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The application failed, in preparing its peer for instance, or no peer could be made */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The server is closing, has as many connections as it may, is overloaded, or does not reach the one that has the connection. Retry-After says when to ask again */
            503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The negotiation took too long, or the server that has the connection does not answer */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other refusal, for instance 401: the host has not let the request through */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other failure, for instance 502: a proxy does not reach the server */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
        };
    };
    getConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id that createConnection answered with */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The connection */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcConnection"];
                };
            };
            /** @description The request, or the description in it, is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description There is no such connection, or not yet what was asked of it */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The id is longer than any id */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The application failed, in preparing its peer for instance, or no peer could be made */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The server is closing, has as many connections as it may, is overloaded, or does not reach the one that has the connection. Retry-After says when to ask again */
            503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The negotiation took too long, or the server that has the connection does not answer */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other refusal, for instance 401: the host has not let the request through */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other failure, for instance 502: a proxy does not reach the server */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
        };
    };
    deleteConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id that createConnection answered with */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The connection as it was closed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcConnection"];
                };
            };
            /** @description The request, or the description in it, is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description There is no such connection, or not yet what was asked of it */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The body is larger than 32768 bytes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The id is longer than any id */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The application failed, in preparing its peer for instance, or no peer could be made */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The server is closing, has as many connections as it may, is overloaded, or does not reach the one that has the connection. Retry-After says when to ask again */
            503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The negotiation took too long, or the server that has the connection does not answer */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other refusal, for instance 401: the host has not let the request through */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other failure, for instance 502: a proxy does not reach the server */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
        };
    };
    getLocalDescription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id that createConnection answered with */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The server's description, with the candidates gathered so far */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcSessionDescription"];
                };
            };
            /** @description The request, or the description in it, is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description There is no such connection, or not yet what was asked of it */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The id is longer than any id */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The application failed, in preparing its peer for instance, or no peer could be made */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The server is closing, has as many connections as it may, is overloaded, or does not reach the one that has the connection. Retry-After says when to ask again */
            503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The negotiation took too long, or the server that has the connection does not answer */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other refusal, for instance 401: the host has not let the request through */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other failure, for instance 502: a proxy does not reach the server */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
        };
    };
    getRemoteDescription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id that createConnection answered with */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The client's description as it was applied */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcSessionDescription"];
                };
            };
            /** @description The request, or the description in it, is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description There is no such connection, or not yet what was asked of it */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The id is longer than any id */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The application failed, in preparing its peer for instance, or no peer could be made */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The server is closing, has as many connections as it may, is overloaded, or does not reach the one that has the connection. Retry-After says when to ask again */
            503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The negotiation took too long, or the server that has the connection does not answer */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other refusal, for instance 401: the host has not let the request through */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other failure, for instance 502: a proxy does not reach the server */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
        };
    };
    setRemoteDescription: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id that createConnection answered with */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebRtcSessionDescription"];
            };
        };
        responses: {
            /** @description The description as it was applied */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcSessionDescription"];
                };
            };
            /** @description The request, or the description in it, is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description There is no such connection, or not yet what was asked of it */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The connection is in another state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The body is larger than 32768 bytes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The id is longer than any id */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The application failed, in preparing its peer for instance, or no peer could be made */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The server is closing, has as many connections as it may, is overloaded, or does not reach the one that has the connection. Retry-After says when to ask again */
            503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The negotiation took too long, or the server that has the connection does not answer */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other refusal, for instance 401: the host has not let the request through */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other failure, for instance 502: a proxy does not reach the server */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
        };
    };
    listIceServers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The ICE servers; none where the server has none for clients */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcIceServers"];
                };
            };
            /** @description The server does not list its connections, does not let pages of another origin ask for this, or knows another reconnectToken */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The application failed, in preparing its peer for instance, or no peer could be made */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The server is closing, has as many connections as it may, is overloaded, or does not reach the one that has the connection. Retry-After says when to ask again */
            503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The negotiation took too long, or the server that has the connection does not answer */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other refusal, for instance 401: the host has not let the request through */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other failure, for instance 502: a proxy does not reach the server */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
        };
    };
    getConnectionStats: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id that createConnection answered with */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The statistics */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcStats"];
                };
            };
            /** @description The request, or the description in it, is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description There is no such connection, or not yet what was asked of it */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The id is longer than any id */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The application failed, in preparing its peer for instance, or no peer could be made */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The server is closing, has as many connections as it may, is overloaded, or does not reach the one that has the connection. Retry-After says when to ask again */
            503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The negotiation took too long, or the server that has the connection does not answer */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other refusal, for instance 401: the host has not let the request through */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other failure, for instance 502: a proxy does not reach the server */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
        };
    };
    addRemoteCandidates: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id that createConnection answered with */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebRtcIceCandidates"];
            };
        };
        responses: {
            /** @description The candidates that are used, as they are used */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcAppliedIceCandidates"];
                };
            };
            /** @description The request, or the description in it, is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description There is no such connection, or not yet what was asked of it */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The connection is in another state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The body is larger than 32768 bytes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The id is longer than any id */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The application failed, in preparing its peer for instance, or no peer could be made */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The server is closing, has as many connections as it may, is overloaded, or does not reach the one that has the connection. Retry-After says when to ask again */
            503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The negotiation took too long, or the server that has the connection does not answer */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other refusal, for instance 401: the host has not let the request through */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other failure, for instance 502: a proxy does not reach the server */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
        };
    };
    listLocalCandidates: {
        parameters: {
            query?: {
                /** @description The cursor of the answer before */
                after?: number;
                /** @description How long to wait for a candidate while there is none, in milliseconds */
                wait?: number;
            };
            header?: never;
            path: {
                /** @description The id that createConnection answered with */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The server's candidates after the cursor */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcLocalIceCandidates"];
                };
            };
            /** @description The request, or the description in it, is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description There is no such connection, or not yet what was asked of it */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The id is longer than any id */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The application failed, in preparing its peer for instance, or no peer could be made */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The server is closing, has as many connections as it may, is overloaded, or does not reach the one that has the connection. Retry-After says when to ask again */
            503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The negotiation took too long, or the server that has the connection does not answer */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other refusal, for instance 401: the host has not let the request through */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other failure, for instance 502: a proxy does not reach the server */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
        };
    };
    streamEvents: {
        parameters: {
            query?: {
                /** @description The last event that the client knows, for instance from the connection */
                lastEventId?: number;
                /**
                 * @description After how many milliseconds the stream ends. Without it, when the connection has closed
                 * @example 3000
                 */
                timeout?: number;
            };
            header?: never;
            path: {
                /** @description The id that createConnection answered with */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events, of which this is the data of one */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["WebRtcEvent"];
                };
            };
            /** @description The request, or the description in it, is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description There is no such connection, or not yet what was asked of it */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The events after the given one are not kept any more */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The id is longer than any id */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The application failed, in preparing its peer for instance, or no peer could be made */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The server is closing, has as many connections as it may, is overloaded, or does not reach the one that has the connection. Retry-After says when to ask again */
            503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The negotiation took too long, or the server that has the connection does not answer */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other refusal, for instance 401: the host has not let the request through */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other failure, for instance 502: a proxy does not reach the server */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
        };
    };
    reconnectConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id that createConnection answered with */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebRtcReconnectRequest"];
            };
        };
        responses: {
            /** @description The connection with its new peer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcConnection"];
                };
            };
            /** @description The request, or the description in it, is not valid */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The server does not list its connections, does not let pages of another origin ask for this, or knows another reconnectToken */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description There is no such connection, or not yet what was asked of it */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The body is larger than 32768 bytes */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The id is longer than any id */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The caller has as many connections as it may, or asks too often for a new peer. Retry-After says when to ask again */
            429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The application failed, in preparing its peer for instance, or no peer could be made */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The server is closing, has as many connections as it may, is overloaded, or does not reach the one that has the connection. Retry-After says when to ask again */
            503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description The negotiation took too long, or the server that has the connection does not answer */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other refusal, for instance 401: the host has not let the request through */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
            /** @description Any other failure, for instance 502: a proxy does not reach the server */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebRtcError"];
                };
            };
        };
    };
}
