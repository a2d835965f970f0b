using Hutch.Model;

namespace Hutch.Processing.Runs;

/// <summary>Says whether a run that lasts may still read what it reads: the rights of who started it may have changed.</summary>
public interface IRunPermission
{
    /// <summary>Asks the authorization point for who started the run.</summary>
    ValueTask<Result<Done>> CheckAsync(ActiveRun run, CancellationToken ct);
}
