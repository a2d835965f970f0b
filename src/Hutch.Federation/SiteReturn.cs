using Hutch.Federation.Keys;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;
using Hutch.Model.Sites;

namespace Hutch.Federation;

/// <summary>
/// The return of a site whose membership is lost, at the site or at the zone: both are again what they were, with the site's id, so that
/// its datasets keep their names and rights.
/// </summary>
public static class SiteReturn
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>Refuses a start with the key of a joined site beside accounts that never joined a zone.</summary>
    /// <exception cref="HutchException">It is such a start.</exception>
    public static void RequireMembership(IDisk disk, string dataFolder, SiteRegistry registry)
    {
        if (registry is { IsEmbedded: true, Zone: null } && SiteKeyStore.FindMark(disk, dataFolder) is { } mark)
        {
            throw mark.Refuse(dataFolder).ToException();
        }
    }

    /// <summary>Joins again as the site that the token names. For a data folder that no server has open.</summary>
    public static async Task<Result<JoinedZoneRecord>> RunAsync(
        SiteRegistry registry, IDisk disk, string dataFolder, JoinToken token, TimeProvider time, CancellationToken ct)
    {
        SiteKeyMark? mark = registry.Zone is null ? SiteKeyStore.FindMark(disk, dataFolder) : null;
        string? before = registry.Zone?.Zone ?? mark?.Zone;
        if (before is not null && before != token.Zone)
        {
            return ErrorCode.Unprocessable.With(
                $"This site belongs to the zone {before}, and the token is one of the zone {token.Zone}. Nothing was changed.");
        }

        if (await registry.FindReturnRefusalAsync(isMarked: mark is not null, ct) is { } refusal)
        {
            return refusal;
        }

        using var keys = new SiteKeyStore(disk, dataFolder, registry, "");
        using var client = new SiteClient(token.Address, token.ZoneKey, await keys.GetAsync(ct));
        var request = new JoinRequest
        {
            Time = time.GetUtcNow(),
            Credential = token.Credential,
            SiteId = registry.Zone?.SiteId ?? mark?.SiteId,
        };
        Result<JoinAnswer> answer = await new AnswerTimeout(Limit, time).CallAsync(client, token.Address, PeerCalls.Join, request, ct);
        if (!answer.Then(taken => ZoneMembership.Read(taken, token, time)).TryGet(out JoinedZoneRecord? joined, out refusal))
        {
            return refusal;
        }

        Result<Done> pinned = await registry.ReturnAsync(joined, ct);
        if (!pinned.IsOk)
        {
            return pinned.Error;
        }

        await keys.MarkAsync(joined, ct);
        return joined;
    }
}
