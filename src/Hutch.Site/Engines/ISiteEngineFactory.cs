namespace Hutch.Site.Engines;

public interface ISiteEngineFactory
{
    /// <summary>
    /// Refuses a data folder or store of another site before anything is written. An engine that shares nothing has nothing to refuse.
    /// </summary>
    /// <param name="dataFolder">The data folder, which this process has locked.</param>
    Task CheckAsync(IDisk disk, string dataFolder, CancellationToken ct) => Task.CompletedTask;

    /// <param name="dataFolder">The data folder, which this process has locked.</param>
    Task<ISiteEngine> OpenAsync(IDisk disk, string dataFolder, TimeProvider time, ILoggerFactory loggers, CancellationToken ct);
}
