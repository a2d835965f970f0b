using Hutch.Api.Observation;
using Hutch.Datasets;
using Hutch.Site.Platform.Fairness;

namespace Hutch.Api.Http;

/// <summary>What the endpoints work with.</summary>
/// <param name="Options">How the server was started.</param>
/// <param name="Authorized">Everything that is done, with authorization.</param>
/// <param name="Work">Who works on what now.</param>
/// <param name="Metrics">What is measured.</param>
/// <param name="Services">What else runs in this process.</param>
/// <param name="Stopping">Cancelled when the server begins to stop: streams that would go on end then.</param>
internal sealed record ApiContext(
    ServeOptions Options,
    AuthorizedServices Authorized,
    WorkRegistry Work,
    MetricsText Metrics,
    IServiceProvider Services,
    CancellationToken Stopping);
