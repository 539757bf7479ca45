// Package codec reads and writes spans in Zipkin's encodings: JSON of the models
// v1 and v2, and protobuf. It takes what the released Zipkin server takes,
// refuses what it refuses with the same sentences, and writes what it writes,
// byte for byte.
package codec
