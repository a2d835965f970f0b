using System.Collections.Concurrent;
using Hutch.Model.NarrowedTokens;
using Hutch.Zone.Authorization;

namespace Hutch.Zone.Credentials;

/// <summary>Finds the callers of keys of narrowable tokens: see docs/decisions/0640-narrowed-tokens.md. Thread-safe.</summary>
/// <param name="credentials">Finds the token that a key names, and limits failures.</param>
/// <param name="maxSilence">The longest time that a site accepts keys without its zone.</param>
internal sealed class KeyAuthenticator(ZoneDatabase zone, Authenticator credentials, TimeProvider time, TimeSpan maxSilence)
{
    /// <summary>The most keys whose signatures are known to be right; beyond that, all are dropped and checked again.</summary>
    public const int MaxProven = 10_000;

    private readonly ConcurrentDictionary<BlobHash, ProvenKey> _proven = new();

    /// <summary>
    /// Returns the caller of a key. Its signatures are checked once, after the token that it names, so that strangers cannot make the
    /// server check signatures.
    /// </summary>
    public async ValueTask<Result<Caller>> FindAsync(string presented, TokenDoors door, IPAddress? address, CancellationToken ct)
    {
        if (presented.Length > NarrowedToken.MaxLength)
        {
            return credentials.Refuse(address, null, ErrorCode.Unauthenticated.With("This key is too long to be one. Copy it alone."));
        }

        BlobHash text = BlobHash.Compute(Encoding.UTF8.GetBytes(presented));
        NarrowedToken? read = null;
        if (!_proven.TryGetValue(text, out ProvenKey? key))
        {
            if (!NarrowedToken.TryRead(presented).TryGet(out read, out HutchError? fault))
            {
                return credentials.Refuse(address, null, ErrorCode.Unauthenticated.With(fault.Message));
            }

            key = new ProvenKey(read.Id, read.RootHash, read.Reach, read.Blocks.Length, read.ChainHash);
        }

        if (FindSilence() is { } silence)
        {
            return silence;
        }

        string id = SiteTokens.IdAt(zone.Joined?.SiteId, key.Id);
        if (!(await credentials.FindFactsAsync(id, address, ct)).TryGet(out FoundCredential? found, out HutchError? refusal))
        {
            return refusal;
        }

        if (found is not { Facts: { Token.Scope.IsNarrowable: true } facts } known || !Credential.AreEqual(key.RootHash, facts.SecretHash)
            || read?.IsProven() == false)
        {
            return credentials.Refuse(address, id, CredentialRefusals.WrongToken());
        }

        if (read is not null)
        {
            RememberProven(text, key);
        }

        // Rights that are remembered without the database are not for keys, which end at once.
        return known.IsRemembered ? Authorizer.Away() : credentials.Accept(known, address).Then(caller => Open(caller, key, door));
    }

    private void RememberProven(BlobHash text, ProvenKey key)
    {
        if (_proven.Count >= MaxProven)
        {
            _proven.Clear();
        }

        _proven[text] = key;
    }

    /// <summary>Returns the refusal of keys at a site that has not heard from its zone for too long; null if it has.</summary>
    private HutchError? FindSilence() => zone.View.SilentFor is { } age && age > maxSilence
        ? ErrorCode.Unavailable.With(
            $"This site has heard nothing of its zone for {age.TotalMinutes:0} minutes, so that it cannot know whether this key has ended. "
            + "Use a token, or the key at another site.")
        : null;

    /// <summary>Returns the caller with what a key permits at a door.</summary>
    private Result<Caller> Open(Caller caller, ProvenKey key, TokenDoors door)
    {
        if (door == TokenDoors.None)
        {
            return ErrorCode.NarrowedKey.With("This door takes no keys of narrowable tokens.");
        }

        return key.Reach.Doors is { } doors && !doors.HasFlag(door)
            ? ErrorCode.NarrowedKey.With(
                $"This key does not open the door {TokenRestrictions.NameDoors(door)}, but: {TokenRestrictions.NameDoors(doors)}.")
            : Renew(caller, key);
    }

    /// <summary>Returns the caller with what a key permits now, after a door has accepted it.</summary>
    public Result<Caller> Renew(Caller caller, ProvenKey key)
    {
        TokenRestrictions reach = key.Reach;
        DateTimeOffset now = time.GetUtcNow();
        if (FindSilence() is { } silence)
        {
            return silence;
        }

        if (reach.Sites is { } sites && !sites.Contains(zone.SiteId))
        {
            return ErrorCode.Unauthenticated.With(
                "This key is not for this site. If you do not trust this server, have the token revoked from which the key was narrowed.");
        }

        return reach.Until <= now ? ErrorCode.Unauthenticated.With($"This key ended on {Display.Minute(reach.Until.Value)}.")
            : reach.From > now ? ErrorCode.Unauthenticated.With($"This key opens nothing before {Display.Minute(reach.From.Value)}.")
            : caller.With(key);
    }
}
