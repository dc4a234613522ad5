//! The API's state, and the one place where it is put together: mapping of hosts, failures, authentication, resources.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use domain::{AccountSid, Timestamp, WorkspaceSid};
use router::{Command, Subject, Workspace};
use store::Store;
use tower::ServiceBuilder;
use tower::util::MapRequestLayer;
use tower_http::catch_panic::CatchPanicLayer;

use crate::devices::Devices;
use crate::error::ApiError;
use crate::host::Hosts;
use crate::platform::{self, Failure, Platform};
use crate::{auth, bridge, error, figures, pages, resources, signal, webchat};

/// What the API knows of its installation.
pub struct App {
    /// The product.
    pub platform: Arc<dyn Platform>,
    /// The calls, as browsers' devices reach them.
    pub devices: Arc<dyn Devices>,
    /// The database, for records and history.
    pub store: Store,
    /// The account that is served.
    pub account: AccountSid,
    /// The account's token.
    pub auth_token: String,
    /// The URL under which others reach the server, without a slash at its end.
    pub public_url: String,
    /// The domain whose first label names an API.
    pub api_domain: Option<String>,
    /// Whether the loopback network is there.
    pub is_development: bool,
}

/// The state as handlers have it.
pub(crate) type Shared = Arc<App>;

/// A look at a workspace, with what presenters need beside it.
pub(crate) struct View<'a> {
    /// The workspace.
    pub(crate) workspace: &'a Workspace,
    /// The URL in front of every path.
    pub(crate) public_url: &'a str,
    /// The time of the look.
    pub(crate) now: Timestamp,
}

/// Makes the router of all APIs and pages.
pub fn router(app: App) -> Router {
    let hosts = Hosts::new(&app.public_url, app.api_domain.as_deref());
    let app: Shared = Arc::new(app);
    let published = resources::published().route_layer(from_fn_with_state(app.clone(), auth::account_only));
    let own = resources::own().route_layer(from_fn_with_state(app.clone(), auth::account_or_person));
    let loopback = match app.is_development {
        true => resources::loopback().route_layer(from_fn_with_state(app.clone(), auth::also_our_pages)),
        // A router without routes takes no layer for them.
        false => Router::new(),
    };
    let inside = Router::new()
        .merge(published)
        .merge(own)
        .merge(loopback)
        .merge(resources::entrance(&app))
        .merge(bridge::routes(&app))
        .merge(signal::routes())
        .merge(resources::webhook::routes())
        .merge(resources::ticketed())
        .merge(webchat::routes(&app))
        .merge(resources::live::routes())
        .merge(pages::routes())
        .merge(figures::routes(&app))
        .fallback(error::unknown_path)
        .method_not_allowed_fallback(error::wrong_method)
        .layer(
            ServiceBuilder::new()
                .layer(from_fn_with_state(app.clone(), figures::count))
                .layer(from_fn_with_state(app.clone(), error::present))
                .layer(CatchPanicLayer::custom(error::panicked)),
        )
        .with_state(app);
    // The path is mapped before anything is matched against it: hence a router around the router.
    let map = MapRequestLayer::new(move |request| hosts.map(request));
    Router::new().fallback_service(ServiceBuilder::new().layer(map).service(inside))
}

impl App {
    /// Returns the time.
    pub(crate) fn now(&self) -> Timestamp {
        self.platform.tick().now
    }

    /// Has a workspace carry out a command of whoever makes the request at hand.
    pub(crate) async fn route(&self, workspace: WorkspaceSid, command: Command) -> Result<Subject, Failure> {
        self.platform.route(workspace, auth::requester(), command).await
    }

    /// Looks at a workspace and returns what the look found.
    pub(crate) async fn look<T: Send + 'static>(
        &self,
        workspace: WorkspaceSid,
        look: impl FnOnce(&View<'_>) -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let (public_url, now) = (self.public_url.clone(), self.now());
        let found = platform::look(&*self.platform, workspace, move |workspace| {
            look(&View { workspace, public_url: &public_url, now })
        });
        Ok(found.await?)
    }
}
