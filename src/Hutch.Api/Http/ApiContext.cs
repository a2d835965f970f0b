using Hutch.Api.Hosting;
using Hutch.Api.Observation;
using Hutch.Datasets;
using Hutch.Site;
using Hutch.Zone;

namespace Hutch.Api.Http;

/// <summary>What the endpoints work with.</summary>
/// <param name="Options">How the server was started.</param>
/// <param name="Zone">Accounts, tokens, sharing.</param>
/// <param name="Site">The site; only its state, as its data are behind the services.</param>
/// <param name="Authorized">Datasets and what is in them, with authorization.</param>
/// <param name="Metrics">What is measured.</param>
/// <param name="Services">What else runs in this process.</param>
/// <param name="Stopping">Cancelled when the server begins to stop: streams that would go on end then.</param>
internal sealed record ApiContext(
    ServeOptions Options,
    ZoneServices Zone,
    SiteServices Site,
    AuthorizedServices Authorized,
    MetricsText Metrics,
    IServiceProvider Services,
    CancellationToken Stopping);
