namespace Hutch.Datasets.Programs;

/// <summary>Hands starts of programs over to other sites.</summary>
public interface IStartHandOver
{
    /// <summary>Hands the start of a program over to another site, for an account.</summary>
    /// <param name="isTrial">True to ask only whether that site would start it.</param>
    /// <returns>The run; null for a trial that would succeed.</returns>
    Task<Result<StartedElsewhere?>> HandOverAsync(
        string siteId, Caller caller, string program, ProgramStart start, bool isTrial, CancellationToken ct);
}
