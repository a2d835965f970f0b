namespace Hutch.Federation.Links;

/// <summary>
/// The number of the present run of this site's records. Each request to another site carries it, so that two servers with one key are told
/// apart. A server that was refused as the second of its site asks other sites for nothing.
/// </summary>
/// <param name="life">Returns the number, which all servers of one site share.</param>
/// <param name="isTakenOver">True once another server has taken the data folder over.</param>
internal sealed class SiteLife(Func<CancellationToken, ValueTask<string>> life, Func<bool> isTakenOver, TimeProvider time)
{
    private static readonly TimeSpan KeepFor = TimeSpan.FromSeconds(1);

    private static readonly HutchError TakenOver = (ErrorCode.Conflict with
    {
        Advice = "Stop this server.",
    }).With("Another server has taken over the data folder of this site: this one no longer speaks for it.");

    private volatile Known? _known;
    private volatile HutchError? _refusal;

    /// <summary>The reason why this server must not speak for its site; null while it may.</summary>
    public HutchError? Refusal
    {
        get => isTakenOver() ? TakenOver : _refusal;
        set => _refusal = value;
    }

    public bool IsTakenOver => isTakenOver();

    /// <summary>Returns the present number.</summary>
    /// <exception cref="HutchException">The records of this site are away.</exception>
    public async ValueTask<string> ReadAsync(CancellationToken ct)
    {
        _known = new Known(await life(ct), time.GetTimestamp());
        return _known.Number;
    }

    /// <summary>Returns the number as it was within the last second; null while the records of this site are away.</summary>
    public async ValueTask<string?> FindAsync(CancellationToken ct)
    {
        if (_known is { } known && time.GetElapsedTime(known.At) < KeepFor)
        {
            return known.Number;
        }

        try
        {
            return await ReadAsync(ct);
        }
        catch (HutchException)
        {
            return null;
        }
    }

    private sealed record Known(string Number, long At);
}
