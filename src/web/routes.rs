//! The list of the program's routes, kept while the router is built, so that neither can be without
//! the other.
//!
//! A [`RouteGroup`] is a router that remembers what was added to it, and for whom. There is no other way
//! into the router of the program, so a walk over the list is a walk over everything.

use std::convert::Infallible;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, Route as AxumRoute};
use tower::{Layer, Service};

use super::AppState;

/// What a route asks of whoever calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RouteAccess {
    /// Nothing: the sign-in, health, what every browser needs.
    Open,
    /// A signed-in owner; anybody else is led to the sign-in.
    Owner,
    /// A session or an API token; anybody else gets 401.
    Program,
    /// A ticket in the address, or an API token in the query as TeraBox's clients send it; anybody
    /// else gets 401.
    Ticket,
    /// An API token, or to be on the machine itself; anybody else gets 401.
    Operator,
}

/// One address of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The pattern, as axum writes it: `/browse/{*location}`.
    pub pattern: &'static str,
    /// Who may call it.
    pub access: RouteAccess,
}

/// Routes of one kind of caller.
pub(super) struct RouteGroup {
    access: RouteAccess,
    router: Router<AppState>,
    routes: Vec<Route>,
}

impl RouteGroup {
    pub fn new(access: RouteAccess) -> Self {
        RouteGroup {
            access,
            router: Router::new(),
            routes: Vec::new(),
        }
    }

    pub fn route(mut self, pattern: &'static str, handler: MethodRouter<AppState>) -> Self {
        self.routes.push(Route {
            pattern,
            access: self.access,
        });
        self.router = self.router.route(pattern, handler);
        self
    }

    /// Adds all routes of another group, which keep what they ask for.
    pub fn merge(mut self, other: RouteGroup) -> Self {
        self.routes.extend(other.routes);
        self.router = self.router.merge(other.router);
        self
    }

    /// See [`Router::layer`].
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<AxumRoute> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.router = self.router.layer(layer);
        self
    }

    /// See [`Router::route_layer`].
    pub fn route_layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<AxumRoute> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.router = self.router.route_layer(layer);
        self
    }

    /// See [`Router::method_not_allowed_fallback`].
    pub fn method_not_allowed_fallback<H, T>(mut self, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        self.router = self.router.method_not_allowed_fallback(handler);
        self
    }

    /// See [`Router::fallback`].
    pub fn fallback<H, T>(mut self, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        self.router = self.router.fallback(handler);
        self
    }

    /// The router, and the list of what it leads to.
    pub fn finish(self, site: AppState) -> (Router, Vec<Route>) {
        (self.router.with_state(site), self.routes)
    }
}
