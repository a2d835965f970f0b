using Hutch.Datasets;
using Hutch.Zone.Credentials;

namespace Hutch.Api.Http;

/// <summary>The services that every request needs, whatever it asks for.</summary>
/// <param name="Authorizer">Decides what callers may do.</param>
/// <param name="View">Makes requests see what the site's servers acknowledged before.</param>
/// <param name="Guard">Ends downloads whose caller loses the right to read.</param>
/// <param name="Stopping">Cancelled when the server begins to stop: endless streams end then.</param>
internal sealed record ApiContext(
    RestOptions Options,
    Authenticator Authenticator,
    Authorizer Authorizer,
    ReadView View,
    ReadRouter Router,
    ReadGuard Guard,
    SiteConfirmations Confirmations,
    ActiveRequests Requests,
    CancellationToken Stopping);
