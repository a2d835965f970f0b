using Hutch.Datasets;
using Hutch.Zone.Credentials;

namespace Hutch.Doors.Requests;

/// <summary>The services of every request at an address of the REST door, in any protocol.</summary>
/// <param name="Authorizer">Decides what callers may do.</param>
/// <param name="View">Makes requests see what the site's servers acknowledged before.</param>
/// <param name="Guard">Ends downloads whose caller loses the right to read.</param>
/// <param name="BodyIdle">The time without a byte after which a body is given up.</param>
/// <param name="AllowsTokensOverHttp">True if tokens may come over plain HTTP from other machines.</param>
public record DoorContext(
    Authenticator Authenticator,
    Authorizer Authorizer,
    ReadView View,
    ReadRouter Router,
    ReadGuard Guard,
    ActiveRequests Requests,
    TimeProvider Time,
    TimeSpan BodyIdle,
    bool AllowsTokensOverHttp);
