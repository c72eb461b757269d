//! What the log says of a panic: where it was, and what was said if the program itself holds the words.
//!
//! Words that were put together while running may repeat what was being read: an address with a signature, a
//! reply with a token in it. They stay out of the log; the place in the code is enough to find the fault.

use std::any::Any;

/// From now on, panics are told by the log, one line each.
pub(super) fn tell_the_log() {
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string);
        tracing::error!(
            at = at.unwrap_or_default(),
            "a task died: {}",
            words(panic.payload())
        );
    }));
}

/// The words of the program's own text; others are left out.
fn words(payload: &(dyn Any + Send)) -> &'static str {
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
            let words = words(&*payload);
            assert!(!words.contains("canary"), "{words}");
            assert_eq!(words == "a plain word", is_told, "{words}");
        }
    }
}
