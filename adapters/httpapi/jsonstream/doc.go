// Package jsonstream reads one JSON value from a stream without holding its
// strings: a string can be read like a file (Decoder.Text), so that a request
// with 100 MB of base64 costs a buffer of 32 KiB.
//
// What it takes for JSON is what encoding/json takes for JSON (a fuzz test
// compares the two), but strings must be Unicode text: invalid UTF-8 and lone
// surrogates are refused, not replaced. Depth is at most 10,000. Data after the value are not looked at, and may have been read.
//
// A Decoder belongs to one goroutine. The caller walks through the value:
// Object and Array call back for each member, and each callback must consume
// exactly one value with one of Object, Array, String, Text, Int64, Bool or
// Skip. Errors are ErrSyntax, ErrType, ErrEncoding, ErrTooLong, or what the reader returned.
package jsonstream
