namespace Hutch.Processing.Runs;

/// <summary>Checks whether a long run may still read its inputs: the rights of the user that started it may have changed.</summary>
public interface IRunPermission
{
    /// <summary>Asks the authorization point on behalf of the user that started the run.</summary>
    ValueTask<Result<Done>> CheckAsync(ActiveRun run, CancellationToken ct);
}
