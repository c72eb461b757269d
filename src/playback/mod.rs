mod plan;
mod ticket;
pub use plan::*;
pub use ticket::*;
