using Hutch.Model.Records;

namespace Hutch.Zone.Credentials;

/// <summary>The attempts of runs, as the site knows them: which token is good for what.</summary>
public interface IAttemptTokens
{
    /// <summary>Returns the permissions of the newest attempt of a run in progress; a refusal for any other.</summary>
    ValueTask<Result<AttemptGrant>> FindAsync(AttemptKey attempt, CancellationToken ct);
}
