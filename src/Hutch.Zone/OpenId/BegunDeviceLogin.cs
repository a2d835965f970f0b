using Hutch.Zone.Credentials;

namespace Hutch.Zone.OpenId;

/// <summary>A login of the command line that waits for somebody to agree in a browser anywhere.</summary>
/// <param name="Handle">A secret by which the command line asks how it stands.</param>
/// <param name="UserCode">What the person types, or compares.</param>
/// <param name="VerificationAddress">The page where.</param>
/// <param name="CompleteAddress">The same with the code in it; null when the provider gives none.</param>
/// <param name="IntervalSeconds">How long to wait between two questions.</param>
/// <param name="EndsAt">When it is forgotten.</param>
public sealed record BegunDeviceLogin(
    IssuedSecret Handle, string UserCode, string VerificationAddress, string? CompleteAddress, int IntervalSeconds, DateTimeOffset EndsAt);
