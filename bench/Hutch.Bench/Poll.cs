namespace Hutch.Bench;

/// <summary>Waits for states that a server reports only when it is asked.</summary>
internal static class Poll
{
    /// <summary>Asks until the answer is yes. The interval bounds the error of a measured time.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isSo, TimeSpan interval, CancellationToken ct)
    {
        while (!await isSo())
        {
            await Task.Delay(interval, ct);
        }
    }

    /// <summary>Asks until the answer is yes. The interval bounds the error of a measured time.</summary>
    public static Task UntilAsync(Func<bool> isSo, TimeSpan interval, CancellationToken ct) =>
        UntilAsync(() => Task.FromResult(isSo()), interval, ct);
}
