namespace Hutch.Api.Http;

/// <summary>The services of every REST request.</summary>
internal sealed record ApiContext : DoorContext
{
    public ApiContext(DoorContext door)
        : base(door)
    {
    }

    public required RestOptions Options { get; init; }

    public required SiteConfirmations Confirmations { get; init; }

    /// <summary>Cancelled when the server begins to stop: endless streams end then.</summary>
    public required CancellationToken Stopping { get; init; }
}
