using Hutch.Model.Records;
using Hutch.Zone.Authorization;

namespace Hutch.Zone.Credentials;

public sealed partial class Authenticator
{
    /// <summary>The attempts of runs at this site, bound once by the composition root; null where none are executed.</summary>
    public IAttemptTokens? RunAttempts { get; set; }

    private async ValueTask<Result<Caller>> FindAttemptAsync(string presented, IPAddress? address, CancellationToken ct)
    {
        if (!AttemptToken.TryParse(presented, out AttemptToken token))
        {
            return Malformed(address);
        }

        string run = token.Attempt.ToString();
        if (_limiter.CheckUnguessable(AttemptLimiter.AddressKey(address), run) is { } wait)
        {
            return wait;
        }

        return await CountAsync(ForAttemptAsync(token.Attempt, token.SecretHash, ct), address, run);
    }

    /// <summary>Counts a token that was found to be wrong.</summary>
    private async ValueTask<Result<Caller>> CountAsync(ValueTask<Result<Caller>> found, IPAddress? address, string id)
    {
        Result<Caller> caller = await found;
        return caller.IsOk || caller.Error.Code != ErrorCode.Unauthenticated ? caller : CountFailure(address, id, caller.Error);
    }

    /// <summary>Returns the caller for an attempt of a run, as long as it is current and its user has an account.</summary>
    /// <param name="secret">The hash of a presented secret; null for a caller that was recognized before.</param>
    private async ValueTask<Result<Caller>> ForAttemptAsync(AttemptKey attempt, BlobHash? secret, CancellationToken ct)
    {
        Result<AttemptGrant> found = RunAttempts is { } attempts ? await attempts.FindAsync(attempt, ct) : CredentialRefusals.OldAttempt();
        if (!found.TryGet(out AttemptGrant? grant, out HutchError? refusal))
        {
            return refusal;
        }

        if (secret is { } presented && !Credential.AreEqual(presented, grant.Secret))
        {
            return CredentialRefusals.OldAttempt();
        }

        Result<Caller> caller = await ForWorkAsync(grant.User, TokenScope.ForAttempt(grant.Inputs, grant.Output), ct);
        return caller.Then<Caller>(user => user.InAttempt(attempt, grant.Output));
    }
}
