//! Log lines for panics: the place in the code, and the message if it is a constant of the program.
//!
//! A message that was formatted at run time may contain data, such as a signed URL or a reply with a token.
//! It is left out of the log; the place in the code is enough to find the fault.

use std::any::Any;

/// Installs a panic hook that writes one log line per panic.
pub(super) fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string);
        tracing::error!(
            at = at.unwrap_or_default(),
            "a task died: {}",
            constant_message(panic.payload())
        );
    }));
}

/// Returns the message of a panic if it is a constant, otherwise a sentence in its place.
fn constant_message(payload: &(dyn Any + Send)) -> &'static str {
    payload
        .downcast_ref::<&'static str>()
        .copied()
        .unwrap_or("its words may repeat what was being read and are left out")
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    fn refused(token: &str) -> Result<(), &str> {
        Err(token)
    }

    #[test]
    fn only_words_of_the_program_itself_are_told() {
        let token = String::from("canary-4f1d");
        let dies: [(&(dyn Fn() + std::panic::RefUnwindSafe), bool); 4] = [
            (&|| panic!("a plain word"), true),
            (&|| panic!("refused {token}"), false),
            (&|| refused(&token).expect("a plain word"), false),
            (&|| std::panic::panic_any(token.clone()), false),
        ];
        for (die, is_told) in dies {
            let payload = catch_unwind(die).unwrap_err();
            let words = constant_message(&*payload);
            assert!(!words.contains("canary"), "{words}");
            assert_eq!(words == "a plain word", is_told, "{words}");
        }
    }
}
