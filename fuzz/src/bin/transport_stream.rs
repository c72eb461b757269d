#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| containers::fuzzing::transport_stream(data));
