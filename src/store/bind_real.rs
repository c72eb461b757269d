//! Optional numbers as parameters of a query.

use sqlx::Any;
use sqlx::any::AnyArguments;
use sqlx::query::Query;

/// A query that takes an optional number.
pub(super) trait BindReal {
    /// Binds a number, or `NULL`.
    fn bind_real(self, value: Option<f64>) -> Self;
}

impl BindReal for Query<'_, Any, AnyArguments> {
    /// sqlx's `Any` has the types of absent `f32` and `f64` mixed up (`any/arguments.rs` of 0.9): PostgreSQL prepares a statement
    /// for the type that it got first, and then refuses the other one.
    fn bind_real(self, value: Option<f64>) -> Self {
        match value {
            Some(value) => self.bind(value),
            None => self.bind(None::<f32>),
        }
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Row;

    use super::*;
    use crate::store::test_state::{TestState, on_both_states};

    on_both_states! {
        a_statement_takes_a_number_after_none_and_none_after_a_number,
    }

    async fn a_statement_takes_a_number_after_none_and_none_after_a_number(state: TestState) {
        let store = state.open().await;
        let orders = [
            ("SELECT CAST($1 AS DOUBLE PRECISION)", [None, Some(1.5)]),
            ("SELECT CAST($1 AS DOUBLE PRECISION) + 0", [Some(1.5), None]),
        ];
        for (sql, values) in orders {
            // One connection, which keeps what it has prepared.
            let mut transaction = store.begin().await.unwrap();
            for value in values {
                let query = sqlx::query(sql).bind_real(value);
                let row = query.fetch_one(&mut *transaction).await.unwrap();
                assert_eq!(row.get::<Option<f64>, _>(0), value, "{sql}");
            }
        }
    }
}
