namespace Hutch.Site.Maintenance;

/// <summary>Reads everything that is stored again, to find damage before somebody needs the bytes.</summary>
public interface IScrubber
{
    /// <summary>Reads everything once.</summary>
    /// <param name="progress">Told after each part: how many of how many.</param>
    /// <param name="ct">Cancels.</param>
    Task<ScrubSummary> RunAsync(Action<int, int> progress, CancellationToken ct);
}
