namespace Hutch.Site.Engines;

/// <summary>A place outside data folders that can have a site: a database and a bucket. Sites move there, and away.</summary>
public interface ISharedLocation
{
    /// <summary>The place for messages, without secrets.</summary>
    string Where { get; }

    /// <summary>Returns an engine for filling the empty place with a site. No server starts on it until the filling has ended.</summary>
    ISiteEngineFactory ForFilling { get; }

    /// <summary>Marks the empty place as being filled with a site; a place that is filled with that site already stays so.</summary>
    /// <param name="source">Identifies the site and its earlier place.</param>
    Task<Result<Done>> BeginFillingAsync(string source, CancellationToken ct);

    /// <summary>Ends the filling: servers may start. Durable on return; repeating it does nothing.</summary>
    /// <param name="lastNumber">The highest number of a segment of the site, which its records may name.</param>
    Task EndFillingAsync(long lastNumber, CancellationToken ct);

    /// <summary>Returns the name of a server that runs here, or did so a moment ago; null for none.</summary>
    Task<string?> FindServerAsync(CancellationToken ct);

    /// <summary>Returns the place to which the site has moved; null if it has not.</summary>
    Task<string?> FindNewPlaceAsync(CancellationToken ct);

    /// <summary>
    /// Marks that the site is about to move to another place: no server starts here until it has, or <see cref="CancelLeavingAsync"/>.
    /// Refused while servers run.
    /// </summary>
    /// <param name="ownFolder">The data folder of the server that asks, which writes nothing any more; null for none.</param>
    Task<Result<Done>> BeginLeavingAsync(string movingTo, string? ownFolder, CancellationToken ct);

    /// <summary>Takes back that the site is about to move. It does nothing once the site has moved.</summary>
    Task CancelLeavingAsync(CancellationToken ct);

    /// <summary>
    /// Marks that the site has moved to another place: no server of this place writes or starts from then on. Durable on return. Refused
    /// while servers run.
    /// </summary>
    /// <inheritdoc cref="BeginLeavingAsync"/>
    Task<Result<Done>> FenceAsync(string movedTo, string? ownFolder, CancellationToken ct);
}
