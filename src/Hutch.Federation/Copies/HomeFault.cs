namespace Hutch.Federation.Copies;

/// <summary>Adds the sender to an error about its data.</summary>
internal static class HomeFault
{
    /// <summary>Talks to another site; what it throws becomes an error that names the site.</summary>
    public static async Task<Result<T>> CatchAsync<T>(IHomePeer home, Func<CancellationToken, Task<Result<T>>> talk, CancellationToken ct)
    {
        try
        {
            return await talk(ct);
        }
        catch (HutchException e)
        {
            return Blame(home, e.Error);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return Broke(home, e);
        }
    }

    /// <summary>The error for a broken connection, to be tried again later.</summary>
    public static HutchError Broke(IHomePeer home, Exception e) =>
        ErrorCode.Unavailable.With($"The connection to {home.Name} broke: {e.Message.TrimEnd('.')}. It continues later.");

    /// <summary>Adds the name of the sender, except to an error of this site, such as its disk or a quota here.</summary>
    public static HutchError Blame(IHomePeer home, HutchError fault) =>
        fault.Code == ErrorCode.Unavailable || fault.Code == ErrorCode.InsufficientStorage || fault.Code == ErrorCode.OutcomeUnknown
            || fault.Code == ErrorCode.Quarantined || fault.Code == ErrorCode.Internal
            ? fault
            : fault with { Message = $"From {home.Name}: {fault.Message}" };
}
