//! Problems of a config: each with the line or the variable that it comes from. They are collected while
//! sections are read, so that all of them are reported at once.

use std::cell::RefCell;
use std::fmt;

/// The origin of a value.
#[derive(Debug, Clone)]
pub(super) enum ValueSource {
    /// A line of the file, counted from one.
    Line(usize),
    /// An environment variable.
    Variable(String),
    /// A field of a form on a page.
    Form,
}

/// One problem of a config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// The line of the file, counted from one. `None` if the problem is not in the file.
    pub line: Option<usize>,
    /// The environment variable. `None` if the problem is not in the environment.
    pub variable: Option<String>,
    /// The problem as a sentence.
    pub message: String,
}

impl ConfigProblem {
    /// Returns a problem of the config as a whole.
    pub fn general(message: String) -> Self {
        ConfigProblem {
            line: None,
            variable: None,
            message,
        }
    }
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.variable, self.line) {
            (Some(variable), _) => write!(f, "{variable}: {}", self.message),
            (None, Some(line)) => write!(f, "line {line}: {}", self.message),
            (None, None) => f.write_str(&self.message),
        }
    }
}

/// Collects problems and warnings while sections are read.
#[derive(Default)]
pub(super) struct ProblemCollector {
    problems: RefCell<Vec<ConfigProblem>>,
    warnings: RefCell<Vec<String>>,
}

impl ProblemCollector {
    pub fn add(&self, source: Option<&ValueSource>, message: String) {
        let (line, variable) = match source {
            Some(ValueSource::Line(line)) => (Some(*line), None),
            Some(ValueSource::Variable(name)) => (None, Some(name.clone())),
            Some(ValueSource::Form) | None => (None, None),
        };
        self.problems.borrow_mut().push(ConfigProblem {
            line,
            variable,
            message,
        });
    }

    pub fn warn(&self, message: String) {
        self.warnings.borrow_mut().push(message);
    }

    pub fn into_parts(self) -> (Vec<ConfigProblem>, Vec<String>) {
        (self.problems.into_inner(), self.warnings.into_inner())
    }
}
