/* problem: every refusal in one table: status, OAuth error, documented page,
 * on whose side it is, and the words. JSON answers (RFC 9457, RFC 6749), error
 * pages, the pages under /problems/ and api-spec/ are made from it.
 * Callers: web (refuse), selfinfod (the list). Words hold nothing of a request.
 * `error` is a registered OAuth error code; descriptions are ASCII without
 * quote and backslash (oauth, finding 7).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_PROBLEM_H
#define WEB_PROBLEM_H

#include "base/str.h"

/* P(id, status, error, slug, side, title ja, title en, detail en) */
/* clang-format off */
#define PROBLEMS(P)                                                                              \
	P(BAD_REQUEST, 400, "invalid_request", "bad-request", "app",                             \
	  "リクエストの形が正しくありません", "The request is malformed",                        \
	  "A parameter is missing, repeated, of the wrong form or in the wrong place")           \
	P(NOT_JSON, 400, "invalid_request", "not-json", "app",                                   \
	  "本文が正しいJSONではありません", "The body is not valid JSON",                        \
	  "The body has to be one JSON object in UTF-8 without repeated members")                \
	P(UNKNOWN_MEMBER, 400, "invalid_request", "unknown-member", "app",                       \
	  "知らない項目名があります", "The body has a member that is not known",                 \
	  "The body has a member that the documentation of this end point does not name")        \
	P(TOKEN_IN_QUERY, 400, "invalid_request", "token-in-query", "app",                       \
	  "トークンはヘッダーで送ってください", "A token may stand in the header only",          \
	  "Send the access token in the Authorization header, never in the URL or the body")     \
	P(NO_TOKEN, 401, NULL, "token-missing", "app",                                           \
	  "アクセストークンがありません", "An access token is needed",                           \
	  "Send an access token in the Authorization header with the scheme DPoP")               \
	P(TOKEN_DEAD, 401, "invalid_token", "token-dead", "app",                                 \
	  "アクセストークンが使えません", "The access token is not valid",                       \
	  "The token is unknown, expired or revoked: get a new one with the refresh token")      \
	P(BAD_PROOF, 401, "invalid_dpop_proof", "dpop-proof", "app",                             \
	  "DPoPの証明が正しくありません", "The DPoP proof is not valid",                         \
	  "The proof is missing, malformed, too old, used before, or of another key or request") \
	P(CLIENT_UNKNOWN, 401, "invalid_client", "client-authentication", "app",                 \
	  "アプリの認証ができません", "The client could not be authenticated",                   \
	  "The client assertion is missing, malformed, expired, used before or wrongly signed")  \
	P(OAUTH_PROOF, 400, "invalid_dpop_proof", "dpop-proof-at-token", "app",                  \
	  "DPoPの証明が正しくありません", "The DPoP proof is not valid",                         \
	  "The proof is missing, malformed, too old, used before, or of another key or request") \
	P(GRANT_DEAD, 400, "invalid_grant", "grant-dead", "app",                                 \
	  "認可コードやトークンが使えません", "The code or refresh token is not valid",          \
	  "The code or refresh token is unknown, expired, used, revoked or of another client")   \
	P(CONSENT_REVOKED, 400, "invalid_grant", "consent-revoked", "app",                       \
	  "同意が取り消されています", "The consent has been revoked",                            \
	  "revoked: the citizen took the consent back")                                          \
	P(CONSENT_PAUSED, 400, "invalid_grant", "consent-paused", "app",                         \
	  "同意が一時停止されています", "The consent is paused",                                 \
	  "paused: the citizen paused the consent")                                              \
	P(CONSENT_EXPIRED, 400, "invalid_grant", "consent-expired", "app",                       \
	  "同意の期限が過ぎています", "The consent has ended",                                   \
	  "consent_expired: the consent has reached its end date")                               \
	P(GRANT_TYPE, 400, "unsupported_grant_type", "grant-type", "app",                        \
	  "対応していないgrant_typeです", "The grant type is not supported",                     \
	  "Supported are authorization_code and refresh_token")                                  \
	P(GRANT_TYPE_CLIENT, 400, "unauthorized_client", "grant-type-client", "app",             \
	  "登録されていないgrant_typeです", "The client may not use this grant type",            \
	  "The client is not registered for this grant type")                                    \
	P(RESPONSE_TYPE, 400, "unsupported_response_type", "response-type", "app",               \
	  "対応していないresponse_typeです", "The response type is not supported",               \
	  "Only response_type=code is supported")                                                \
	P(SCOPE, 400, "invalid_scope", "scope", "app",                                           \
	  "対応していないscopeです", "The scope is not known",                                   \
	  "The scope is unknown or not registered for the client")                               \
	P(DETAILS, 400, "invalid_authorization_details", "authorization-details", "app",         \
	  "authorization_detailsが正しくありません", "The authorization details are not valid",  \
	  "See the documentation of the type self_information")                                  \
	P(ITEM_NOT_GRANTED, 400, "invalid_request", "item-not-granted", "app",                   \
	  "同意の範囲にない情報です", "The consent does not hold this item or period",           \
	  "Ask only for items and periods that the citizen has allowed")                         \
	P(GRANT_REVOKED, 403, "access_denied", "grant-revoked", "app",                           \
	  "同意が取り消されました", "The consent has been revoked",                              \
	  "The citizen took the consent back: nothing was handed out")                           \
	P(GRANT_PAUSED, 403, "access_denied", "grant-paused", "app",                             \
	  "同意が一時停止されています", "The consent is paused",                                 \
	  "The citizen paused the consent: nothing was handed out")                              \
	P(GRANT_ENDED, 403, "access_denied", "grant-ended", "app",                               \
	  "同意の期限が過ぎました", "The consent has ended",                                     \
	  "The consent has reached its end: nothing was handed out")                             \
	P(GRANT_USED, 403, "access_denied", "grant-used", "app",                                 \
	  "この同意は1回かぎりで、もう使われました", "The consent was for one retrieval and is used", \
	  "Ask the citizen again, or repeat with the same Idempotency-Key within ten minutes")   \
	P(NO_ITEMS, 403, "insufficient_scope", "no-items", "app",                                \
	  "このトークンには情報の同意がありません", "The token holds no consent to items",       \
	  "Ask for authorization_details of type self_information")                              \
	P(NOT_FOUND, 404, "invalid_request", "not-found", "app",                                 \
	  "見つかりません", "There is nothing here",                                             \
	  "The path or the name in it is not known")                                             \
	P(METHOD, 405, "invalid_request", "method", "app",                                       \
	  "このメソッドは使えません", "The method is not allowed here",                          \
	  "The Allow header names the methods of this path")                                     \
	P(NOT_ACCEPTABLE, 406, "invalid_request", "not-acceptable", "app",                       \
	  "JSONでしか答えられません", "Only JSON can be given",                                  \
	  "Accept application/json")                                                             \
	P(TIMED_OUT, 408, "invalid_request", "timed-out", "app",                                 \
	  "リクエストが時間内に届きませんでした", "The request did not come in time",            \
	  "Send the request without pauses")                                                     \
	P(KEY_BUSY, 409, "invalid_request", "idempotency-busy", "app",                           \
	  "同じIdempotency-Keyの処理が続いています", "A retrieval with this key is running",     \
	  "Wait for the first answer, then repeat")                                              \
	P(CARD_USED, 409, "invalid_request", "card-transaction-used", "app",                     \
	  "この手続きはもう終わっています", "The transaction has been used",                     \
	  "Start again from the sign-in page")                                                   \
	P(CARD_EXPIRED_STEP, 410, "invalid_request", "card-transaction-expired", "app",          \
	  "時間切れです", "The transaction has expired",                                         \
	  "Get a new code on the sign-in page")                                                  \
	P(TOO_LARGE, 413, "invalid_request", "too-large", "app",                                 \
	  "本文が大きすぎます", "The body is too large",                                         \
	  "A body may have 64 KiB")                                                              \
	P(URI_TOO_LONG, 414, "invalid_request", "uri-too-long", "app",                           \
	  "URLが長すぎます", "The URL is too long",                                              \
	  "The request line may have 8 KiB")                                                     \
	P(MEDIA_TYPE, 415, "invalid_request", "media-type", "app",                               \
	  "本文の種類が違います", "The media type is not supported",                             \
	  "Use the media type that the documentation of this end point names, in UTF-8")         \
	P(EXPECTATION, 417, "invalid_request", "expectation", "app",                             \
	  "対応していないExpectです", "The expectation is not supported",                        \
	  "Only 100-continue is supported")                                                      \
	P(MISDIRECTED, 421, "invalid_request", "misdirected", "app",                             \
	  "この名前では答えられません", "This server does not serve that name",                  \
	  "Use the issuer as base URL")                                                          \
	P(KEY_BODY, 422, "invalid_request", "idempotency-body", "app",                           \
	  "同じIdempotency-Keyで違う内容です", "The key was used with another body",             \
	  "Use a new Idempotency-Key for another request")                                       \
	P(TOO_MANY, 429, "invalid_request", "too-many", "app",                                   \
	  "回数が多すぎます", "Too many requests",                                               \
	  "Wait as long as Retry-After says")                                                    \
	P(HEADER_TOO_LARGE, 431, "invalid_request", "header-too-large", "app",                   \
	  "ヘッダーが大きすぎます", "The header section is too large",                           \
	  "The header section may have 16 KiB and 100 fields")                                   \
	P(USER_CODE, 404, "invalid_request", "user-code-unknown", "app",                         \
	  "このコードは使えません", "The user code is not known",                                \
	  "Type the code that the sign-in page shows now")                                       \
	P(ISSUER, 403, "access_denied", "issuer", "app",                                         \
	  "接続先が違います", "The agent reached another issuer",                                \
	  "Configure the agent with the address of the real gateway")                            \
	P(DIGITS, 403, "access_denied", "digits-wrong", "app",                                   \
	  "2けたの数字が違います", "The two digits are wrong",                                   \
	  "Type the two digits that the sign-in page shows")                                     \
	P(CARD_SIGNATURE, 403, "access_denied", "signature-wrong", "app",                        \
	  "署名が確かめられません", "The signature is not right",                                \
	  "The card has to sign the message of this transaction for this gateway")               \
	P(CARD_REVOKED, 403, "access_denied", "card-revoked", "app",                             \
	  "このカードは失効しています", "The card has been revoked",                             \
	  "Ask the municipality for a new card or certificate")                                  \
	P(CARD_EXPIRED, 403, "access_denied", "card-expired", "app",                             \
	  "カードの電子証明書の期限が切れています", "The certificate of the card has expired",   \
	  "Renew the certificate at the municipality")                                           \
	P(CARD_UNTRUSTED, 403, "access_denied", "card-untrusted", "app",                         \
	  "このカードは使えません", "The card is not a trusted one",                             \
	  "Use a My Number card with its certificate for user authentication")                   \
	P(NO_LINKAGE, 403, "access_denied", "no-linkage", "app",                                 \
	  "このカードの方の登録がありません", "Nobody is registered for this card",              \
	  "The card is valid, but no agency has linked records to it yet")                       \
	P(URI_UNKNOWN, 400, "invalid_request_uri", "request-uri", "app",                         \
	  "このリンクはもう使えません", "The request is unknown, expired or used",               \
	  "Go back to the app and start again")                                                  \
	P(CSRF, 403, "access_denied", "csrf", "app",                                             \
	  "このページからは進めません", "The form does not belong to this session",              \
	  "Go back to the app and start again")                                                  \
	P(NO_SESSION, 400, "invalid_request", "no-session", "app",                               \
	  "手続きが見つかりません", "There is no session",                                       \
	  "The session has ended or the browser refused the cookie: start again from the app")   \
	P(NO_CHILD, 403, "access_denied", "no-child", "app",                                     \
	  "代わりに手続きできるお子さまの登録がありません", "No child is registered for this person", \
	  "The municipality registers whom a parent may act for")                                \
	P(TOO_MANY_TRIES, 403, "access_denied", "too-many-tries", "app",                         \
	  "まちがいが続いたので止めました", "Too many wrong tries",                              \
	  "Go back to the app and start again")                                                  \
	P(REVOCATION_UNKNOWN, 503, "temporarily_unavailable", "revocation-unknown", "gateway",   \
	  "いまカードの有効性を確かめられません", "The card cannot be checked now",              \
	  "The list of revoked cards is not fresh: try again later")                             \
	P(UNAVAILABLE, 503, "temporarily_unavailable", "unavailable", "gateway",                 \
	  "ただいま利用できません", "The gateway cannot answer now",                             \
	  "Nothing was handed out: try again in a few seconds")                                  \
	P(INTERNAL, 500, "server_error", "internal", "gateway",                                  \
	  "こちらの不具合です", "The gateway failed",                                            \
	  "Nothing was handed out: the operator has been told")                                  \
	P(NOT_IMPLEMENTED, 501, "invalid_request", "not-implemented", "app",                     \
	  "知らないメソッドです", "The method or coding is not known",                           \
	  "Use a method and a transfer coding of HTTP/1.1 that this server knows")               \
	P(HTTP_VERSION, 505, "invalid_request", "http-version", "app",                           \
	  "このHTTPの版は使えません", "The HTTP version is not supported",                       \
	  "Use HTTP/1.1")
/* clang-format on */

enum problem_id {
#define PROBLEM_ENUM(id, ...) PROBLEM_##id,
	PROBLEMS(PROBLEM_ENUM)
#undef PROBLEM_ENUM
		PROBLEM_COUNT
};

struct problem {
	int status;
	const char *error, *slug, *side, *title_ja, *title_en, *detail;
};

const struct problem *problem_of(enum problem_id id);
/* The problem of a status that the HTTP layer refuses with. */
enum problem_id problem_for_status(int status);
/* NULL when no problem has that slug */
const struct problem *problem_by_slug(struct str slug);

#endif
