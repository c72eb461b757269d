//! Writes the facts that drives report in a language. A fact is found by its English wording, as the sentences of problems are.

use drives::{FactArgument, FactText, FactValue};

use super::{Language, messages};

impl Language {
    /// Writes the value of a fact, in English if no message has its wording.
    pub fn fact(&'static self, value: &FactValue) -> String {
        let texts = value.texts().iter().map(|text| self.fact_text(text));
        texts.collect::<Vec<_>>().join(", ")
    }

    fn fact_text(&'static self, fact: &FactText) -> String {
        if let [(name, value)] = fact.values.as_slice()
            && fact
                .pattern
                .strip_prefix('{')
                .and_then(|it| it.strip_suffix('}'))
                == Some(*name)
        {
            return self.fact_argument(value);
        }
        if fact.values.is_empty() {
            return self.sentence(&fact.pattern).into_owned();
        }
        let Some(id) = messages::pattern_id(&fact.pattern) else {
            return fact.to_string();
        };
        let mut text = self.text(id);
        for (name, value) in &fact.values {
            text = match value {
                // A number decides the plural form.
                FactArgument::Count(count) => text.with(name, *count),
                other => text.with(name, self.fact_argument(other)),
            };
        }
        text.into()
    }

    fn fact_argument(&'static self, value: &FactArgument) -> String {
        match value {
            FactArgument::Text(text) => text.clone(),
            FactArgument::Count(count) => count.to_string(),
            FactArgument::Bytes(bytes) => self.size(*bytes),
            FactArgument::Day(day) => self.day(*day),
            FactArgument::Time(time) => self.time(*time),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_written_in_the_language_of_the_page() {
        let name = || FactArgument::Text("Ida".to_owned());
        let signed_in: FactValue = FactText::new("signed in as {name}")
            .with("name", name())
            .into();
        let days = |days| -> FactValue {
            let days = FactArgument::Count(days);
            FactText::new("{days} days").with("days", days).into()
        };
        let plain = FactText::new("of {name}").with("name", name());
        let day = FactArgument::Day(chrono::DateTime::UNIX_EPOCH);
        let day = FactText::new("{day}").with("day", day);
        let list = FactValue::list([FactText::new("encrypted"), plain, day]);
        let cases = [
            ("en", signed_in.clone(), "signed in as Ida"),
            ("de", signed_in.clone(), "angemeldet als Ida"),
            ("ar", signed_in, "تم تسجيل الدخول باسم \u{2068}Ida\u{2069}"),
            ("ru", days(3), "3 дня"),
            ("ru", days(30), "30 дней"),
            ("de", list.unwrap(), "verschlüsselt, of Ida, 01.01.1970"),
            // A name that looks like a pattern has no values.
            ("de", "{days} days".to_owned().into(), "{days} days"),
        ];
        for (tag, fact, expected) in cases {
            assert_eq!(Language::tagged(tag).unwrap().fact(&fact), expected);
        }
    }
}
