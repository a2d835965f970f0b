using Hutch.Zone.Authorization;

namespace Hutch.Zone.Accounts;

/// <summary>
/// The links of accounts to identities at login providers, for administrators: they say who a person is where neither a stable id nor a
/// verified address does, and see links of earlier releases that rest on a changed name. Thread-safe.
/// </summary>
public sealed class IdentityLinks(ZoneDatabase zone)
{
    private const int MaxSubjectCharacters = 255;
    internal const int MaxListed = 100;

    /// <summary>The action of a new link in the audit.</summary>
    internal const string Linked = "identity.link";

    private volatile IReadOnlyList<DoubtfulIdentity> _doubtful = [];

    /// <summary>The links that may rest on a changed name, as of the last look.</summary>
    public IReadOnlyList<DoubtfulIdentity> Doubtful => _doubtful;

    /// <summary>Links an account to an identity at a provider, in place of the one that it has there.</summary>
    /// <param name="provider">The id of the provider in the configuration.</param>
    /// <param name="subject">The stable id of the person there.</param>
    public async ValueTask<Result<Done>> LinkAsync(Caller caller, string name, string provider, string subject, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.UserChange);
        if (!allowed.IsOk || !AccountName.Parse(provider).TryGet(out AccountName at, out _))
        {
            return allowed.IsOk ? AccountName.Parse(provider).Error! : allowed.Error;
        }

        if (subject is not { Length: > 0 and <= MaxSubjectCharacters })
        {
            return ErrorCode.BadRequest.With($"The subject has 1 to {MaxSubjectCharacters} characters.");
        }

        Result<Done> linked = await zone.ChangeAsync(caller.Actor, change => Link(change, name, at.Value, subject), ct);
        await LookAsync(ct);
        return linked;
    }

    /// <summary>Removes the link of an account to a provider, and ends its sessions: the next login there finds another account.</summary>
    public async ValueTask<Result<Done>> UnlinkAsync(Caller caller, string name, string provider, CancellationToken ct)
    {
        Result<Done> allowed = Authorizer.Authorize(caller, Operation.UserChange);
        if (!allowed.IsOk || !AccountName.Parse(provider).TryGet(out AccountName at, out _))
        {
            return allowed.IsOk ? AccountName.Parse(provider).Error! : allowed.Error;
        }

        Result<Done> unlinked = await zone.ChangeAsync<Done>(
            caller.Actor,
            change =>
            {
                if (change.Principals.FindUser(name) is not { } user)
                {
                    return AccountService.NoUser(name);
                }

                if (change.Identities.Remove(user.Id, at.Value) == 0)
                {
                    return ErrorCode.NotFound.With($"The account '{name}' is linked to no identity at {at}.");
                }

                int ended = change.Sessions.EndAllOf(user.Id, null);
                change.AddAudit("identity.unlink", "user:" + name, $"at {at}; {ended} sessions ended");
                return Done.Value;
            },
            ct);
        await LookAsync(ct);
        return unlinked;
    }

    /// <summary>Looks for links that may rest on a changed name.</summary>
    internal async ValueTask LookAsync(CancellationToken ct) =>
        _doubtful = await zone.ReadAsync(static tables => tables.Identities.ListDoubtful(MaxListed), ct);

    private static Result<Done> Link(ZoneChange change, string name, string provider, string subject)
    {
        if (change.Principals.FindUser(name) is not { } user)
        {
            return AccountService.NoUser(name);
        }

        if (change.Identities.Find(provider, subject) is { } other && other != user.Id)
        {
            return ErrorCode.AlreadyExists.With(
                $"{Display.Quote(subject)} at {provider} is the account '{change.Principals.FindUser(other)?.Name}'. "
                + "Unlink that one first.");
        }

        change.Identities.Remove(user.Id, provider);
        change.Identities.Add(provider, subject, user.Id, IdentityProof.Administrator);
        change.AddAudit(Linked, "user:" + name, $"is {Display.Quote(subject)} at {provider}, by administrator");
        return Done.Value;
    }
}
