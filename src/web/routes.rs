//! The list of the program's routes, recorded while the router is built, so that the two cannot differ.
//!
//! A [`RouteGroup`] is a router that records its routes and their access rule. There is no other way to add
//! a route, so a test that walks the list walks all routes.

use std::convert::Infallible;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, Route as AxumRoute};
use tower::{Layer, Service};
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::UtoipaMethodRouter;

use super::AppState;

/// The access rule of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RouteAccess {
    /// No authentication: the sign-in, health checks, assets.
    Open,
    /// A signed-in owner; other callers are redirected to the sign-in.
    Owner,
    /// A session or an API token; other callers get 401.
    Program,
    /// A ticket in the URL, an API token in the query as TeraBox's clients send it, or Basic authentication
    /// for WebDAV. The handlers check it; other callers get 401.
    Ticket,
    /// An API token, or a client on this machine; other callers get 401.
    Operator,
}

/// One route of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The pattern in axum's syntax: `/browse/{*location}`.
    pub pattern: &'static str,
    /// The access rule.
    pub access: RouteAccess,
}

/// The head of the OpenAPI description.
#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "Drive-In",
    description = "What a Drive-In server does for programs. Problems are RFC 9457 documents with a stable `code`.",
    license(name = "MIT OR Apache-2.0")
))]
struct ApiInfo;

/// Routes with the same access rule.
pub(super) struct RouteGroup {
    access: RouteAccess,
    router: Router<AppState>,
    routes: Vec<Route>,
    api: OpenApi,
}

impl RouteGroup {
    pub fn new(access: RouteAccess) -> Self {
        RouteGroup {
            access,
            router: Router::new(),
            routes: Vec::new(),
            api: ApiInfo::openapi(),
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

    /// Adds a method that needs no authentication to a route that the group has.
    pub fn open_method(mut self, pattern: &'static str, handler: MethodRouter<AppState>) -> Self {
        debug_assert!(self.routes.iter().any(|route| route.pattern == pattern));
        self.router = self.router.route(pattern, handler);
        self
    }

    /// Adds a call of the API with the description that its handlers carry (`#[utoipa::path]`).
    pub fn call(
        mut self,
        pattern: &'static str,
        (schemas, paths, handler): UtoipaMethodRouter<AppState>,
    ) -> Self {
        let components = self.api.components.get_or_insert_default();
        components.schemas.extend(schemas);
        self.api.paths.merge(paths);
        self.route(pattern, handler)
    }

    /// Returns the OpenAPI description of the calls.
    pub fn api(&self) -> &OpenApi {
        &self.api
    }

    /// Adds all routes of another group, which keep their access rules.
    pub fn merge(mut self, other: RouteGroup) -> Self {
        self.routes.extend(other.routes);
        self.api.merge(other.api);
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

    /// Returns the router, and the list of its routes.
    pub fn finish(self, site: AppState) -> (Router, Vec<Route>) {
        (self.router.with_state(site), self.routes)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn every_call_is_described_at_the_url_that_it_is_routed_at() {
        let calls = crate::web::calls();
        let described = calls.api().paths.paths.keys();
        let described: BTreeSet<String> = described
            .map(|path| path.replace("{place}/{path}", "{*location}"))
            .collect();
        let routed = calls.routes.iter().map(|route| route.pattern.to_owned());
        assert_eq!(routed.collect::<BTreeSet<_>>(), described);
        assert!(described.len() > 30, "{described:?}");
    }
}
